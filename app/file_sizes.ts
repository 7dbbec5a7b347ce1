/**
 * Sizes of files that are being written, some of them to disks that stand still: nobody waits for those.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";
import { deadline, isNoSuchFile } from "../system/mod.ts";

/** What a disk takes that stands still, milliseconds. */
const MAX_WAIT_MS = 250;

/** Looks at files. */
export class FileSizes {
  readonly #clock: Clock;
  readonly #sizeOf: (file: string) => Promise<number>;
  /** Questions that their disks have not answered: each holds a thread of the runtime. */
  readonly #open = new Set<string>();

  /** @param sizeOf Rejects where the system does not say. */
  constructor(clock: Clock, sizeOf: (file: string) => Promise<number> = sizeInFileSystem) {
    this.#clock = clock;
    this.#sizeOf = sizeOf;
  }

  /**
   * The sizes of files, in their order. 0 where there is no such file, or its disk does not answer: then the others are
   * not asked for any more.
   *
   * @throws Where the system does not say.
   */
  async of(files: readonly string[]): Promise<readonly number[]> {
    const sizes: number[] = [];
    let isStill = false;
    for (const file of files) {
      const size: number | "expired" = isStill || this.#open.has(file) ? 0 : await this.#ask(file);
      isStill ||= size === "expired";
      sizes.push(size === "expired" ? 0 : size);
    }
    return sizes;
  }

  async #ask(file: string): Promise<number | "expired"> {
    this.#open.add(file);
    const answer = this.#sizeOf(file).finally(() => this.#open.delete(file));
    return await deadline(this.#clock, answer, { maxMs: MAX_WAIT_MS });
  }
}

async function sizeInFileSystem(file: string): Promise<number> {
  try {
    return (await Deno.stat(file)).size;
  } catch (error) {
    if (isNoSuchFile(error)) return 0;
    throw error;
  }
}
