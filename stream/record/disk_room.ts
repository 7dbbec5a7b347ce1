/**
 * How much room the disks of recordings have.
 *
 * @module
 */

/** Between two looks at a disk, milliseconds. */
const LOOK_MS = 2000;
/** A recording begins again where there is this much more than the least: it is not to end in the next second. */
const SPARE = 9 / 8;

/** What a room is made with. */
export interface DiskRoomDeps {
  /** What a folder's disk has room for; rejects where nobody knows. */
  freeBytes(folder: string): Promise<number>;
  /** Nobody knows what a folder's disk has room for. Called once, and again only where it has been known since. */
  unknown(folder: string, error: unknown): void;
}

/** What is known of a folder's disk. */
interface KnownRoom {
  bytes: number | undefined;
  lookedMs: number;
  isLooking: boolean;
  isUnknown: boolean;
}

/** Folders and the room on their disks. */
export class DiskRoom {
  readonly #deps: DiskRoomDeps;
  readonly #folders = new Map<string, KnownRoom>();

  /** No folder is looked at yet. */
  constructor(deps: DiskRoomDeps) {
    this.#deps = deps;
  }

  /**
   * What keeps a file from being written to a folder, or from being begun there; `undefined` where there is room, or
   * nobody knows.
   *
   * @param minBytes That the disk must have room for; 0 is off.
   */
  shortage(of: "writing" | "beginning", folder: string, minBytes: number): string | undefined {
    if (minBytes === 0) return undefined;
    const known = this.#folders.get(folder);
    if (known === undefined) {
      this.#folders.set(folder, {
        bytes: undefined,
        lookedMs: -Infinity,
        isLooking: false,
        isUnknown: false,
      });
      return undefined;
    }
    const { bytes } = known;
    if (bytes === undefined || bytes >= (of === "writing" ? minBytes : minBytes * SPARE)) return undefined;
    return `${bytes} bytes are left, and dvr_min_free is ${minBytes}`;
  }

  /** Look again where it is time. A disk that stands still is not asked twice, and keeps no other from being asked. */
  async look(nowMs: number): Promise<void> {
    await Promise.all(Array.from(this.#folders, ([folder, known]) => this.#lookAt(folder, known, nowMs)));
  }

  async #lookAt(folder: string, known: KnownRoom, nowMs: number): Promise<void> {
    if (known.isLooking || nowMs - known.lookedMs < LOOK_MS) return;
    known.isLooking = true;
    known.lookedMs = nowMs;
    try {
      known.bytes = await this.#deps.freeBytes(folder);
      known.isUnknown = false;
    } catch (error) {
      known.bytes = undefined;
      if (!known.isUnknown) this.#deps.unknown(folder, error);
      known.isUnknown = true;
    } finally {
      known.isLooking = false;
    }
  }
}
