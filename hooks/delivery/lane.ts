/**
 * A lane of a delivery queue: the rows of one connection, which are delivered in order.
 *
 * @module
 */
import { Deque } from "../../core/mod.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";

/** Whether a request may follow the older endings of its stream: `clear` once the origin has answered each of them. */
export type Clearance = "clear" | "unreachable";

/** What waits for a row's next attempt. */
export interface Waiter {
  readonly row: OutboxRow;
  readonly settle: (clearance: Clearance) => void;
}

/** Rows in the order of their delivery, and where the lane is in its schedule. */
export interface Lane {
  readonly key: string;
  readonly rows: Deque<OutboxRow>;
  /** An attempt is under way, or its head waits for rows of other lanes. */
  active: boolean;
  /** To be attempted from `retryAt` on. */
  scheduled: boolean;
  retryAt: number;
  /** Has an entry in the ready queue. */
  inReady: boolean;
  /** Moment of its earliest entry in the heap of retries, `Infinity` for none. */
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

/** Take all waiters off a lane. */
export function takeWaiters(lane: Lane): readonly Waiter[] {
  const { waiters } = lane;
  lane.waiters = [];
  return waiters;
}

/** A row has left its lane: nothing that waited for it waits any longer. */
export function settleWaitersOf(lane: Lane, row: OutboxRow): void {
  const { waiters } = lane;
  lane.waiters = waiters.filter((waiter) => waiter.row !== row);
  for (const waiter of waiters) if (waiter.row === row) waiter.settle("clear");
}

/** When the oldest row of all lanes became due, `undefined` when there is none. */
export function oldestDueAt(lanes: Iterable<Lane>): number | undefined {
  let oldest: number | undefined;
  for (const { rows } of lanes) {
    const dueAt = rows.peekFront()?.dueAt;
    if (dueAt !== undefined && (oldest === undefined || dueAt < oldest)) oldest = dueAt;
  }
  return oldest;
}

/** The rows of all lanes that became due before a moment; each lane has its oldest row first. */
export function rowsDueBefore(lanes: Iterable<Lane>, moment: number): OutboxRow[] {
  const found: OutboxRow[] = [];
  for (const { rows } of lanes) {
    for (const row of rows) {
      if (row.dueAt >= moment) break;
      found.push(row);
    }
  }
  return found;
}
