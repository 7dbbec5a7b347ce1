/**
 * One origin's queue of what has to be told: in order within a lane, lanes beside each other, retries with growing
 * pauses, and a barrier for asks that must not overtake an ending.
 *
 * @module
 */
import { BinaryHeap, type Clock, Deque, type Timer } from "../../core/mod.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";
import type { CallSlots } from "../client/call_slots.ts";
import { type Clearance, type Lane, newLane } from "./lane.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import { StreamEndings } from "./stream_endings.ts";

/** How an attempt to deliver ended. `retry` without `reached`: the origin could not even be connected to. */
export type DeliveryResult =
  | { readonly kind: "delivered" }
  | { readonly kind: "dead"; readonly cause: string }
  | {
    readonly kind: "retry";
    readonly cause: string;
    readonly reached: boolean;
    readonly retryAfterMs: number | undefined;
  };

/** What the queue needs of the room. */
export interface DeliveryDeps {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly backoff: BackoffOptions;
  /** How old an event may become. */
  readonly maxAgeMs: number;
  /** One attempt; never rejects. */
  deliver(row: OutboxRow): Promise<DeliveryResult>;
  /** The row is settled, delivered or dead. */
  settled(row: OutboxRow, result: DeliveryResult): void;
  /** The row stays, with its attempts, cause and next moment set. */
  postponed(row: OutboxRow): void;
}

/** A lane and the moment from which its head may be attempted again. */
interface Retry {
  readonly at: number;
  readonly lane: Lane;
}

/** The rows of one origin. */
export class DeliveryQueue {
  readonly #deps: DeliveryDeps;
  readonly #slots: CallSlots;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Deque<Lane>();
  /** Lanes that an ask or a drain waits for: attempted at once, whatever their pause. */
  readonly #urgent = new Deque<Lane>();
  readonly #retries = new BinaryHeap<Retry>((a, b) => a.at - b.at);
  readonly #endings = new StreamEndings();
  #size = 0;
  #downUntil = 0;
  #downCount = 0;
  /** Attempts under way that were started while the origin counted as down. */
  #probes = 0;
  /** The last look for a lane ended at the pause: time may pass between that look and the next alarm's setting. */
  #pausing = false;
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #active = 0;
  #closed = false;
  #onIdle: () => void = () => {};

  /** @param slots Shared with the origin's asks. */
  constructor(slots: CallSlots, deps: DeliveryDeps) {
    this.#slots = slots;
    this.#deps = deps;
    slots.onFree(() => this.#startNext());
  }

  /** Rows that wait or are under way. */
  get size(): number {
    return this.#size;
  }

  /** Whether deliveries pause because nothing could be connected to. */
  get down(): boolean {
    return this.#downUntil > this.#deps.clock.now();
  }

  /** When the oldest row became due, `undefined` when there is none. */
  oldestAt(): number | undefined {
    let oldest: number | undefined;
    for (const lane of this.#lanes.values()) {
      const dueAt = lane.rows.peekFront()?.dueAt;
      if (dueAt !== undefined && (oldest === undefined || dueAt < oldest)) oldest = dueAt;
    }
    return oldest;
  }

  /** Add a row behind the others of its lane. */
  enqueue(row: OutboxRow): void {
    let lane = this.#lanes.get(row.lane);
    if (lane === undefined) {
      lane = newLane(row.lane);
      this.#lanes.set(row.lane, lane);
    }
    lane.rows.pushBack(row);
    this.#size++;
    this.#endings.add(row);
    if (lane.rows.length === 1) this.#schedule(lane, row.nextAt);
  }

  /**
   * Attempt the untold endings of a stream at once, see {@link StreamEndings.before}.
   *
   * @returns `undefined` when there are none; else how it went, once each was answered, with whatever status, or
   * the origin could not be reached.
   */
  clear(streamKey: string): Promise<Clearance> | undefined {
    const rows = this.#endings.before(streamKey);
    return rows === undefined ? undefined : this.#attemptAll(rows);
  }

  /** Attempt everything once, whatever its pause. Resolves when each row was answered or was out of reach. */
  async flush(): Promise<void> {
    const lanes = [...this.#lanes.values()];
    // An attempt under way was made for another reason, and what stands behind it would not get one of its own.
    const underWay = lanes.filter((lane) => lane.active);
    await this.#attemptEach(lanes.flatMap((lane) => [...lane.rows]));
    await this.#attemptEach(underWay.flatMap((lane) => [...lane.rows]));
  }

  /** The origin answered something else just now: a pause for its being down is over. */
  reached(): void {
    this.#downCount = 0;
    if (this.#downUntil === 0) return;
    this.#downUntil = 0;
    this.#pump();
  }

  /** Take out a row that is not under way; `false` when it is. */
  withdraw(row: OutboxRow): boolean {
    const lane = this.#lanes.get(row.lane);
    if (lane === undefined) return false;
    if (lane.active && lane.rows.peekFront() === row) return false;
    if (lane.rows.removeFirst((each) => each === row) === undefined) return false;
    this.#forget(lane, row);
    return true;
  }

  /** Rows that are too old; the caller buries them. */
  expired(): OutboxRow[] {
    const before = this.#deps.clock.now() - this.#deps.maxAgeMs;
    const old: OutboxRow[] = [];
    for (const lane of this.#lanes.values()) {
      for (const row of lane.rows) {
        if (row.dueAt >= before) break;
        old.push(row);
      }
    }
    return old;
  }

  /** Start nothing more. Resolves when no attempt is under way. */
  close(): Promise<void> {
    this.#closed = true;
    this.#timer?.clear();
    this.#timer = undefined;
    this.#releaseWaiters();
    if (this.#active > 0) return new Promise((resolve) => this.#onIdle = resolve);
    return Promise.resolve();
  }

  async #attemptAll(rows: readonly OutboxRow[]): Promise<Clearance> {
    const results = await this.#attemptEach(rows);
    return results.includes("unreachable") ? "unreachable" : "clear";
  }

  #attemptEach(rows: readonly OutboxRow[]): Promise<Clearance[]> {
    const all = Promise.all(rows.map((row) =>
      new Promise<Clearance>((settle) => {
        const lane = this.#lanes.get(row.lane);
        if (lane === undefined) return settle("clear");
        lane.waiters.push({ row, settle });
        if (lane.waiters.length === 1 && !lane.active) this.#urgent.pushBack(lane);
      })
    ));
    this.#pump();
    return all;
  }

  #schedule(lane: Lane, at: number): void {
    if (lane.active) return;
    lane.scheduled = true;
    lane.retryAt = at;
    if (at > this.#deps.clock.now()) {
      this.#sleep(lane);
      this.#arm();
    } else {
      this.#makeReady(lane);
      this.#pump();
    }
  }

  #sleep(lane: Lane): void {
    if (lane.retryAt >= lane.heapAt) return;
    lane.heapAt = lane.retryAt;
    this.#retries.push({ at: lane.retryAt, lane });
  }

