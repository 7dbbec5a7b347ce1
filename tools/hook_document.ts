/**
 * The parts of docs/HOOKS.md that come from the code: bodies as the product writes them, the meanings of their fields,
 * and the examples that the tests run.
 *
 * @module
 */
import {
  type FinishedRecording,
  type FinishedSegment,
  HOOK_EVENT_NAMES,
  type HookEventName,
} from "../core/mod.ts";
import { FIELD_MEANINGS, PROTOCOL_MEANINGS, REASON_MEANINGS } from "../hooks/contract/payload_fields.ts";
import {
  type EventDetails,
  type Progress,
  type SessionFacts,
  writePayload,
} from "../hooks/contract/payload.ts";
import type { Payload } from "../hooks/options.ts";

/** The document. */
export const HOOK_DOCUMENT: URL = new URL("../docs/HOOKS.md", import.meta.url);

const EXAMPLES = new URL("../docs/examples/hooks/", import.meta.url);
const BLOCK = /(<!-- (\w+)(?: (\S+))?: written by `deno task docs` -->\n)[\s\S]*?(<!-- \/\2 -->)/g;
const LANGUAGES: Readonly<Record<string, string>> = { mjs: "js", py: "python", go: "go", php: "php" };
const PAYLOADS: readonly Payload[] = ["full", "1.0", "6.0"];

/** Events without a body, which are a GET. */
const BODILESS: ReadonlySet<HookEventName> = new Set(["on_hls_notify"]);
const ENDINGS: ReadonlySet<HookEventName> = new Set(["on_close", "on_unpublish", "on_stop"]);

/** Events that have a body, in the order of the document. */
export const SENT_EVENTS: readonly HookEventName[] = HOOK_EVENT_NAMES.filter((event) => !BODILESS.has(event));

const STARTED_AT = Date.UTC(2026, 10, 22, 9, 41, 33, 123);
const COUNTED: Progress = { durationMs: 61_234, sendBytes: 3421, recvBytes: 9_182_734 };
const CONNECTION: SessionFacts = {
  sessionId: "01KAMW4R8KX2T5Q0Z7N3V9B6CD",
  serverId: "vid-858kb84",
  serviceId: "vd4g431f",
  clientId: 4,
  ip: "192.168.1.10",
  vhost: "__defaultVhost__",
  app: "live",
  tcUrl: "rtmp://video.test.com/live",
  pageUrl: "",
  protocol: "rtmp",
  startedAt: STARTED_AT,
};
const STREAM: SessionFacts = {
  ...CONNECTION,
  stream: {
    stream: "livestream",
    param: "?token=x",
    streamUrl: "/live/livestream",
    streamId: "vid-0k1j2h3",
  },
};

const IN_MEMORY: FinishedSegment = {
  sequence: 1_795_340_493,
  durationMs: 2002,
  bytes: 251_904,
  startMs: STARTED_AT - 2002,
  url: "",
  playlistUrl: "",
};
const ON_DISK: FinishedSegment = {
  ...IN_MEMORY,
  files: {
    cwd: "/usr/local/srs",
    file: "./objs/html/live/livestream-1795340493.m4s",
    m3u8: "./objs/html/live/livestream.m3u8",
  },
  url: "live/livestream-1795340493.m4s",
  playlistUrl: "live/livestream.m3u8",
};
const RECORDING: FinishedRecording = {
  ...{ id: "rec-0k1j2h3g4f5d", number: 0, clientId: 4 },
  ...{ vhost: "__defaultVhost__", app: "live", stream: "livestream" },
  ...{ file: "./objs/rec/live/livestream.1795340491121.mp4", root: "./objs/rec" },
  startMs: STARTED_AT - 61_234,
  ...{ durationMs: 61_200, bytes: 9_180_044, reason: "client" },
};

/** A field of a body. */
export interface BodyField {
  /** Its name. */
  readonly name: string;
  /** As the document names it. */
  readonly type: "integer" | "number" | "text";
  /** It is missing where the connection has no stream, or the segment no file. */
  readonly optional: boolean;
}

