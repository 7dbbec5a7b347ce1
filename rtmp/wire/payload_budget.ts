/**
 * Room for unfinished messages: grows by what arrives, not by what is announced, within one bound. Pure.
 *
 * @module
 */
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/**
 * What a peer gets for an announcement alone, bytes. The first unfinished message gets all of it, the second half,
 * the third a third: 64 announcements cost 304 KiB, not 4 MiB.
 */
const HEAD_START_BYTES = 64 * 1024;

/** The unfinished messages of one connection. */
export class PayloadBudget {
  readonly #maxBytes: number;
  #usedBytes = 0;
  #payloads = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that are out. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Room for `more` bytes after the `filled` ones of a payload.
   *
   * @param payload What was given before, `undefined` at first; not to be used any more.
   * @param length Of the whole payload, bytes; the array ends up with just this size.
   * @throws {ProtocolError} `Limit` past the bound.
   */
  grow(
    payload: Uint8Array<ArrayBuffer> | undefined,
    filled: number,
    more: number,
    length: number,
  ): Uint8Array<ArrayBuffer> {
    const needed = filled + more;
    if (payload !== undefined && needed <= payload.length) return payload;

    const headStart = payload === undefined
      ? Math.floor(HEAD_START_BYTES / (this.#payloads + 1))
      : payload.length * 2;
    const size = Math.min(length, Math.max(needed, headStart));
    const usedBytes = this.#usedBytes + size - (payload?.length ?? 0);
    if (usedBytes > this.#maxBytes) {
      throw new ProtocolError(
        ProtocolErrorCode.Limit,
        `Cannot hold ${usedBytes} bytes of unfinished messages: the limit is ${this.#maxBytes} bytes`,
        { limit: "max_partial_bytes" },
      );
    }
    const grown = new Uint8Array(size);
    if (payload === undefined) this.#payloads += 1;
    else grown.set(payload.subarray(0, filled));
    this.#usedBytes = usedBytes;
    return grown;
  }

  /** A payload is finished or given up: it no longer counts. */
  release(payload: Uint8Array<ArrayBuffer>): void {
    this.#usedBytes -= payload.length;
    this.#payloads -= 1;
  }
}
