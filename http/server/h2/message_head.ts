/**
 * The head of a response as handlers write it, in HTTP/1.1, and what it is in HTTP/2. RFC 9113 §8.2.2 and §8.3.2. Pure.
 *
 * @module
 */
import { encodeHeaderBlock } from "./hpack_encoder.ts";
import type { Field } from "./hpack_table.ts";

const CR = 13;
const LF = 10;
/** After `HTTP/1.1 `. */
const STATUS_AT = 9;
/** They speak of a connection, which is not this one. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);
const LENGTH = /^\d{1,15}$/;

/** The head of a response. */
export interface MessageHead {
  readonly status: number;
  /** The same for HTTP/2. */
  readonly block: Uint8Array<ArrayBuffer>;
  /** Where the body begins in the bytes that it was read from. */
  readonly bodyAt: number;
  /** Bytes of the body; `undefined` where the head does not say. */
  readonly length: number | undefined;
}

/** Reads heads, once for all who get the same bytes. */
export class MessageHeads {
  readonly #known = new WeakMap<Uint8Array<ArrayBufferLike>, MessageHead>();

  /**
   * The head at the beginning of `bytes`.
   *
   * @throws {RangeError} There is no whole head: a handler's bug.
   */
  of(bytes: Uint8Array<ArrayBufferLike>): MessageHead {
    const known = this.#known.get(bytes);
    if (known !== undefined) return known;
    const head = readMessageHead(bytes);
    this.#known.set(bytes, head);
    return head;
  }
}

function readMessageHead(bytes: Uint8Array<ArrayBufferLike>): MessageHead {
  const bodyAt = endOfHead(bytes);
  const lines = String.fromCharCode(...bytes.subarray(0, bodyAt)).split("\r\n");
  const [statusLine = "", ...rest] = lines;
  const status = Number(statusLine.slice(STATUS_AT, STATUS_AT + 3));
  const fields: Field[] = [];
  let length: number | undefined;
  for (const line of rest) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (OF_CONNECTION.has(name)) continue;
    if (name === "content-length" && LENGTH.test(value)) length = Number(value);
    fields.push([name, value]);
  }
  return { status, block: encodeHeaderBlock(status, fields), bodyAt, length };
}

function endOfHead(bytes: Uint8Array<ArrayBufferLike>): number {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4;
  }
  throw new RangeError(`The first ${bytes.length} bytes of an answer are not a whole head`);
}
