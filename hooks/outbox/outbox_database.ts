/**
 * The outbox file: a SQLite database in WAL mode whose rows belong to processes. Used by the outbox's worker, and
 * by the command line while a server runs.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  type DeadLetterSelection,
  dropDeadLetters,
  eventsOfDeadLetters,
  NO_SERVICE,
  replayDeadLetters,
  type ReplayTarget,
} from "./dead_letter_selection.ts";
import {
  type Batch,
  COLUMNS,
  CREATE_TABLES,
  INSERT,
  insertValues,
  readRow,
  type RowPlace,
  STATES,
  type StoredRow,
  storedRows,
  UPDATE,
  updateValues,
} from "./event_table.ts";
import type { RowState } from "./outbox_row.ts";

/** Version of the tables; a file of a newer version is not used. */
const SCHEMA_VERSION = 1;
/** Another process may be writing; its batches are short. */
const BUSY_TIMEOUT_MS = 5000;

/** Why the outbox cannot be used, with the file and the way out. */
export class OutboxError extends Error {
  /** Distinguishes it from other errors. */
  override readonly name = "OutboxError";
}

/** An open outbox file. */
export class OutboxDatabase {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #remove: StatementSync;

  /**
   * Open the file, or make it with mode 0600.
   *
   * @throws The system's or SQLite's error when it is not an outbox, is damaged or cannot be written.
   */
  constructor(path: string) {
    let db: DatabaseSync | undefined;
    try {
      // SQLite would make it readable for others, by the process's umask.
      Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
      db = new DatabaseSync(path);
      db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      const version = readNumber(db, "PRAGMA user_version", "user_version");
      if (version > SCHEMA_VERSION) throw new Error(`it was written by a newer version (schema ${version})`);
      // A checkpoint syncs, a commit does not: a killed process loses nothing, a power failure the last moments.
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF");
      db.exec(CREATE_TABLES);
      db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
      this.#insert = db.prepare(INSERT);
      this.#update = db.prepare(UPDATE);
      this.#remove = db.prepare("DELETE FROM event WHERE id = ?");
      this.#db = db;
    } catch (error) {
      db?.close();
      throw error;
    }
  }

