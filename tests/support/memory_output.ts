/**
 * A standard output that keeps what is written to it, and can be made slow or broken.
 *
 * @module
 */

/** Keeps bytes; fits wherever `Deno.stdout.write` is taken. */
export class MemoryOutput {
  readonly #decoder = new TextDecoder();
  #text = "";
  #gate: Promise<void> = Promise.resolve();
  /** Calls of `write` so far. */
  writes = 0;
  /** Thrown by every further write. */
  failure: Error | undefined;
  /** Bytes that one call takes at most. */
  maxBytesPerWrite = Infinity;

  /** Everything written so far. */
  get text(): string {
    return this.#text;
  }

  /** What was written so far, line by line. */
  get lines(): string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  /** Hold further writes back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  /** Take bytes, as `Deno.Writer` does. */
  async write(bytes: Uint8Array): Promise<number> {
    this.writes += 1;
    await this.#gate;
    if (this.failure !== undefined) throw this.failure;
    const taken = bytes.subarray(0, this.maxBytesPerWrite);
    this.#text += this.#decoder.decode(taken, { stream: true });
    return taken.length;
  }
}
