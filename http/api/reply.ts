/**
 * Replies of the API. Pure.
 *
 * @module
 */
import { ByteText, utf8 } from "../byte_text.ts";
import type { ApiCodeNumber } from "./api_code.ts";
import type { Identity } from "../ports.ts";

/** No reply is cached, embedded or read as another content type. */
const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

const JSON_TYPE = "application/json; charset=utf-8";
/** Members of a list whose text is made at once. */
const PIECE_MEMBERS = 100;
const COMMA = 0x2c;

/** Any value that JSON has. `undefined` members are left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json };

/** An object of {@link Json}. */
export type JsonObject = { readonly [name: string]: Json };

/** `code` 0, who answers, and what is asked for. */
export function dataReply(identity: Identity, data: JsonObject): Response {
  return jsonReply(dataBody(identity, data));
}

function dataBody({ serverId, serviceId, pid }: Identity, data: JsonObject): JsonObject {
  return { code: 0, server: serverId, service: serviceId, pid: String(pid), ...data };
}

/** A `code` that says what is wrong. Unknown ids have status 200, as in SRS: its clients look at `code`. */
export function codeReply(code: ApiCodeNumber, message: string, init: ReplyInit = {}): Response {
  const { status = 200, headers = {} } = init;
  return jsonReply({ code, msg: message }, { status, headers });
}

/** Where a reply is not as usual. */
export interface ReplyInit {
  /** 200 by default. */
  readonly status?: number;
  /** Further ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Adds the JSON of a member to a text. */
export type WriteMember<T> = (member: T, to: ByteText) => void;

/** How a member of a list becomes JSON: the value, or its text where that is made in another way. */
export type MemberJson<T> = { show(member: T): JsonObject } | { readonly write: WriteMember<T> };

/** Writes what `show` gives. */
export function writerOf<T>(show: (member: T) => JsonObject): WriteMember<T> {
  return (member, to) => to.addText(JSON.stringify(show(member)));
}

/** As {@link dataReply}, with one member of a list under that name. */
export function memberReply<T>(identity: Identity, name: string, member: T, write: WriteMember<T>): Response {
  const text = new ByteText();
  text.addText(startOf(identity, {}, name));
  write(member, text);
  text.addText("}");
  return bytesReply(text.take());
}

/**
 * As {@link dataReply}, with a list of that name. A long one is made and sent piece by piece: its text as a whole takes
 * longer to find memory for than to make, and what is due meanwhile has to wait.
 *
 * @param write Called for a member when its piece is due.
 */
export function listReply<T>(
  identity: Identity,
  data: JsonObject,
  { name, members, write }: {
    readonly name: string;
    readonly members: readonly T[];
    readonly write: WriteMember<T>;
  },
): Response {
  const text = new ByteText();
  text.addText(`${startOf(identity, data, name)}[`);
  if (members.length > PIECE_MEMBERS) return piecesReply(listPieces(text, members, write), JSON_TYPE);
  writeMembers(text, members, write, 0);
  text.addText("]}");
  return bytesReply(text.take());
}

/** The beginning of a reply that ends with a member of that name. */
function startOf(identity: Identity, data: JsonObject, name: string): string {
  return `${JSON.stringify(dataBody(identity, data)).slice(0, -1)},${JSON.stringify(name)}:`;
}

function* listPieces<T>(
  text: ByteText,
  members: readonly T[],
  write: WriteMember<T>,
): Generator<Uint8Array<ArrayBuffer>> {
  for (let from = 0; from < members.length; from += PIECE_MEMBERS) {
    writeMembers(text, members, write, from);
    if (from + PIECE_MEMBERS >= members.length) text.addText("]}");
    yield text.take();
  }
}

function writeMembers<T>(text: ByteText, members: readonly T[], write: WriteMember<T>, from: number): void {
  members.slice(from, from + PIECE_MEMBERS).forEach((member, i) => {
    if (from + i > 0) text.addByte(COMMA);
    write(member, text);
  });
}

/** A text in pieces, each made when the one before it was written: its length is not known. */
export function piecesReply(pieces: Iterator<Uint8Array<ArrayBuffer>>, contentType: string): Response {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { ...HEADERS, "Content-Type": contentType } });
}

/** JSON as it is. */
export function jsonReply(body: JsonObject, init: ReplyInit = {}): Response {
  return bytesReply(utf8(JSON.stringify(body)), init);
}

/** JSON with a length, so that it is not sent in chunks. */
function bytesReply(
  body: Uint8Array<ArrayBuffer>,
  { status = 200, headers = {} }: ReplyInit = {},
): Response {
  const own = { "Content-Type": JSON_TYPE, "Content-Length": String(body.length) };
  return new Response(body, { status, headers: { ...HEADERS, ...own, ...headers } });
}
