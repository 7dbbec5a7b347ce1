/**
 * What is owed to the service: endings of sessions that are open or wait for their answer, and undelivered events.
 * The record is in memory; a store on disk, if there is one, is written in batches.
 *
 * @module
 */
import { DeadLetters } from "./dead_letters.ts";
import { type OutboxBounds, type OutboxRow, sizeOf } from "./outbox_row.ts";

/** A store behind the memory; writes all changes of a turn of the event loop at once. */
export interface OutboxStore {
  /** Record that these rows are as they are now. */
  save(row: OutboxRow): void;
  /** Forget a row. */
  remove(row: OutboxRow): void;
  /** Resolves when all changes so far are recorded, or the alarm is raised because they cannot be; never rejects. */
  recorded(): Promise<void>;
  /** Why the store cannot write, for the operator; `undefined` while it can. */
  readonly alarm: string | undefined;
}

/** Keeps rows by state, and hands every change to the store. */
export class Outbox {
  #store: OutboxStore | undefined;
  readonly #bounds: OutboxBounds;
  /** Requested and open. */
  readonly #running = new Map<string, OutboxRow>();
  readonly #due = new Map<string, OutboxRow>();
  /** The newest dead rows, where a store does not keep them. */
  readonly #dead: DeadLetters;
  #dueBytes = 0;
  #seq = 0;
  #deadCount = 0;

  /** Everything is kept in memory until there is a store. */
  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
    this.#dead = new DeadLetters(bounds);
  }

  /** Hand every change to this store from here on, and what there is already. */
  attach(store: OutboxStore): void {
    this.#store = store;
    for (const row of [...this.live(), ...this.#dead]) store.save(row);
  }

  /** The next position in the order in which rows become due. */
  nextSeq(wallMs: number): number {
    this.#seq = Math.max(this.#seq + 1, wallMs * 1000);
    return this.#seq;
  }

  /** Rows that become due from here on come after this one, even if the system's clock was set back. */
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

  /** The row is no longer owed. */
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

  /** Rows given up since the start, where a store does not keep them. */
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

  /** Why the store cannot write, `undefined` while it can. */
  get alarm(): string | undefined {
    return this.#store?.alarm;
  }

  #dropDue(row: OutboxRow): void {
    if (this.#due.delete(row.id)) this.#dueBytes -= sizeOf(row);
  }
}