/** The fields of an event's body, in their order. */
export function fieldsOf(payload: Payload, event: HookEventName): readonly BodyField[] {
  const least = event === "on_hls"
    ? writePayload(payload, event, STREAM, STARTED_AT, IN_MEMORY)
    : bodyOf(payload, event, CONNECTION);
  const always = new Set(Object.keys(JSON.parse(least)));
  const whole: Record<string, unknown> = JSON.parse(bodyOf(payload, event, factsOf(event)));
  return Object.entries(whole).map(([name, value]) => ({
    name,
    type: typeof value !== "number" ? "text" : Number.isInteger(value) ? "integer" : "number",
    optional: (event === "on_close" || event === "on_hls") && !always.has(name),
  }));
}

/**
 * `document` with its blocks as the code and the examples are.
 *
 * @throws {Error} A block has an unknown name, or its example is missing.
 */
export async function withHookBlocks(document: string): Promise<string> {
  let written = "";
  let at = 0;
  for (const block of document.matchAll(BLOCK)) {
    const [whole, begin, name = "", operand = "", end] = block;
    written += `${document.slice(at, block.index)}${begin}\n${await blockOf(name, operand)}\n\n${end}`;
    at = block.index + whole.length;
  }
  return written + document.slice(at);
}

async function blockOf(name: string, operand: string): Promise<string> {
  switch (name) {
    case "fields":
      return fieldTable();
    case "events":
      return eventTable(payloadNamed(operand));
    case "bodies":
      return bodies(payloadNamed(operand));
    case "protocols":
      return meaningTable("protocol", PROTOCOL_MEANINGS);
    case "reasons":
      return meaningTable("reason", REASON_MEANINGS);
    case "example":
      return await example(operand);
    default:
      throw new Error(`Cannot write the block ${name}: there is none of this name`);
  }
}

function payloadNamed(name: string): Payload {
  const payload = PAYLOADS.find((candidate) => candidate === name);
  if (payload === undefined) throw new Error(`Cannot write the bodies of payload ${name}: there is none`);
  return payload;
}

function factsOf(event: HookEventName): SessionFacts {
  return event === "on_connect" ? CONNECTION : STREAM;
}

function bodyOf(payload: Payload, event: HookEventName, facts: SessionFacts): string {
  const details = detailsOf(event);
  const isProgress = details !== undefined && "sendBytes" in details;
  const timeMs = isProgress ? STARTED_AT + details.durationMs : STARTED_AT;
  return writePayload(payload, event, facts, timeMs, details);
}

function detailsOf(event: HookEventName): EventDetails | undefined {
  if (event === "on_hls") return ON_DISK;
  if (event === "on_dvr") return { recording: RECORDING, cwd: "/usr/local/srs" };
  if (ENDINGS.has(event)) return { reason: "client", ...COUNTED };
  return event === "on_update" ? COUNTED : undefined;
}

/** All fields, with their types by payload. */
function fieldTable(): string {
  const rows = Object.entries(FIELD_MEANINGS).map(([name, meaning]) => {
    const types = PAYLOADS.map((payload) => {
      const found = SENT_EVENTS.flatMap((event) => fieldsOf(payload, event)).find((field) =>
        field.name === name
      );
      return found?.type ?? "";
    });
    return [`\`${name}\``, ...types, meaning];
  });
  return table(["field", ...PAYLOADS.map((payload) => `\`"${payload}"\``), "meaning, unit"], rows);
}

/** Which events of a payload have which fields, in the order of the bodies. */
function eventTable(payload: Payload): string {
  const fields = SENT_EVENTS.map((event) => fieldsOf(payload, event));
  const names = Object.keys(FIELD_MEANINGS).filter((name) =>
    fields.flat().some((field) => field.name === name)
  );
  const rows = names.map((name) => [
    `\`${name}\``,
    ...fields.map((each) => {
      const field = each.find((candidate) => candidate.name === name);
      if (field === undefined) return "";
      return field.optional ? "where known" : "yes";
    }),
  ]);
  return table(["field", ...SENT_EVENTS.map((event) => `\`${event}\``)], rows);
}

function bodies(payload: Payload): string {
  return fenced("json", SENT_EVENTS.map((event) => bodyOf(payload, event, factsOf(event))).join("\n"));
}

function meaningTable(title: string, meanings: Readonly<Record<string, string>>): string {
  return table([title, "meaning"], Object.entries(meanings).map(([name, text]) => [`\`${name}\``, text]));
}

async function example(name: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(name, EXAMPLES));
  return fenced(LANGUAGES[name.split(".").at(-1) ?? ""] ?? "", text.trimEnd());
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
  ).join("\n");
}
