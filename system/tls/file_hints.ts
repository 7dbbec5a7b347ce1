/**
 * Hints of the file system that files have changed. They may be missing, and come several at a time.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { Clock, Timer } from "../../core/mod.ts";

/** Files of a set are written one after the other: what comes within this time is one hint, milliseconds. */
const SETTLE_MS = 500;

/** Watches the directories of files. */
export class FileHints {
  readonly #clock: Clock;
  readonly #onHint: () => void;
  readonly #names: ReadonlySet<string>;
  readonly #watcher: Deno.FsWatcher | undefined;
  #timer: Timer | undefined;
  #closed = false;

  /** Watch from now on. Where the system cannot watch there are no hints. */
  constructor(files: readonly string[], clock: Clock, onHint: () => void) {
    this.#clock = clock;
    this.#onHint = onHint;
    this.#names = new Set(files.map((file) => basename(file)));
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
      for await (const { kind, paths } of watcher) {
        if (this.#closed) return;
        // Reading the files is an event too.
        if (kind === "access" || !isAbout(paths, this.#names)) continue;
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

/**
 * Whether an event is about files of these names. A log or a database in the same directory changes all the time; a
 * name such as `..data` is the link by which Kubernetes replaces all files.
 */
export function isAbout(paths: readonly string[], names: ReadonlySet<string>): boolean {
  return paths.map((path) => basename(path)).some((name) => names.has(name) || name.startsWith(".."));
}
