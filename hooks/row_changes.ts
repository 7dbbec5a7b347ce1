/**
 * What the outbox file does not have yet: rows that are new or changed, and rows that are gone.
 *
 * @module
 */
import { DeadRows } from "./dead_rows.ts";
import type { Batch, RowUpdate, StoredRow } from "./outbox_database.ts";
import type { OutboxBounds, OutboxRow } from "./outbox_row.ts";
import type { SessionFacts } from "./payload.ts";
import { storeRow } from "./stored_row.ts";

/** The larger parts of a row, as the file has them. */
interface Written {
  readonly facts: SessionFacts;
  readonly streamKeys: readonly string[];
  readonly body: string;
}

/** Changes to write in one transaction. */
export interface ChangePage {
  readonly batch: Batch;
  /** Those of its rows that are dead. */
  readonly dead: readonly OutboxRow[];
}

/** Collects changes, and hands them out by pages. */
export class RowChanges {
  /** Rows that may be in the file, with what it has of them; `undefined` where that is not known. */
  readonly #written = new Map<string, Written | undefined>();
  readonly #live = new Map<string, OutboxRow>();
  /** Nobody but this list knows them until they are in the file. */
  readonly #dead: DeadRows;
  #removed: string[] = [];
  #forgotten = 0;

  /** @param bounds Of dead rows that wait for the file; above them the oldest are forgotten. */
  constructor(bounds: OutboxBounds) {
    this.#dead = new DeadRows(bounds);
  }

  /** Rows to write. */
  get rows(): number {
    return this.#live.size + this.#dead.size;
  }

  /** Whether the file has everything. */
  get isEmpty(): boolean {
    return this.rows === 0 && this.#removed.length === 0;
  }

  /** The file has this row as it is. */
  stored(row: OutboxRow): void {
    this.#written.set(row.id, { facts: row.facts, streamKeys: row.streamKeys, body: row.body });
  }

  /** The row is new, or not as the file has it. */
  save(row: OutboxRow): void {
    if (row.state !== "dead") {
      this.#live.set(row.id, row);
      return;
    }
    this.#live.delete(row.id);
    this.#bury(row);
  }

  /**
   * The row is gone.
   *
   * @returns `false` when it was never in the file.
   */
  remove(row: OutboxRow): boolean {
    this.#live.delete(row.id);
    const isThere = this.#written.delete(row.id);
    if (isThere) this.#removed.push(row.id);
    return isThere;
  }

  /** What the file has is not known any more: all of these rows have to be written whole. */
  startAnew(live: Iterable<OutboxRow>): void {
    for (const id of this.#written.keys()) this.#written.set(id, undefined);
    for (const row of live) this.#live.set(row.id, row);
  }

  /**
   * Take the next rows to write, and all that has to be removed.
   *
   * @param limit Of rows.
   */
  take(limit: number): ChangePage {
    const dead = this.#dead.shift(limit);
    const rows = [...dead, ...this.#takeLive(limit - dead.length)];
    const inserts: StoredRow[] = [];
    const updates: RowUpdate[] = [];
    for (const row of rows) {
      const written = this.#written.get(row.id);
      if (written === undefined) inserts.push(storeRow(row));
      else updates.push(updateOf(row, written));
      if (row.state === "dead") this.#written.delete(row.id);
      else this.stored(row);
    }
    const removes = this.#removed;
    this.#removed = [];
    return { batch: { inserts, updates, removes }, dead };
  }

  /** A page could not be written. What was live in it comes back by {@link RowChanges.startAnew}. */
  putBack({ batch, dead }: ChangePage): void {
    this.#removed = [...batch.removes, ...this.#removed];
    for (const row of dead) this.#bury(row);
  }

  /** How many dead rows were forgotten since the last call. */
  takeForgotten(): number {
    const forgotten = this.#forgotten;
    this.#forgotten = 0;
    return forgotten;
  }

  #bury(row: OutboxRow): void {
    for (const { id } of this.#dead.add(row)) {
      this.#forgotten++;
      // The file may have it from before it was given up.
      this.#written.delete(id);
      this.#removed.push(id);
    }
  }

  #takeLive(count: number): OutboxRow[] {
    const rows: OutboxRow[] = [];
    for (const row of this.#live.values()) {
      if (rows.length === count) break;
      this.#live.delete(row.id);
      rows.push(row);
    }
    return rows;
  }
}

function updateOf(row: OutboxRow, written: Written): RowUpdate {
  const { id, state, seq, dueAt, attempts, nextAt, cause, sendBytes, recvBytes, checkpointAt } = row;
  return {
    id,
    state,
    seq,
    dueAt,
    attempts,
    nextAt,
    cause,
    sendBytes,
    recvBytes,
    checkpointAt,
    facts: row.facts === written.facts ? null : JSON.stringify(row.facts),
    streams: row.streamKeys === written.streamKeys ? null : JSON.stringify(row.streamKeys),
    body: row.body === written.body ? null : row.body,
  };
}