  /** Record a batch in one transaction. */
  write(service: string, batch: Batch): void {
    this.#transaction(() => {
      for (const row of batch.inserts) this.#insert.run(...insertValues(service, row));
      for (const row of batch.updates) this.#update.run(...updateValues(row));
      for (const id of batch.removes) this.#remove.run(id);
    });
  }

  /** Delete a process's rows except the dead ones. */
  wipe(service: string): void {
    this.#transaction(() => {
      this.#db.prepare("DELETE FROM event WHERE service = ?").run(service);
    });
  }

  /** A page of a process's rows that are not dead, in their order. */
  rows(service: string, after: RowPlace, limit: number): StoredRow[] {
    return this.#select(
      `SELECT ${COLUMNS} FROM event WHERE service = ? AND (seq, id) > (?, ?) ORDER BY seq, id LIMIT ?`,
      [service, after.seq, after.id, limit],
    );
  }

  /** Rows of all processes in a state, oldest first. */
  inState(state: RowState, limit: number): StoredRow[] {
    return this.#select(`SELECT ${COLUMNS} FROM event WHERE state = ? ORDER BY seq LIMIT ?`, [state, limit]);
  }

  /** How many rows there are by state; reads the whole file. */
  counts(): Record<RowState, number> {
    const counts: Record<RowState, number> = { asked: 0, open: 0, due: 0, dead: 0 };
    for (const row of this.#db.prepare("SELECT state, count(*) AS n FROM event GROUP BY state").all()) {
      const state = STATES.find((state) => state === row.state);
      if (state !== undefined) counts[state] = Number(row.n);
    }
    return counts;
  }

  /** Number of dead rows. */
  countDead(): number {
    return readNumber(this.#db, `SELECT count(*) AS n FROM event WHERE service = '${NO_SERVICE}'`, "n");
  }

  /** The services that own rows; `""` owns rows that any process may take. */
  services(): string[] {
    const services: string[] = [];
    // Steps through the index: SELECT DISTINCT would read every row.
    const first = this.#db.prepare("SELECT min(service) AS service FROM event WHERE service >= ''");
    const next = this.#db.prepare("SELECT min(service) AS service FROM event WHERE service > ?");
    for (let found = first.get()?.service; typeof found === "string"; found = next.get(found)?.service) {
      if (found !== NO_SERVICE) services.push(found);
    }
    return services;
  }

  /** Take over another process's rows. */
  adopt(from: string, to: string): void {
    this.#transaction(() => this.#hand(from, to));
  }

  /**
   * The same.
   *
   * @param accepts Which of them; all by default.
   * @returns The rows, in their order.
   */
  adoptRows(from: string, to: string, accepts?: (row: StoredRow) => boolean): StoredRow[] {
    let rows: StoredRow[] = [];
    this.#transaction(() => {
      const all = storedRows(this.#db, from);
      rows = accepts === undefined ? all : all.filter(accepts);
      if (rows.length === all.length) return this.#hand(from, to);
      const hand = this.#db.prepare("UPDATE event SET service = ? WHERE id = ?");
      for (const { id } of rows) hand.run(to, id);
    });
    return rows;
  }

  /**
   * Make dead rows due again; any process may take them.
   *
   * @param selection Which of them.
   * @param to Their new address; `undefined` keeps their own.
   * @returns How many.
   */
  replay(selection: DeadLetterSelection, nowMs: number, to?: ReplayTarget): number {
    let changes = 0;
    this.#transaction(() => changes = replayDeadLetters(this.#db, selection, nowMs, to));
    return changes;
  }

  /** Event names among dead rows. */
  deadEvents(selection: DeadLetterSelection): string[] {
    return eventsOfDeadLetters(this.#db, selection);
  }

  /** Forget dead rows. @returns How many. */
  drop(selection: DeadLetterSelection): number {
    let changes = 0;
    this.#transaction(() => changes = dropDeadLetters(this.#db, selection));
    return changes;
  }

  /** Keep only the newest dead rows. @returns How many were forgotten. */
  trimDead(maxRows: number): number {
    const surplus = this.countDead() - maxRows;
    if (surplus <= 0) return 0;
    this.#transaction(() => {
      this.#db.prepare(
        "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE service = ? ORDER BY seq LIMIT ?)",
      ).run(NO_SERVICE, surplus);
    });
    return surplus;
  }

  /** A block of client ids for this process alone, none below `from`; its first number. */
  reserveClientIds(count: number, from: number): number {
    let first = 0;
    this.#transaction(() => {
      first = Math.max(
        from,
        readNumber(this.#db, "SELECT value FROM counter WHERE name = 'client_id'", "value"),
      );
      this.#db.prepare("UPDATE counter SET value = ? WHERE name = 'client_id'").run(first + count);
    });
    return first;
  }

  /** Changes when another connection has written. */
  dataVersion(): number {
    return readNumber(this.#db, "PRAGMA data_version", "data_version");
  }

  /** Close the file. */
  close(): void {
    this.#db.close();
  }

  #select(sql: string, parameters: (string | number)[]): StoredRow[] {
    return this.#db.prepare(sql).all(...parameters).map(readRow);
  }

  #hand(from: string, to: string): void {
    this.#db.prepare("UPDATE event SET service = ? WHERE service = ?").run(to, from);
  }

  #transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      try {
        this.#db.exec("ROLLBACK");
      } catch (rollbackError) {
        // After some errors SQLite has rolled back already, so ROLLBACK fails too; the first error is the cause.
        throw new AggregateError(
          [error, rollbackError],
          errorMessage(error),
        );
      }
      throw error;
    }
  }
}

function readNumber(db: DatabaseSync, sql: string, column: string): number {
  return Number(db.prepare(sql).get()?.[column] ?? 0);
}
