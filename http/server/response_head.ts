/**
 * The head of a response, as bytes. RFC 9112 §4 and §6. Pure.
 *
 * @module
 */
import { STATUS_TEXT } from "@std/http/status";
import type { RequestHead } from "./request_head.ts";

/** How the end of the body is known. */
export type BodyEnd =
  /** There is no body, and no word about one. */
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  /** By the end of the connection, or of HTTP/2's stream. */
  | { readonly kind: "close" };

/** What the head says besides the response's own headers. */
export interface ResponseTerms {
  readonly body: BodyEnd;
  /** Whether the connection goes on. */
  readonly keepAlive: boolean;
  /** For the Date header, milliseconds since 1970. */
  readonly wallMs: number;
}

/** Headers that the server alone writes: what a handler says of them could contradict the framing. */
const OWN: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);
const STATUS_TEXTS: Readonly<Record<string, string>> = STATUS_TEXT;
const encoder = new TextEncoder();

/** What a response begins with. */
export interface ResponseStart {
  readonly status: number;
  /** Those of {@link OWN} are left out where they are in small letters, as `Headers` has all names. */
  readonly headers: Iterable<readonly [string, string]>;
}

/** Encode the status line and the headers. */
export function encodeResponseHead(
  { status, headers }: ResponseStart,
  { body, keepAlive, wallMs }: ResponseTerms,
): Uint8Array<ArrayBuffer> {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? ""}`,
    `Date: ${new Date(wallMs).toUTCString()}`,
  ];
  for (const [name, value] of headers) {
    if (OWN.has(name) || (name === "content-length" && body.kind !== "none")) continue;
    lines.push(`${name}: ${value}`);
  }
  if (body.kind === "length") lines.push(`Content-Length: ${body.bytes}`);
  if (body.kind === "chunked") lines.push("Transfer-Encoding: chunked");
  if (!keepAlive) lines.push("Connection: close");
  return encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** How the body of a response ends on the wire. */
export function bodyEndOf(
  { status, headers, body }: Pick<Response, "status" | "headers" | "body">,
  { method, version }: Pick<RequestHead, "method" | "version">,
): BodyEnd {
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
  if (body === null) return { kind: "length", bytes: 0 };
  const length = headers.get("content-length");
  if (length !== null && /^\d{1,15}$/.test(length)) return { kind: "length", bytes: Number(length) };
  return { kind: version === "1.1" ? "chunked" : "close" };
}
