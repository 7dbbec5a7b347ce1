/**
 * Hints of the file system that files have changed. They may be missing, and come several at a time.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Clock, Timer } from "../../core/mod.ts";

/** Files of a set are written one after the other: what comes within this time is one hint, milliseconds. */
const SETTLE_MS = 500;

/** Watches the directories of files. */
export class FileHints {
  readonly #clock: Clock;
  readonly #onHint: () => void;
  readonly #watcher: Deno.FsWatcher | undefined;
  #timer: Timer | undefined;
  #closed = false;

  /** Watch from now on. Where the system cannot watch there are no hints. */
  constructor(files: readonly string[], clock: Clock, onHint: () => void) {
    this.#clock = clock;
    this.#onHint = onHint;
    try {
      this.#watcher = Deno.watchFs([...new Set(files.map((file) => dirname(file)))], { recursive: false });
    } catch {
      // Such as a limit of inotify: the files are compared all the same.
      return;
    }
    void this.#follow(this.#watcher);
  }

  /** Watch no longer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.clear();
    this.#watcher?.close();
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind } of watcher) {
        if (this.#closed) return;
        // Reading the files is an event too.
        if (kind === "access") continue;
        this.#timer ??= this.#clock.setTimeout(() => this.#hint(), SETTLE_MS);
      }
    } catch {
      // There are no further hints.
      this.close();
    }
  }

  #hint(): void {
    this.#timer = undefined;
    if (!this.#closed) this.#onHint();
  }
}
