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
  const { serverId, serviceId, pid } = identity;
  return jsonReply({ code: 0, server: serverId, service: serviceId, pid: String(pid), ...data });
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

/** A text that is not JSON. */
export function textReply(text: string, contentType: string): Response {
  return bodyReply(text, 200, { ...HEADERS, "Content-Type": contentType });
}

/** JSON as it is. */
export function jsonReply(body: JsonObject, { status = 200, headers = {} }: ReplyInit = {}): Response {
  const contentType = { "Content-Type": "application/json; charset=utf-8" };
  return bodyReply(JSON.stringify(body), status, { ...HEADERS, ...contentType, ...headers });
}

/** With a length, so that it is not sent in chunks. */
function bodyReply(text: string, status: number, headers: Readonly<Record<string, string>>): Response {
  const body = encoder.encode(text);
  return new Response(body, { status, headers: { ...headers, "Content-Length": String(body.length) } });
}
