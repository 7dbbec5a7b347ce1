/**
 * Writes the body of a response: a chunk is read when the one before it was written, so a slow client slows its source.
 *
 * @module
 */
import type { BodyEnd } from "./response_head.ts";

/** Writes all of `bytes`. */
export type WriteAll = (bytes: Uint8Array) => Promise<void>;

const LAST_CHUNK = new TextEncoder().encode("0\r\n\r\n");
const LINE_END = new TextEncoder().encode("\r\n");

/**
 * Write `body` to its end.
 *
 * @param first Written together with the first bytes of the body: the head.
 * @throws {Error} Where the body is not as long as was promised, and what `write` and the body throw. The client has
 * an unfinished response then.
 */
export async function writeBody(
  body: ReadableStream<Uint8Array> | null,
  end: BodyEnd,
  first: Uint8Array<ArrayBuffer>,
  write: WriteAll,
): Promise<void> {
  if (end.kind === "none" || body === null) {
    await body?.cancel();
    return await write(first);
  }
  let head: Uint8Array<ArrayBuffer> | undefined = first;
  let left = end.kind === "length" ? end.bytes : Infinity;
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      // An empty chunk would be the last one.
      if (value.length === 0) continue;
      left -= value.length;
      if (left < 0) throw new Error(`A body is ${-left} bytes longer than its Content-Length`);
      const frame = end.kind === "chunked" ? chunk(value) : [value];
      await write(joined(head === undefined ? frame : [head, ...frame]));
      head = undefined;
    }
    if (end.kind === "length" && left > 0) {
      throw new Error(`A body is ${left} bytes shorter than its Content-Length`);
    }
    const last = end.kind === "chunked" ? [LAST_CHUNK] : [];
    const rest = head === undefined ? last : [head, ...last];
    if (rest.length > 0) await write(joined(rest));
  } catch (error) {
    // What failed first is thrown; a body that cannot be cancelled adds nothing to it.
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

function chunk(value: Uint8Array): Uint8Array[] {
  return [new TextEncoder().encode(`${value.length.toString(16)}\r\n`), value, LINE_END];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
