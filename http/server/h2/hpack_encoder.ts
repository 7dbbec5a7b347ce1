/**
 * Encodes header blocks that mean the same on every connection: without a table of what was sent before, so that the
 * block of an answer that many clients get is made once. RFC 7541 §5 and §6. Pure.
 *
 * @module
 */
import { type Field, STATIC_NAMES, staticStatus } from "./hpack_table.ts";

const STATUS = ":status";

/** The instruction in front of a first block: no table is used (§6.3), whatever size the peer permits. */
export const NO_TABLE: Uint8Array<ArrayBuffer> = Uint8Array.of(0b0010_0000);

/**
 * Encode the head of a response.
 *
 * @param fields Names in small letters; each byte is a character.
 */
export function encodeHeaderBlock(status: number, fields: Iterable<Field>): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const text = String(status);
  const index = staticStatus(text);
  if (index !== undefined) pushInteger(bytes, 0b1000_0000, 7, index);
  else pushLiteral(bytes, [STATUS, text]);
  for (const field of fields) pushLiteral(bytes, field);
  return Uint8Array.from(bytes);
}

/** Without indexing (§6.2.2). */
function pushLiteral(bytes: number[], [name, value]: Field): void {
  const index = STATIC_NAMES.get(name);
  pushInteger(bytes, 0, 4, index ?? 0);
  if (index === undefined) pushString(bytes, name);
  pushString(bytes, value);
}

function pushString(bytes: number[], text: string): void {
  pushInteger(bytes, 0, 7, text.length);
  for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i) & 0xff);
}

/** §5.1. */
function pushInteger(bytes: number[], pattern: number, prefixBits: number, value: number): void {
  const most = 2 ** prefixBits - 1;
  if (value < most) {
    bytes.push(pattern | value);
    return;
  }
  bytes.push(pattern | most);
  let rest = value - most;
  for (; rest >= 0x80; rest >>>= 7) bytes.push(0x80 | (rest & 0x7f));
  bytes.push(rest);
}
