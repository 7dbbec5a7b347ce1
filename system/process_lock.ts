/**
 * A lock that lives as long as its process: how a start knows whose sessions it may take over.
 *
 * A file lock, taken through SQLite because it is the one way that all supported versions of the runtime have to
 * try a lock without waiting for it.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";

/** A lock that is held. */
export class ProcessLock {
  readonly #db: DatabaseSync;
  readonly #path: string;

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
  }

  /**
   * Take the lock of `service` beside the outbox file.
   *
   * @returns `undefined` when a living process holds it.
   */
  static try(outboxPath: string, service: string): ProcessLock | undefined {
    return ProcessLock.take(`${outboxPath}.${service}.lock`);
  }

  /**
   * Take the lock of which this is the file; nothing else may be in it.
   *
   * @returns `undefined` when a living process holds it.
   */
  static take(path: string): ProcessLock | undefined {
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    const db = new DatabaseSync(path);
    try {
      // With a journal on disk the lock would need room there.
      db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    } catch (error) {
      db.close();
      if (error instanceof Error && error.message.includes("locked")) return undefined;
      throw error;
    }
    return new ProcessLock(db, path);
  }

  /** Give it back, and leave nothing behind. */
  release(): void {
    // Removed while it is held: nobody can take a lock on a file that is about to vanish.
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    } finally {
      this.#db.close();
    }
  }
}
