/**
 * Writes the body of a response: a chunk is read when the one before it was written, so a slow client slows its source.
 * A fast one slows nobody else: between the chunks of a body that is made as it is written, others have their turn.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { TurnSlices } from "../../system/mod.ts";
import type { BodyEnd } from "./response_head.ts";

/** Where a body goes. */
export interface BodyOutput {
  /** Of the turns that others have. */
  readonly clock: Clock;
  /** Writes all of `bytes`, which are the caller's again once it has resolved. */
  write(bytes: Uint8Array): Promise<void>;
}

const encoder = new TextEncoder();
const LAST_CHUNK = encoder.encode("0\r\n\r\n");
const LINE_END = encoder.encode("\r\n");
/** The next frame of a list is about as long as the one before it. */
const SPARE_BYTES = 1024;

/**
 * Write `body` to its end.
 *
 * @param first Written together with the first bytes of the body: the head.
 * @throws {Error} Where the body is not as long as was promised, and what `output` and the body throw. The client has
 * an unfinished response then.
 */
export async function writeBody(
  body: ReadableStream<Uint8Array> | null,
  end: BodyEnd,
  first: Uint8Array<ArrayBuffer>,
  output: BodyOutput,
): Promise<void> {
  if (end.kind === "none" || body === null) {
    await body?.cancel();
    return await output.write(first);
  }
  let head: Uint8Array<ArrayBuffer> | undefined = first;
  let left = end.kind === "length" ? end.bytes : Infinity;
  const reader = body.getReader();
  const frames = new FrameJoiner();
  using slices = new TurnSlices(output.clock);
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      // An empty chunk would be the last one.
      if (value.length === 0) continue;
      left -= value.length;
      if (left < 0) throw new Error(`A body is ${-left} bytes longer than its Content-Length`);
      const frame = end.kind === "chunked" ? chunk(value) : [value];
      if (head === undefined) await slices.pause();
      await output.write(frames.joined(head === undefined ? frame : [head, ...frame]));
      head = undefined;
    }
    if (end.kind === "length" && left > 0) {
      throw new Error(`A body is ${left} bytes shorter than its Content-Length`);
    }
    const last = end.kind === "chunked" ? [LAST_CHUNK] : [];
    const rest = head === undefined ? last : [head, ...last];
    if (rest.length > 0) await output.write(frames.joined(rest));
  } catch (error) {
    // What failed first is thrown; a body that cannot be cancelled adds nothing to it.
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

function chunk(value: Uint8Array): Uint8Array[] {
  return [encoder.encode(`${value.length.toString(16)}\r\n`), value, LINE_END];
}

/** Joins the parts of a frame, in memory that serves all frames of a body: fresh memory takes longer than the copy. */
class FrameJoiner {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();

  /** The parts as one, which is valid until the next call. */
  joined(parts: readonly Uint8Array[]): Uint8Array {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(length + SPARE_BYTES);
    let offset = 0;
    for (const part of parts) {
      this.#bytes.set(part, offset);
      offset += part.length;
    }
    return this.#bytes.subarray(0, length);
  }
}
