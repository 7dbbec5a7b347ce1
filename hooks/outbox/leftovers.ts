/**
 * What processes that are gone have left in an outbox file that can be read and not written, as on a full disk: it is
 * delivered all the same. The file says so only once it can be written; until then the locks of those processes are
 * held, so that no other server takes the same rows.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { type OutboxDatabase, type StoredRow, storedRows } from "./outbox_database.ts";
import { ProcessLock } from "../../system/mod.ts";

/** Another process may be writing. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Ways to read: as usual; and without the -shm file that processes share, which a full disk has no room for. In
 * the latter way no other process may use the file, and none does where the first way failed for that.
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

  /** Read what can be read; nothing where that is nothing. */
  static read(path: string): Leftovers {
    for (const way of WAYS) {
      const locks = new Map<string, ProcessLock>();
      try {
        if (Deno.statSync(path).size === 0) break;
        return new Leftovers(...readThisWay(path, way, locks), locks);
      } catch {
        // The next way may work. That the file cannot be used is said already.
        for (const lock of locks.values()) lock.release();
      }
    }
    return new Leftovers([], 1, new Map());
  }

  /** The file can be written again: make it say whose rows these are now. */
  handOver(db: OutboxDatabase, service: string): void {
    for (const gone of this.#locks.keys()) db.adopt(gone, service);
    this.release();
  }

  /** Let others have what is left. */
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

/** `undefined` also where no lock can be had: its process may be alive, and its sessions open. */
function tryLock(path: string, service: string): ProcessLock | undefined {
  try {
    return ProcessLock.try(path, service);
  } catch {
    return undefined;
  }
}
