/**
 * What is owed to the service: endings of sessions that are asked about or open, and events not yet delivered.
 * The record in memory; a store on disk, if there is one, follows it in groups.
 *
 * @module
 */
import type { AdmittedBy } from "./call_headers.ts";
import type { HookEventName, Payload } from "./options.ts";
import type { SessionFacts } from "./payload.ts";

/**
 * `asked`: a call whose outcome is not known may have been answered with yes. `open`: the session runs.
 * `due`: the body is written and has to be delivered. `dead`: given up, kept for the operator.
 */
export type RowState = "asked" | "open" | "due" | "dead";

/** One event owed to one address. */
export interface OutboxRow {
  /** The webhook id. */
  readonly id: string;
  readonly event: HookEventName;
  readonly url: string;
  readonly payload: Payload;
  /** Events of one lane and origin keep their order: a connection of one process. */
  readonly lane: string;
  readonly admittedBy: AdmittedBy | undefined;
  state: RowState;
  /** Order in which events became due; of open rows the order of their starts. */
  seq: number;
  /** When it became due, milliseconds since 1970; of others when it was made. */
  dueAt: number;
  facts: SessionFacts;
  /** Names that an ask about must not overtake this; empty for what is not a stream's ending. */
  streamKeys: readonly string[];
  /** `""` until it is due. */
  body: string;
  attempts: number;
  /** Not before this moment, milliseconds since 1970. */
  nextAt: number;
  /** What went wrong last, `""` for nothing yet. */
  cause: string;
  /** Bytes and moment last known of an open session. */
  sendBytes: number;
  recvBytes: number;
  checkpointAt: number;
  /** Until it resolves the row must not be delivered: the store does not know it yet. Not recorded itself. */
  pending: Promise<void> | undefined;
}

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

/** Bounds of what is due, and of what is dead. */
export interface OutboxBounds {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Row overhead beside the body, roughly. */
const ROW_BYTES = 512;

/** Keeps rows by state, and hands every change to the store. */
export class Outbox {
  readonly #store: OutboxStore | undefined;
  readonly #bounds: OutboxBounds;
  /** Asked and open. */
  readonly #running = new Map<string, OutboxRow>();
  readonly #due = new Map<string, OutboxRow>();
  /** The newest dead rows when there is no store to keep them. */
  readonly #dead = new Map<string, OutboxRow>();
  #dueBytes = 0;
  #seq = 0;
  #deadCount = 0;

  /** @param store `undefined` keeps everything in memory. */
  constructor(bounds: OutboxBounds, store?: OutboxStore) {
    this.#bounds = bounds;
    this.#store = store;
  }

  /** The next place in the order of what becomes due. */
  nextSeq(nowMs: number): number {
    this.#seq = Math.max(this.#seq + 1, nowMs * 1000);
    return this.#seq;
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
        if (this.#store === undefined) this.#keepDead(row);
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
    return this.#dead.values();
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

  #keepDead(row: OutboxRow): void {
    this.#dead.set(row.id, row);
    if (this.#dead.size <= this.#bounds.maxRows) return;
    for (const id of this.#dead.keys()) {
      this.#dead.delete(id);
      return;
    }
  }
}

function sizeOf(row: OutboxRow): number {
  return ROW_BYTES + row.body.length;
}
