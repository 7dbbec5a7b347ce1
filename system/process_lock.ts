/**
 * A lock that lives as long as its process: how a start knows whose sessions it may take over.
 *
 * A file lock, taken through SQLite because it is the one way that all supported versions of the runtime have to
 * try a lock without waiting for it.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";

const LOCK_END = ".lock";

/** A lock that is held. */
export class ProcessLock {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(db: DatabaseSync, path: string, file: Deno.FsFile) {
    this.#db = db;
    this.#path = path;
    this.#file = file;
  }

  /**
   * Take the lock of `service` next to the outbox file.
   *
   * @returns `undefined` when a living process holds it.
   */
  static try(outboxPath: string, service: string): ProcessLock | undefined {
    return ProcessLock.take(lockPath(outboxPath, service));
  }

  /** Whether a living process other than `service` holds a lock next to the outbox file. Changes nothing. */
  static isShared(outboxPath: string, service: string): boolean {
    const at = outboxPath.lastIndexOf("/");
    const directory = outboxPath.slice(0, at) || "/";
    const [before, own] = [`${outboxPath.slice(at + 1)}.`, lockPath(outboxPath, service)];
    for (const { name } of Deno.readDirSync(directory)) {
      const path = `${outboxPath.slice(0, at)}/${name}`;
      const isOther = name.startsWith(before) && name.endsWith(LOCK_END) && path !== own;
      if (isOther && isHeld(path)) return true;
    }
    return false;
  }

  /**
   * Take the lock of which this is the file; nothing else may be in it.
   *
   * @returns `undefined` when a living process holds it.
   */
  static take(path: string): ProcessLock | undefined {
    for (;;) {
      // Kept open as long as the lock: no other file gets its inode, and closing it would release the lock.
      const file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
      const db = lockFile(path);
      // A holder that released it in between took the file along: a lock on that one keeps nobody out.
      if (db !== undefined && inodeOf(path) === file.statSync().ino) return new ProcessLock(db, path, file);
      db?.close();
      file.close();
      if (db === undefined) return undefined;
    }
  }

  /** Release it, and leave no file. */
  release(): void {
    // Removed while it is held: afterwards the file of a new holder could be in its place.
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    } finally {
      this.#db.close();
      this.#file.close();
    }
  }
}

/** Lock a file; `undefined` when it is locked. */
function lockFile(path: string): DatabaseSync | undefined {
  const db = new DatabaseSync(path);
  try {
    // With a journal on disk the lock would need room there.
    db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return db;
  } catch (error) {
    db.close();
    if (error instanceof Error && error.message.includes("locked")) return undefined;
    throw error;
  }
}

/** Tells whether a path still has the same file; `undefined` when it has none. */
function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function lockPath(outboxPath: string, service: string): string {
  return `${outboxPath}.${service}${LOCK_END}`;
}

function isHeld(path: string): boolean {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    db.exec("PRAGMA busy_timeout = 0");
    db.prepare("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch (error) {
    // Any other failure: it has just been removed, or is not a lock.
    return error instanceof Error && error.message.includes("locked");
  } finally {
    db?.close();
  }
}
