/**
 * Replies of the API. Pure.
 *
 * @module
 */
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

const encoder = new TextEncoder();

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

/** How a member of a list becomes JSON: the value, or its text where that is made in another way. */
export type MemberJson<T> = { show(member: T): JsonObject } | { text(member: T): string };

/** Makes the text of what `show` gives. */
export function textOf<T>(show: (member: T) => JsonObject): (member: T) => string {
  return (member) => JSON.stringify(show(member));
}

/**
 * As {@link dataReply}, with a list of that name. A long one is made and sent piece by piece: its text and its bytes as a
 * whole take longer to find memory for than to make, and what is due meanwhile has to wait.
 *
 * @param text The JSON of a member; called when its piece is due.
 */
export function listReply<T>(
  identity: Identity,
  data: JsonObject,
  { name, members, text }: {
    readonly name: string;
    readonly members: readonly T[];
    readonly text: (member: T) => string;
  },
): Response {
  const start = `${JSON.stringify(dataBody(identity, data)).slice(0, -1)},${JSON.stringify(name)}:[`;
  const pieces = listPieces(start, members, text);
  return members.length <= PIECE_MEMBERS ? textReply([...pieces].join("")) : piecesReply(pieces, JSON_TYPE);
}

function* listPieces<T>(
  start: string,
  members: readonly T[],
  text: (member: T) => string,
): Generator<string> {
  yield start;
  for (let at = 0; at < members.length; at += PIECE_MEMBERS) {
    let piece = "";
    for (const member of members.slice(at, at + PIECE_MEMBERS)) {
      piece += at === 0 && piece === "" ? text(member) : `,${text(member)}`;
    }
    yield piece;
  }
  yield "]}";
}

/** A text in pieces, each made when the one before it was written: its length is not known. */
export function piecesReply(pieces: Iterator<string>, contentType: string): Response {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { ...HEADERS, "Content-Type": contentType } });
}

/** JSON as it is. */
export function jsonReply(body: JsonObject, init: ReplyInit = {}): Response {
  return textReply(JSON.stringify(body), init);
}

function textReply(json: string, { status = 200, headers = {} }: ReplyInit = {}): Response {
  return bodyReply(json, status, { ...HEADERS, "Content-Type": JSON_TYPE, ...headers });
}

/** With a length, so that it is not sent in chunks. */
function bodyReply(text: string, status: number, headers: Readonly<Record<string, string>>): Response {
  const body = encoder.encode(text);
  return new Response(body, { status, headers: { ...headers, "Content-Length": String(body.length) } });
}
