/**
 * Reads here and there in a long file, with few calls of the system.
 *
 * @module
 */

const WINDOW_BYTES = 256 * 1024;

/** A file, a window at a time. */
export class WindowReader {
  readonly #file: Deno.FsFile;
  #window = new Uint8Array(0);
  #windowAt = 0;

  /** Of this file, whose position is changed. */
  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Bytes of the file, valid until the next call; fewer at its end. */
  async read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (at < this.#windowAt || at + length > this.#windowAt + this.#window.length) {
      await this.#load(at, Math.max(length, WINDOW_BYTES));
    }
    const start = at - this.#windowAt;
    return this.#window.subarray(start, start + length);
  }

  async #load(at: number, length: number): Promise<void> {
    const bytes = new Uint8Array(length);
    await this.#file.seek(at, Deno.SeekMode.Start);
    let used = 0;
    while (used < length) {
      const count = await this.#file.read(bytes.subarray(used));
      if (count === null) break;
      used += count;
    }
    this.#window = bytes.subarray(0, used);
    this.#windowAt = at;
  }
}
