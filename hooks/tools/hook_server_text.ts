/**
 * What the default hook server prints: trace lines, the lines of each action, and the access line, laid out
 * as the hook server of SRS 1.0 and its web framework print them. Pure; times are handed in.
 *
 * @module
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** C0, DEL, C1, separators and directions: a caller must not end a line or move the cursor. */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** The fields of an action's line, in print order, after the client's id. */
const ACTION_FIELDS: Readonly<Record<string, readonly string[]>> = {
  on_connect: ["ip", "vhost", "app", "pageUrl"],
  on_close: ["ip", "vhost", "app"],
  on_publish: ["ip", "vhost", "app", "stream"],
  on_unpublish: ["ip", "vhost", "app", "stream"],
  on_play: ["ip", "vhost", "app", "stream"],
  on_stop: ["ip", "vhost", "app", "stream"],
  on_update: ["ip", "vhost", "app", "stream"],
  on_hls: ["ip", "vhost", "app", "stream", "duration", "seq_no"],
  on_dvr: ["ip", "vhost", "app", "stream", "cwd", "file"],
  on_forward: ["ip", "vhost", "app", "stream"],
};

/** All actions that have a line. */
export const ACTIONS: readonly string[] = Object.keys(ACTION_FIELDS);

/** `[2014-02-27 09:41:33][trace] message`, in local time. */
export function traceLine(date: Date, message: string): string {
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `[${day} ${clock(date)}][trace] ${oneLine(message)}`;
}

/** What an access line shows of one request. */
export interface Access {
  readonly ip: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
  /** Of the body. */
  readonly bytes: number;
  readonly referer: string;
  readonly userAgent: string;
}

/** `127.0.0.1 - - [27/Feb/2014:09:41:33] "POST /api/v1/clients HTTP/1.1" 200 1 "" "agent"`, in local time. */
export function accessLine(date: Date, access: Access): string {
  const { ip, method, target, status, bytes, referer, userAgent } = access;
  const month = MONTHS[date.getMonth()] ?? "";
  const day = `${pad(date.getDate())}/${month}/${date.getFullYear()}:${clock(date)}`;
  const request = `${method} ${target} HTTP/1.1`;
  return `${ip} - - [${day}] ${quoted(request)} ${status} ${bytes} ${quoted(referer)} ${quoted(userAgent)}`;
}

/**
 * `srs on_publish: client id=4, ip=..., vhost=..., app=..., stream=...`.
 *
 * @param body The event.
 * @returns `undefined` when a field that the line needs is missing.
 */
export function actionLine(action: string, body: Readonly<Record<string, unknown>>): string | undefined {
  const fields = ACTION_FIELDS[action];
  if (fields === undefined || body["client_id"] === undefined) return undefined;
  let line = `srs ${action}: client id=${shown(body["client_id"])}`;
  for (const field of fields) {
    if (body[field] === undefined) return undefined;
    line += `, ${field}=${shown(body[field])}`;
  }
  return line;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('"', '\\"')}"`;
}

function oneLine(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === "\n") return "\\n";
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

function clock(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
