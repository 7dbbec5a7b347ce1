/**
 * How much room the disks of recordings have.
 *
 * @module
 */

/** Between two looks at a disk, milliseconds. */
const LOOK_MS = 2000;
/** A recording begins again where there is this much more than the least: it is not to end in the next second. */
const SPARE = 9 / 8;

/** Folders and the room on their disks. */
export class DiskRoom {
  readonly #freeBytes: (folder: string) => Promise<number>;
  readonly #folders = new Map<string, number | undefined>();
  #lookedMs = -Infinity;
  #isLooking = false;

  /** @param freeBytes What a folder's disk has room for; rejects where nobody knows. */
  constructor(freeBytes: (folder: string) => Promise<number>) {
    this.#freeBytes = freeBytes;
  }

  /**
   * What keeps a file from being written to a folder, or from being begun there; `undefined` where there is room, or
   * nobody knows.
   *
   * @param minBytes That the disk must have room for; 0 is off.
   */
  shortage(of: "writing" | "beginning", folder: string, minBytes: number): string | undefined {
    if (minBytes === 0) return undefined;
    if (!this.#folders.has(folder)) {
      this.#folders.set(folder, undefined);
      this.#lookedMs = -Infinity;
    }
    const bytes = this.#folders.get(folder);
    if (bytes === undefined || bytes >= (of === "writing" ? minBytes : minBytes * SPARE)) return undefined;
    return `${bytes} bytes are left, and dvr_min_free is ${minBytes}`;
  }

  /** Look again if it is time. A disk that stands still is not asked twice. */
  async look(nowMs: number): Promise<void> {
    if (this.#isLooking || nowMs - this.#lookedMs < LOOK_MS) return;
    this.#isLooking = true;
    this.#lookedMs = nowMs;
    for (const folder of this.#folders.keys()) {
      this.#folders.set(folder, await this.#freeBytes(folder).catch(() => undefined));
    }
    this.#isLooking = false;
  }
}
