/**
 * What is owed to the service: endings of sessions that are asked about or open, and events not yet delivered.
 * The record in memory; a store on disk, if there is one, follows it in groups.
 *
 * @module
 */
import { DeadLetters } from "./dead_letters.ts";
import { type OutboxBounds, type OutboxRow, sizeOf } from "./outbox_row.ts";

/** What stands behind the memory: gets all changes of a turn at once. */
export interface OutboxStore {
  /** Record that these rows are as they are now. */
  save(row: OutboxRow): void;
  /** Forget a row. */
  remove(row: OutboxRow): void;
  /** Resolves when everything said so far is recorded, or cannot be and the alarm is up; never rejects. */
  recorded(): Promise<void>;
  /** What keeps the store from its work, for the operator. */
  readonly alarm: string | undefined;
}

/** Keeps rows by state, and hands every change to the store. */
export class Outbox {
  readonly #store: OutboxStore | undefined;
  readonly #bounds: OutboxBounds;
  /** Asked and open. */
  readonly #running = new Map<string, OutboxRow>();
  readonly #due = new Map<string, OutboxRow>();
  /** The newest dead rows when there is no store to keep them. */
  readonly #dead: DeadLetters;
  #dueBytes = 0;
  #seq = 0;
  #deadCount = 0;

  /** @param store `undefined` keeps everything in memory. */
  constructor(bounds: OutboxBounds, store?: OutboxStore) {
    this.#bounds = bounds;
    this.#dead = new DeadLetters(bounds);
    this.#store = store;
  }

  /** The next place in the order of what becomes due. */
  nextSeq(wallMs: number): number {
    this.#seq = Math.max(this.#seq + 1, wallMs * 1000);
    return this.#seq;
  }

  /** What becomes due from here on comes after this row, whatever the system's clock says by now. */
  continueAfter(row: OutboxRow): void {
    this.#seq = Math.max(this.#seq, row.seq);
  }

  /** Record a row as it is now, new or changed. */
  save(row: OutboxRow): void {
    switch (row.state) {
      case "asked":
      case "open":
        this.#running.set(row.id, row);
        break;
      case "due":
        this.#running.delete(row.id);
        if (!this.#due.has(row.id)) {
          this.#due.set(row.id, row);
          this.#dueBytes += sizeOf(row);
        }
        break;
      case "dead":
        this.#dropDue(row);
        this.#deadCount++;
        if (this.#store === undefined) this.#dead.add(row);
        break;
    }
    this.#store?.save(row);
  }

  /** Nothing is owed any more. */
  remove(row: OutboxRow): void {
    this.#running.delete(row.id);
    this.#dropDue(row);
    this.#store?.remove(row);
  }

  /** Resolves when everything saved so far is recorded; never rejects. */
  recorded(): Promise<void> {
    return this.#store?.recorded() ?? Promise.resolve();
  }

  /** Whether what is due is over its bounds. */
  get overfull(): boolean {
    return this.#due.size > this.#bounds.maxRows || this.#dueBytes > this.#bounds.maxBytes;
  }

  /** Every row that is not dead. */
  *live(): Generator<OutboxRow> {
    yield* this.#running.values();
    yield* this.#due.values();
  }

  /** Rows to deliver, oldest first. */
  due(): Iterable<OutboxRow> {
    return this.#due.values();
  }

  /** Given up since the start, where no store keeps them. */
  dead(): Iterable<OutboxRow> {
    return this.#dead;
  }

  /** Counts for the API. */
  get counts(): {
    readonly running: number;
    readonly due: number;
    readonly dueBytes: number;
    readonly dead: number;
  } {
    return {
      running: this.#running.size,
      due: this.#due.size,
      dueBytes: this.#dueBytes,
      dead: this.#deadCount,
    };
  }

  /** What keeps the store from its work. */
  get alarm(): string | undefined {
    return this.#store?.alarm;
  }

  #dropDue(row: OutboxRow): void {
    if (this.#due.delete(row.id)) this.#dueBytes -= sizeOf(row);
  }
}