  #makeReady(lane: Lane): void {
    if (lane.inReady) return;
    lane.inReady = true;
    this.#ready.pushBack(lane);
  }

  #pump(): void {
    while (this.#startNext());
    this.#arm();
  }

  /** Start one attempt if there is something to do and a slot. */
  #startNext(): boolean {
    if (this.#closed) return false;
    const lane = this.#takeUrgent() ?? this.#takeReady();
    if (lane === undefined) return false;
    if (this.#follows(lane)) return true;
    if (!this.#slots.tryNotification()) {
      if (lane.waiters.length > 0) this.#urgent.pushFront(lane);
      else {
        lane.inReady = true;
        this.#ready.pushFront(lane);
      }
      return false;
    }
    this.#active++;
    void this.#attempt(lane).finally(() => {
      if (--this.#active === 0 && this.#closed) this.#onIdle();
    });
    return true;
  }

  /**
   * A publish that was let in untold must not be told before the one that had its name: then its ending would be the
   * last word on a stream that runs.
   *
   * @returns Whether the lane waits, without a slot, for what its head must not overtake.
   */
  #follows(lane: Lane): boolean {
    const head = lane.rows.peekFront();
    const ahead = head === undefined ? [] : this.#endings.beforeStart(head);
    if (ahead.length === 0) return false;
    lane.active = true;
    lane.scheduled = false;
    void this.#attemptAll(ahead).then((clearance) => {
      lane.active = false;
      if (clearance === "clear") this.#next(lane);
      else this.#waitForOrigin(lane);
      this.#pump();
    });
    return true;
  }

  #takeUrgent(): Lane | undefined {
    for (;;) {
      const lane = this.#urgent.popFront();
      if (lane === undefined) return undefined;
      if (!lane.active && lane.waiters.length > 0 && lane.rows.length > 0) return lane;
    }
  }

  #takeReady(): Lane | undefined {
    const now = this.#deps.clock.now();
    this.#pausing = this.#downUntil > now;
    if (this.#pausing || (this.#downCount > 0 && this.#probes > 0)) return undefined;
    for (let lane = this.#popRetry(now); lane !== undefined; lane = this.#popRetry(now)) {
      lane.heapAt = Infinity;
      if (!lane.scheduled || lane.active) continue;
      if (lane.retryAt <= now) this.#makeReady(lane);
      else this.#sleep(lane);
    }
    for (;;) {
      const lane = this.#ready.popFront();
      if (lane === undefined) return undefined;
      lane.inReady = false;
      // An urgent attempt may have overtaken this entry, and emptied or postponed the lane.
      if (lane.scheduled && !lane.active && lane.rows.length > 0 && lane.retryAt <= now) return lane;
    }
  }

  #popRetry(now: number): Lane | undefined {
    const next = this.#retries.peek();
    return next === undefined || next.at > now ? undefined : this.#retries.pop()?.lane;
  }

  async #attempt(lane: Lane): Promise<void> {
    const row = lane.rows.peekFront();
    if (row === undefined) return this.#slots.releaseNotification();
    lane.active = true;
    lane.scheduled = false;
    const probe = this.#downCount > 0;
    if (probe) this.#probes++;
    const tooOld = row.dueAt + this.#deps.maxAgeMs < this.#deps.clock.now();
    if (!tooOld) row.attempts++;
    const result: DeliveryResult = tooOld
      ? { kind: "dead", cause: `older than max_age; last: ${row.cause}` }
      : await this.#deps.deliver(row);
    lane.active = false;
    if (probe) this.#probes--;
    if (result.kind === "retry") this.#postpone(lane, row, result);
    else {
      lane.rows.popFront();
      this.#forget(lane, row);
      if (!tooOld) this.#markReached();
      this.#deps.settled(row, result);
      this.#next(lane);
    }
    this.#slots.releaseNotification();
    this.#pump();
  }

  #postpone(lane: Lane, row: OutboxRow, result: DeliveryResult & { kind: "retry" }): void {
    const { clock, random, backoff } = this.#deps;
    const pause = Math.max(backoffMs(backoff, row.attempts, random()), result.retryAfterMs ?? 0);
    row.cause = result.cause;
    row.nextAt = clock.now() + pause;
    if (result.reached) {
      this.#endings.markAttempted(row);
      this.#markReached();
      const { waiters } = lane;
      lane.waiters = [];
      this.#schedule(lane, row.nextAt);
      this.#deps.postponed(row);
      for (const waiter of waiters) waiter.settle("clear");
    } else {
      // Nothing else would get through either: one lane tries again for all.
      if (this.#downUntil <= clock.now()) {
        this.#downCount++;
        this.#downUntil = clock.now() + backoffMs(backoff, this.#downCount, random());
      }
      row.nextAt = this.#downUntil;
      this.#deps.postponed(row);
      this.#waitForOrigin(lane);
      this.#releaseWaiters();
    }
  }

  /** Ready for when the origin can be reached again; whoever waits need not wait so long. */
  #waitForOrigin(lane: Lane): void {
    const { waiters } = lane;
    lane.waiters = [];
    lane.scheduled = true;
    lane.retryAt = 0;
    this.#makeReady(lane);
    for (const waiter of waiters) waiter.settle("unreachable");
  }

  /** Nobody who waits for an attempt needs one to know how it would end. */
  #releaseWaiters(): void {
    for (let lane = this.#urgent.popFront(); lane !== undefined; lane = this.#urgent.popFront()) {
      if (lane.active) continue;
      const { waiters } = lane;
      lane.waiters = [];
      for (const waiter of waiters) waiter.settle("unreachable");
    }
  }

  #markReached(): void {
    this.#downCount = 0;
    this.#downUntil = 0;
  }

  /** Go on with a lane whose head is gone. */
  #next(lane: Lane): void {
    const head = lane.rows.peekFront();
    if (head === undefined) return;
    if (lane.waiters.length > 0) this.#urgent.pushBack(lane);
    this.#schedule(lane, 0);
  }

  #forget(lane: Lane, row: OutboxRow): void {
    this.#size--;
    this.#endings.delete(row);
    if (lane.rows.length === 0) this.#lanes.delete(lane.key);
    if (lane.waiters.length === 0) return;
    const { waiters } = lane;
    lane.waiters = waiters.filter((waiter) => waiter.row !== row);
    for (const waiter of waiters) if (waiter.row === row) waiter.settle("clear");
  }

  #arm(): void {
    if (this.#closed) return;
    const now = this.#deps.clock.now();
    let at = this.#retries.peek()?.at ?? Infinity;
    if (this.#pausing || this.#downUntil > now) at = this.#lanes.size > 0 ? this.#downUntil : Infinity;
    if (at === this.#timerAt) return;
    this.#timer?.clear();
    this.#timer = undefined;
    this.#timerAt = at;
    if (at === Infinity) return;
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#timerAt = Infinity;
      this.#pump();
    }, Math.max(1, at - now));
  }
}
