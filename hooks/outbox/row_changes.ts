/**
 * What the outbox file does not have yet: rows that are new or changed, and rows that are gone.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { DeadLetters } from "./dead_letters.ts";
import type { Batch, RowUpdate, StoredRow } from "./outbox_database.ts";
import type { OutboxBounds, OutboxRow } from "./outbox_row.ts";
import type { SessionFacts } from "../contract/payload.ts";
import { storedMoments, storeRow } from "./stored_row.ts";

/** The larger parts of a row, as the file has them. */
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
  /** As they were taken: what was live then may be dead by now. */
  readonly dead: readonly OutboxRow[];
  /** Ids of those of its rows that may have been in the file before. */
  readonly known: ReadonlySet<string>;
}

/** Collects changes, and hands them out by pages. */
export class RowChanges {
  /** Rows that may be in the file, with what it has of them; `undefined` where that is not known. */
  readonly #written = new Map<string, Written | undefined>();
  readonly #live = new Map<string, OutboxRow>();
  /** Nobody but this list knows them until they are in the file. */
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
   * In how many pages everything can be written.
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

  /** What the file has is not known any more: all of these rows have to be written whole. */
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
    // Somebody may wait for what is live, nobody for the dead.
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
    // In the file a dead row is neither changed nor removed any more.
    for (const row of dead) this.#written.delete(row.id);
    const removes = this.#removed.splice(0, limit);
    return { batch: { inserts, updates, removes }, live, dead, known };
  }

  /** A page is in the file. */
  wrote({ dead }: ChangePage): void {
    for (const row of dead) this.#dead.delete(row);
  }

  /**
   * A page could not be written, or nobody knows. Its dead rows and removals stay to be written; what is live in it
   * comes back by {@link RowChanges.rewriteAll}.
   *
   * @param outcome `unknown`: it may be in the file all the same.
   */
  failed({ batch, live, dead, known }: ChangePage, outcome: "rolled back" | "unknown"): void {
    this.#removed.push(...batch.removes);
    // What was removed meanwhile is on the list of removals.
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
      // The file may have it from before it was given up.
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
