/**
 * Rows of processes that are gone, in an outbox file that can be read but not written, as on a full disk. They are
 * delivered too. The file records their new owner once it can be written; until then the locks of those processes are
 * held, so that no other server takes the same rows.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { OutboxDatabase } from "./outbox_database.ts";
import { type StoredRow, storedRows } from "./event_table.ts";
import { ProcessLock } from "../../system/mod.ts";

/** Another process may be writing. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Ways to read: the usual one; and one without the -shm file that processes share, for which a full disk has no room.
 * The latter excludes other processes, and none uses the file where the first way failed for lack of room.
 */
const WAYS = ["PRAGMA locking_mode = NORMAL", "PRAGMA locking_mode = EXCLUSIVE"];

/** Rows that were read, and the locks of their processes. */
export class Leftovers {
  /** In their order. */
  readonly rows: readonly StoredRow[];
  /** The next client id after those that the file knows. */
  readonly nextClientId: number;
  readonly #locks: ReadonlyMap<string, ProcessLock>;

  private constructor(
    rows: readonly StoredRow[],
    nextClientId: number,
    locks: ReadonlyMap<string, ProcessLock>,
  ) {
    this.rows = rows;
    this.nextClientId = nextClientId;
    this.#locks = locks;
  }

  /** Read the rows that can be read; none where the file cannot be. */
  static read(path: string): Leftovers {
    for (const way of WAYS) {
      const locks = new Map<string, ProcessLock>();
      try {
        if (Deno.statSync(path).size === 0) break;
        return new Leftovers(...readThisWay(path, way, locks), locks);
      } catch {
        // The next way may work. The failure to open the file has been reported already.
        for (const lock of locks.values()) lock.release();
      }
    }
    return new Leftovers([], 1, new Map());
  }

  /** The file can be written again: record the new owner of these rows. */
  handOver(db: OutboxDatabase, service: string): void {
    for (const gone of this.#locks.keys()) db.adopt(gone, service);
    this.release();
  }

  /** Release the locks, so that others may take the rows. */
  release(): void {
    for (const lock of this.#locks.values()) lock.release();
  }
}

function readThisWay(path: string, way: string, locks: Map<string, ProcessLock>): [StoredRow[], number] {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; ${way}`);
    const counter = db.prepare("SELECT value FROM counter WHERE name = 'client_id'").get();
    const services = db.prepare("SELECT DISTINCT service FROM event WHERE service NOT IN ('', '-')").all();
    const rows: StoredRow[] = [];
    for (const service of services.map((row) => String(row.service)).sort()) {
      const lock = tryLock(path, service);
      if (lock === undefined) continue;
      locks.set(service, lock);
      for (const row of storedRows(db, service)) rows.push(row);
    }
    return [rows, Number(counter?.value ?? 1)];
  } finally {
    db.close();
  }
}

/** `undefined` also where the lock cannot be taken for another reason: its process may be alive, its sessions open. */
function tryLock(path: string, service: string): ProcessLock | undefined {
  try {
    return ProcessLock.try(path, service);
  } catch {
    return undefined;
  }
}
