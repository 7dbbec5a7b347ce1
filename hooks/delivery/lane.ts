/**
 * A lane of a delivery queue: rows of one connection, which keep their order.
 *
 * @module
 */
import { Deque } from "../../core/mod.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";

/** Where an ask stands towards older endings of its stream. */
export type Clearance = "clear" | "unreachable";

/** Who waits for a row's next attempt. */
export interface Waiter {
  readonly row: OutboxRow;
  readonly settle: (clearance: Clearance) => void;
}

/** Rows that follow one another. */
export interface Lane {
  readonly key: string;
  readonly rows: Deque<OutboxRow>;
  active: boolean;
  /** To be attempted from `retryAt` on. */
  scheduled: boolean;
  retryAt: number;
  /** Has an entry in the ready queue. */
  inReady: boolean;
  /** Moment of its earliest entry in the heap, `Infinity` for none. */
  heapAt: number;
  waiters: Waiter[];
}

/** An empty lane. */
export function newLane(key: string): Lane {
  return {
    key,
    rows: new Deque(),
    active: false,
    scheduled: false,
    retryAt: 0,
    inReady: false,
    heapAt: Infinity,
    waiters: [],
  };
}
