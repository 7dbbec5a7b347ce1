/**
 * Changes that the outbox file does not have yet: new and changed rows, and removals.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { DeadLetters } from "./dead_letters.ts";
import type { Batch, RowUpdate, StoredRow } from "./event_table.ts";
import type { OutboxBounds, OutboxRow } from "./outbox_row.ts";
import type { SessionFacts } from "../contract/payload.ts";
import { storedMoments, storeRow } from "./stored_row.ts";

/** The large fields of a row, as the file has them. */
interface Written {
  readonly url: string;
  readonly facts: SessionFacts;
  readonly streamKeys: readonly string[];
  readonly body: string;
}

/** Changes to write in one transaction. */
export interface ChangePage {
  readonly batch: Batch;
  readonly live: readonly OutboxRow[];
  /** Rows that were live when the page was taken may be dead by now, so both are listed. */
  readonly dead: readonly OutboxRow[];
  /** Ids of those of its rows that may have been in the file before. */
  readonly known: ReadonlySet<string>;
}

/** Collects changes, and gives them out in pages. */
export class RowChanges {
  /** Rows that may be in the file, with what it has of them; `undefined` where that is not known. */
  readonly #written = new Map<string, Written | undefined>();
  readonly #live = new Map<string, OutboxRow>();
  /** Kept only here until they are in the file. */
  readonly #dead: DeadLetters;
  readonly #removed: string[] = [];
  readonly #clock: Clock;
  #forgotten = 0;

  /** @param bounds Of dead rows that wait for the file; above them the oldest are forgotten. */
  constructor(bounds: OutboxBounds, clock: Clock) {
    this.#clock = clock;
    this.#dead = new DeadLetters(bounds);
  }

  /**
   * Number of pages that all changes need.
   *
   * @param limit Of rows, and of removals.
   */
  pages(limit: number): number {
    return Math.ceil(Math.max(this.#live.size + this.#dead.size, this.#removed.length) / limit);
  }

  /** The file has this row as it is. */
  stored(row: OutboxRow): void {
    this.#written.set(row.id, { url: row.url, facts: row.facts, streamKeys: row.streamKeys, body: row.body });
  }

  /** The row is new, or not as the file has it. */
  save(row: OutboxRow): void {
    if (row.state !== "dead") {
      this.#live.set(row.id, row);
      return;
    }
    this.#live.delete(row.id);
    this.#deadLetter(row);
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

  /** The file's content is no longer known: write all of these rows whole. */
  rewriteAll(live: Iterable<OutboxRow>): void {
    for (const id of this.#written.keys()) this.#written.set(id, undefined);
    for (const row of live) this.#live.set(row.id, row);
  }

  /**
   * Take the next rows to write and to remove. Each page is settled by {@link RowChanges.wrote} or
   * {@link RowChanges.failed} before the next one is taken.
   *
   * @param limit Of rows, and of removals.
   */
  take(limit: number): ChangePage {
    // Live rows first: sessions may wait for them.
    const live = [...firstOf(this.#live.values(), limit)];
    const dead = [...firstOf(this.#dead, limit - live.length)];
    const known = new Set<string>();
    const inserts: StoredRow[] = [];
    const updates: RowUpdate[] = [];
    for (const row of [...live, ...dead]) {
      const written = this.#written.get(row.id);
      if (written === undefined) inserts.push(storeRow(row, this.#clock));
      else updates.push(updateOf(row, written, this.#clock));
      if (this.#written.has(row.id)) known.add(row.id);
    }
    for (const row of live) {
      this.#live.delete(row.id);
      this.stored(row);
    }
    // A dead row in the file does not change any more.
    for (const row of dead) this.#written.delete(row.id);
    const removes = this.#removed.splice(0, limit);
    return { batch: { inserts, updates, removes }, live, dead, known };
  }

  /** A page is in the file. */
  wrote({ dead }: ChangePage): void {
    for (const row of dead) this.#dead.delete(row);
  }

  /**
   * A page could not be written, or that is not known. Its dead rows and removals remain to be written; its live rows
   * come back by {@link RowChanges.rewriteAll}.
   *
   * @param outcome `unknown`: it may still be in the file.
   */
  failed({ batch, live, dead, known }: ChangePage, outcome: "rolled back" | "unknown"): void {
    this.#removed.push(...batch.removes);
    // Rows removed meanwhile are among the removals.
    for (const { id } of [...live.filter(({ id }) => this.#written.has(id)), ...dead]) {
      if (outcome === "unknown" || known.has(id)) this.#written.set(id, undefined);
      else this.#written.delete(id);
    }
  }

  /** How many dead rows were forgotten since the last call. */
  takeForgotten(): number {
    const forgotten = this.#forgotten;
    this.#forgotten = 0;
    return forgotten;
  }

  #deadLetter(row: OutboxRow): void {
    for (const { id } of this.#dead.add(row)) {
      this.#forgotten++;
      // The file may have an earlier state of it.
      if (this.#written.delete(id)) this.#removed.push(id);
    }
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

function updateOf(row: OutboxRow, written: Written, clock: Clock): RowUpdate {
  const { id, state, seq, attempts, cause, sendBytes, recvBytes, checkpointAt } = row;
  return {
    id,
    state,
    seq,
    attempts,
    cause,
    sendBytes,
    recvBytes,
    checkpointAt,
    ...storedMoments(row, clock),
    url: row.url === written.url ? null : row.url,
    facts: row.facts === written.facts ? null : JSON.stringify(row.facts),
    streams: row.streamKeys === written.streamKeys ? null : JSON.stringify(row.streamKeys),
    body: row.body === written.body ? null : row.body,
  };
}
