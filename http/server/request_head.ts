/**
 * A request line and its headers, strictly: what two servers could read in two ways is refused. RFC 9112 §3 and §5.
 * Pure.
 *
 * @module
 */
import { readFraming } from "./framing.ts";
import { type HttpFault, httpFault } from "./http_fault.ts";
import { readTarget } from "./request_target.ts";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** Absolute, its host taken from the target, else from Host. */
  readonly url: URL;
  /** Name or address, with its port where one was sent. */
  readonly host: string;
  /** Values as sent by name in small letters, but that Host is {@link RequestHead.host}. */
  readonly fields: Fields;
  /** Bytes of body that follow. */
  readonly bodyBytes: number;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the connection may serve another request. */
  readonly keepAlive: boolean;
  /** 0 knows no chunks, 1 does. */
  readonly minorVersion: 0 | 1;
}

/** What requests may be. */
export interface RequestLimits {
  /** Largest body, bytes; 0 for none. */
  readonly maxBodyBytes: number;
  /** The host of a request of HTTP/1.0 that names none. */
  readonly defaultHost: string;
}

/** The most headers of one request. */
const MAX_HEADERS = 100;
/** Methods that HTTP knows (RFC 9110 §9.3, RFC 5789). */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "CONNECT",
  "TRACE",
]);
/** The most that is repeated of a method that nobody knows: in the answer, and so in the log. */
const MAX_SHOWN_METHOD = 20;
/** Nobody serves these here, and their targets and bodies have rules of their own. */
const UNSERVED: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Everything but controls; a byte is a character here. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const REQUEST_LINE = /^([^ ]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;

/**
 * Read a head.
 *
 * @param lines Its lines without their ends, each byte a character; at least one.
 */
export function readRequestHead(lines: readonly string[], limits: RequestLimits): RequestHead | HttpFault {
  const [first = "", ...rest] = lines;
  const line = readRequestLine(first);
  if ("status" in line) return line;
  const { method, minorVersion } = line;
  const fields = readFields(rest);
  if ("status" in fields) return fields;
  const framing = readFraming(method, fields, limits.maxBodyBytes);
  if ("status" in framing) return framing;
  const target = readTarget(line, fields.get("host") ?? [], limits.defaultHost);
  if ("status" in target) return target;
  if (!METHODS.has(method)) return httpFault(501, `No method ${excerpt(method)} here`);
  if (UNSERVED.has(method)) return httpFault(405, `No ${method} here`);
  return {
    method,
    url: target.url,
    host: target.host,
    fields: fields.set("host", [target.host]),
    bodyBytes: framing.bodyBytes,
    expectsContinue: framing.expectsContinue && minorVersion === 1,
    keepAlive: minorVersion === 1 && !options(fields.get("connection")).includes("close"),
    minorVersion,
  };
}

function excerpt(method: string): string {
  return method.length <= MAX_SHOWN_METHOD ? method : `${method.slice(0, MAX_SHOWN_METHOD)}...`;
}

/** The parts of a request line. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: 0 | 1;
}

function readRequestLine(text: string): RequestLine | HttpFault {
  const [, method = "", target = "", major, minor] = REQUEST_LINE.exec(text) ?? [];
  if (!TOKEN.test(method)) return httpFault(400, "The request line is not METHOD TARGET HTTP/1.1");
  if (major !== "1" || (minor !== "0" && minor !== "1")) {
    return httpFault(505, "This server speaks HTTP/1.1 and HTTP/1.0");
  }
  return { method, target, minorVersion: minor === "1" ? 1 : 0 };
}

/** Values by name in small letters, in their order. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** The value of a header, several joined as one list; `""` where there is none. `name` in small letters. */
export function headerOf({ fields }: Pick<RequestHead, "fields">, name: string): string {
  return fields.get(name)?.join(", ") ?? "";
}

/** The tokens of a header that is a list, in small letters. */
export function tokensOf({ fields }: Pick<RequestHead, "fields">, name: string): readonly string[] {
  return options(fields.get(name));
}

/** All headers as the Fetch standard has them. */
export function headersOf({ fields }: Pick<RequestHead, "fields">): Headers {
  const headers = new Headers();
  for (const [name, values] of fields) for (const value of values) headers.append(name, value);
  return headers;
}

function readFields(lines: readonly string[]): Map<string, readonly string[]> | HttpFault {
  if (lines.length > MAX_HEADERS) return httpFault(431, `More than ${MAX_HEADERS} headers`);
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    // A line that begins with a blank continued the one before it, long ago (RFC 9112 §5.2).
    if (!TOKEN.test(name)) return httpFault(400, "A header has no name, or a blank in it");
    const value = trimBlanks(line.slice(colon + 1));
    if (!VALUE.test(value)) return httpFault(400, "A header's value has a control character");
    const key = name.toLowerCase();
    const values = fields.get(key);
    if (values === undefined) fields.set(key, [value]);
    else values.push(value);
  }
  return fields;
}

/** The optional white space of HTTP: `trim` would take more. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

function options(values: readonly string[] = []): string[] {
  return values.flatMap((value) => value.split(",")).map((option) => trimBlanks(option).toLowerCase());
}
