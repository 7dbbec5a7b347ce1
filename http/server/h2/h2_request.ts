/**
 * The head of a request, as strictly as one of HTTP/1.1 is read. RFC 9113 §8.2 and §8.3. Pure.
 *
 * @module
 */
import { HeaderBlock, type HeaderBlocks, TOKEN } from "../header_block.ts";
import type { HttpFault } from "../http_fault.ts";
import { readRequest, type RequestHead, type RequestLimits } from "../request_head.ts";
import type { Field } from "./hpack_table.ts";

/** Pseudo-headers of a request, each at most once (§8.3.1). */
const PSEUDO: ReadonlySet<string> = new Set([":method", ":scheme", ":authority", ":path"]);
/** They speak of a connection, which is not this one (§8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);
/** Lines, or anything that another server could read as their end (§8.2.1). */
const BREAKS = /[\0\r\n]/;
const UPPERCASE = /[A-Z]/;
const TARGET = /^(?:\/[\x21-\x7e]*|\*)$/;
const NO_BYTES = new Uint8Array(0);
/** Longer headers are read again each time. */
const MAX_KEPT_BYTES = 1024;

/** The headers of a request, in which nothing contradicts the rules. */
export interface RequestFields {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  /** Without pseudo-headers; each byte is a character. */
  readonly fields: readonly Field[];
}

/** Read a list of headers. */
export function readRequestFields(list: readonly Field[]): RequestFields | "malformed" {
  const pseudo = new Map<string, string>();
  const fields: Field[] = [];
  for (const field of list) {
    const [name, value] = field;
    if (BREAKS.test(value)) return "malformed";
    if (name.startsWith(":")) {
      if (fields.length > 0 || !PSEUDO.has(name) || pseudo.has(name)) return "malformed";
      pseudo.set(name, value);
    } else {
      if (!TOKEN.test(name) || UPPERCASE.test(name) || OF_CONNECTION.has(name)) return "malformed";
      if (name === "te" && value.toLowerCase() !== "trailers") return "malformed";
      fields.push(field);
    }
  }
  const method = pseudo.get(":method");
  const path = method === "CONNECT" ? "/" : pseudo.get(":path");
  if (method === undefined || !TOKEN.test(method) || path === undefined || !TARGET.test(path)) {
    return "malformed";
  }
  if (method !== "CONNECT" && !pseudo.has(":scheme")) return "malformed";
  return { method, path, authority: pseudo.get(":authority"), fields };
}

/**
 * The head of a request whose body is complete.
 *
 * @param blocks Of requests by HTTP/2 alone: they have no bytes to compare.
 */
export function readH2Request(
  { method, path, authority, fields }: RequestFields,
  bodyBytes: number,
  blocks: HeaderBlocks,
  limits: RequestLimits,
): RequestHead | HttpFault {
  const named = fields.filter(([name]) => name !== "host");
  // The two name the same host, or the request is refused as one with two Hosts (§8.3.1).
  const hosts = new Set([authority, ...fields.filter(([name]) => name === "host").map(([, value]) => value)]);
  const lines = named.map(([name, value]) => `${name}: ${value}`);
  for (const host of hosts) if (host !== undefined) lines.push(`host: ${host}`);
  if (bodyBytes > 0 && !named.some(([name]) => name === "content-length")) {
    lines.push(`content-length: ${bodyBytes}`);
  }
  const isLong = lines.reduce((sum, { length }) => sum + length, 0) > MAX_KEPT_BYTES;
  const headers = isLong ? new HeaderBlock(NO_BYTES, lines) : blocks.of(lines, NO_BYTES).block;
  return readRequest({ method, target: path, version: "2.0" }, headers, limits);
}

/** Whether a request has the body that its Content-Length announces. */
export function hasAnnouncedBody({ fields }: RequestFields, bodyBytes: number): boolean {
  const announced = fields.find(([name]) => name === "content-length");
  return announced === undefined || Number(announced[1]) === bodyBytes;
}
