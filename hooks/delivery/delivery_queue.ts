/**
 * The notifications to one origin: in order within a lane, lanes concurrently, retries with growing pauses, and a
 * barrier for requests, which must not overtake the endings of their stream.
 *
 * @module
 */
import type { Timer } from "../../core/mod.ts";
import { backoffMs } from "./backoff.ts";
import type { CallSlots } from "../client/call_slots.ts";
import type { DeliveryResult } from "../client/hook_client.ts";
import {
  type Clearance,
  type Lane,
  newLane,
  oldestDueAt,
  rowsDueBefore,
  settleWaitersOf,
  takeWaiters,
} from "./lane.ts";
import { LaneSchedule } from "./lane_schedule.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import { Reachability, type ReachabilityOptions } from "./reachability.ts";
import { StreamEndings } from "./stream_endings.ts";

/** What delivers the rows, and is informed about them. */
export interface DeliveryQueueDeps extends ReachabilityOptions {
  /** Age at which an event is given up, milliseconds; looked at each time. */
  readonly maxAgeMs: number;
  /** One attempt; never rejects. */
  deliver(row: OutboxRow): Promise<DeliveryResult>;
  /** The row left the queue, delivered or dead. */
  settled(row: OutboxRow, result: DeliveryResult): void;
  /** The row stays, with its attempts, cause and next moment set. */
  postponed(row: OutboxRow): void;
}

/** The rows of one origin. */
export class DeliveryQueue {
  readonly #deps: DeliveryQueueDeps;
  readonly #slots: CallSlots;
  readonly #lanes = new Map<string, Lane>();
  readonly #schedule = new LaneSchedule();
  readonly #reachability: Reachability;
  readonly #endings = new StreamEndings();
  #size = 0;
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #active = 0;
  #closed = false;
  #onIdle: () => void = () => {};

