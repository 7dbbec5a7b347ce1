/**
 * What is held back of a file until it is written: one after the other in memory that is used again.
 *
 * @module
 */
import type { PackagerHost } from "./packager.ts";

/** Room for this part more. */
const SPARE = 8;
const NOTHING = new Uint8Array(0);

/** Bytes that are not yet handed over. */
export class HeldBytes {
  readonly #host: Pick<PackagerHost, "buffers" | "write">;
  #buffer: Uint8Array<ArrayBuffer> = NOTHING;
  #used = 0;
  /** Somewhat more than was handed over last, so that the next one need not grow. */
  #likelyBytes = 0;

  /** Nothing held. */
  constructor(host: Pick<PackagerHost, "buffers" | "write">) {
    this.#host = host;
  }

  /** How much is held. */
  get length(): number {
    return this.#used;
  }

  /** Add bytes, which are copied. */
  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /**
   * Add bytes that the caller writes.
   *
   * @returns Where in {@link HeldBytes.target} they go.
   */
  reserve(length: number): number {
    const at = this.#used;
    this.resize(at + length);
    return at;
  }

  /** Hold so much: less than before, or more that the caller writes. */
  resize(length: number): void {
    if (length > this.#buffer.length) this.#grow(length);
    this.#used = length;
  }

  /** Valid until more is added. */
  get target(): Uint8Array<ArrayBuffer> {
    return this.#buffer;
  }

  /** To the file with it. */
  handOver(): void {
    if (this.#used === 0) return;
    this.#host.write(this.#buffer.subarray(0, this.#used));
    this.#likelyBytes = this.#used + this.#used / SPARE;
    this.#buffer = NOTHING;
    this.#used = 0;
  }

  #grow(needed: number): void {
    const larger = this.#host.buffers.take(Math.max(needed, this.#likelyBytes, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#host.buffers.give(this.#buffer);
    this.#buffer = larger;
  }
}
