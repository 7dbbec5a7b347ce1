/**
 * Bytes as tests write them.
 *
 * @module
 */

/** Bytes from numbers, texts (as Latin-1) and other bytes, one behind the other. */
export function bytes(...parts: readonly (number | string | Iterable<number>)[]): Uint8Array<ArrayBuffer> {
  const all: number[] = [];
  for (const part of parts) {
    if (typeof part === "number") all.push(part);
    else if (typeof part === "string") { for (const char of part) all.push(char.charCodeAt(0)); }
    else for (const byte of part) all.push(byte);
  }
  return Uint8Array.from(all);
}

/** `count` bytes that differ from their neighbours and, for another `seed`, from others. */
export function pattern(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, i) => (i * 31 + seed * 17) & 0xff);
}

/** The same bytes cut behind each of these positions; positions outside and repeated ones are passed over. */
export function cut(whole: Uint8Array<ArrayBuffer>, positions: Iterable<number>): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let start = 0;
  for (const position of [...positions].sort((a, b) => a - b)) {
    if (position <= start || position >= whole.length) continue;
    pieces.push(whole.slice(start, position));
    start = position;
  }
  pieces.push(whole.slice(start));
  return pieces;
}