  /** @param slots Shared with the origin's requests. */
  constructor(slots: CallSlots, deps: DeliveryQueueDeps) {
    this.#slots = slots;
    this.#deps = deps;
    this.#reachability = new Reachability(deps);
    slots.onFree(() => this.#startNext());
  }

  /** Rows that wait or are under way. */
  get size(): number {
    return this.#size;
  }

  /** Whether deliveries pause because the origin could not be connected to. */
  get down(): boolean {
    return this.#reachability.isPaused;
  }

  /** When the oldest row became due, `undefined` when there is none. */
  oldestAt(): number | undefined {
    return oldestDueAt(this.#lanes.values());
  }

  /** Add a row as the last of its lane. */
  enqueue(row: OutboxRow): void {
    let lane = this.#lanes.get(row.lane);
    if (lane === undefined) {
      lane = newLane(row.lane);
      this.#lanes.set(row.lane, lane);
    }
    lane.rows.pushBack(row);
    this.#size++;
    this.#endings.add(row);
    if (lane.rows.length === 1) this.#scheduleAt(lane, row.nextAt);
  }

  /**
   * Attempt the undelivered endings of a stream at once, see {@link StreamEndings.before}.
   *
   * @returns `undefined` when there are none; else the outcome, once each was answered, with any status, or the
   * origin could not be reached.
   */
  clear(streamKey: string): Promise<Clearance> | undefined {
    const rows = this.#endings.before(streamKey);
    return rows === undefined ? undefined : this.#attemptAll(rows);
  }

  /** Attempt every row once, also during its pause. Resolves when each was answered or the origin is unreachable. */
  async flush(): Promise<void> {
    const lanes = [...this.#lanes.values()];
    // An attempt under way was not made for this call, and the rows after it would not get one of their own.
    const underWay = lanes.filter((lane) => lane.active);
    await this.#attemptEach(lanes.flatMap((lane) => [...lane.rows]));
    await this.#attemptEach(underWay.flatMap((lane) => [...lane.rows]));
  }

  /** The origin answered a request: if deliveries paused, they continue. */
  reached(): void {
    if (this.#reachability.markReached()) this.#pump();
  }

  /** Remove a row. @returns `false` when it is not queued or an attempt is under way. */
  withdraw(row: OutboxRow): boolean {
    const lane = this.#lanes.get(row.lane);
    if (lane === undefined || (lane.active && lane.rows.peekFront() === row)) return false;
    if (lane.rows.removeFirst((each) => each === row) === undefined) return false;
    this.#forget(lane, row);
    return true;
  }

  /** Rows that are too old; the caller withdraws them. */
  expired(): OutboxRow[] {
    return rowsDueBefore(this.#lanes.values(), this.#deps.clock.now() - this.#deps.maxAgeMs);
  }

  /** Start no further attempt. Resolves when none is under way. */
  close(): Promise<void> {
    this.#closed = true;
    this.#timer?.clear();
    this.#failUrgent();
    return this.#active === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle = resolve);
  }

  async #attemptAll(rows: readonly OutboxRow[]): Promise<Clearance> {
    return (await this.#attemptEach(rows)).includes("unreachable") ? "unreachable" : "clear";
  }

  #attemptEach(rows: readonly OutboxRow[]): Promise<Clearance[]> {
    const all = Promise.all(rows.map((row) =>
      new Promise<Clearance>((settle) => {
        const lane = this.#lanes.get(row.lane);
        if (lane === undefined) return settle("clear");
        lane.waiters.push({ row, settle });
        if (lane.waiters.length === 1 && !lane.active) this.#schedule.addUrgent(lane);
      })
    ));
    this.#pump();
    return all;
  }

  #scheduleAt(lane: Lane, at: number): void {
    if (lane.active) return;
    const now = this.#deps.clock.now();
    this.#schedule.add(lane, at, now);
    if (at > now) this.#arm();
    else this.#pump();
  }

  #pump(): void {
    while (this.#startNext());
    this.#arm();
  }

  /** Start one attempt if a lane is due and a slot is free. */
  #startNext(): boolean {
    if (this.#closed) return false;
    const lane = this.#schedule.takeUrgent() ?? this.#takeReady();
    if (lane === undefined) return false;
    if (this.#waitsForOthers(lane)) return true;
    if (!this.#slots.tryNotification()) {
      this.#schedule.putBack(lane);
      return false;
    }
    this.#active++;
    void this.#attempt(lane).finally(() => {
      if (--this.#active === 0 && this.#closed) this.#onIdle();
    });
    return true;
  }

  #takeReady(): Lane | undefined {
    const now = this.#deps.clock.now();
    return this.#reachability.admits(now) ? this.#schedule.takeReady(now) : undefined;
  }

  /**
   * Report a publish that was admitted without a request only after the previous publisher's end: otherwise that end
   * would look like the stream's last state.
   *
   * @returns Whether the lane waits, without a slot, for rows that its head must not overtake.
   */
  #waitsForOthers(lane: Lane): boolean {
    const head = lane.rows.peekFront();
    const ahead = head === undefined ? [] : this.#endings.beforeStart(head);
    if (ahead.length === 0) return false;
    lane.active = true;
    lane.scheduled = false;
    void this.#attemptAll(ahead).then((clearance) => {
      lane.active = false;
      if (clearance === "clear") this.#continue(lane);
      else this.#waitForOrigin(lane);
      this.#pump();
    });
    return true;
  }

  async #attempt(lane: Lane): Promise<void> {
    const row = lane.rows.peekFront();
    if (row === undefined) return this.#slots.releaseNotification();
    lane.active = true;
    lane.scheduled = false;
    const kind = this.#reachability.begin();
    const isTooOld = row.dueAt + this.#deps.maxAgeMs < this.#deps.clock.now();
    if (!isTooOld) row.attempts++;
    const result: DeliveryResult = isTooOld
      ? { kind: "dead", cause: `older than max_age; last: ${row.cause}` }
      : await this.#deps.deliver(row);
    lane.active = false;
    this.#reachability.end(kind);
    if (result.kind === "retry") this.#postpone(lane, row, result);
    else {
      lane.rows.popFront();
      this.#forget(lane, row);
      if (!isTooOld) this.#reachability.markReached();
      this.#deps.settled(row, result);
      this.#continue(lane);
    }
    this.#slots.releaseNotification();
    this.#pump();
  }

  #postpone(lane: Lane, row: OutboxRow, result: DeliveryResult & { kind: "retry" }): void {
    row.cause = result.cause;
    if (!result.reached) {
      row.nextAt = this.#reachability.markUnreachable();
      this.#deps.postponed(row);
      this.#waitForOrigin(lane);
      this.#failUrgent();
      return;
    }
    const { clock, random, backoff } = this.#deps;
    const pause = Math.max(backoffMs(backoff, row.attempts, random()), result.retryAfterMs ?? 0);
    row.nextAt = clock.now() + pause;
    this.#endings.markAttempted(row);
    this.#reachability.markReached();
    // Taken before the lane is scheduled: their attempt has been made.
    const waiters = takeWaiters(lane);
    this.#scheduleAt(lane, row.nextAt);
    this.#deps.postponed(row);
    for (const waiter of waiters) waiter.settle("clear");
  }

  /** The lane is due as soon as the origin can be reached; its waiters do not wait for that. */
  #waitForOrigin(lane: Lane): void {
    const waiters = takeWaiters(lane);
    this.#schedule.add(lane, 0, this.#deps.clock.now());
    for (const waiter of waiters) waiter.settle("unreachable");
  }

  /** Fail all waiters without further attempts: the origin is unreachable, or the queue closes. */
  #failUrgent(): void {
    for (const lane of this.#schedule.drainUrgent()) {
      for (const waiter of takeWaiters(lane)) waiter.settle("unreachable");
    }
  }

  /** Continue with the next row of a lane; the schedule passes over one that is empty. */
  #continue(lane: Lane): void {
    if (lane.waiters.length > 0) this.#schedule.addUrgent(lane);
    this.#scheduleAt(lane, 0);
  }

  #forget(lane: Lane, row: OutboxRow): void {
    this.#size--;
    this.#endings.delete(row);
    if (lane.rows.length === 0) this.#lanes.delete(lane.key);
    settleWaitersOf(lane, row);
  }

  /** Set the timer for the next moment at which a lane is due. */
  #arm(): void {
    if (this.#closed) return;
    const now = this.#deps.clock.now();
    const resumesAt = this.#reachability.resumesAt(now);
    let at = this.#schedule.nextRetryAt;
    if (resumesAt !== undefined) at = this.#lanes.size > 0 ? resumesAt : Infinity;
    if (at === this.#timerAt) return;
    this.#timer?.clear();
    this.#timerAt = at;
    if (at === Infinity) return;
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#timerAt = Infinity;
      this.#pump();
    }, Math.max(1, at - now));
  }
}
