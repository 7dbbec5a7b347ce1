/**
 * Which lane of an origin comes next: those that a request waits for, then those whose pause is over.
 * The caller says what time it is.
 *
 * @module
 */
import { BinaryHeap, Deque } from "../../core/mod.ts";
import type { Lane } from "./lane.ts";

/** A lane and the moment from which its head may be attempted again. */
interface Retry {
  readonly at: number;
  readonly lane: Lane;
}

/** Orders lanes by when their next attempt is due. */
export class LaneSchedule {
  readonly #ready = new Deque<Lane>();
  /** Lanes that a request or a drain waits for: attempted at once, even during their pause. */
  readonly #urgent = new Deque<Lane>();
  readonly #retries = new BinaryHeap<Retry>((a, b) => a.at - b.at);

  /** When the first pause ends, `Infinity` when there is none. */
  get nextRetryAt(): number {
    return this.#retries.peek()?.at ?? Infinity;
  }

  /** Attempt a lane from `at` on, which may be in the past. */
  add(lane: Lane, at: number, now: number): void {
    lane.scheduled = true;
    lane.retryAt = at;
    if (at > now) this.#addRetry(lane);
    else this.#addReady(lane);
  }

  /** Attempt a lane at once. */
  addUrgent(lane: Lane): void {
    this.#urgent.pushBack(lane);
  }

  /** Return a lane that was taken and could not begin: it is the next one of its kind. */
  putBack(lane: Lane): void {
    if (lane.waiters.length > 0) {
      this.#urgent.pushFront(lane);
      return;
    }
    lane.inReady = true;
    this.#ready.pushFront(lane);
  }

  /** Take the next lane that a request waits for. */
  takeUrgent(): Lane | undefined {
    for (let lane = this.#urgent.popFront(); lane !== undefined; lane = this.#urgent.popFront()) {
      if (!lane.active && lane.waiters.length > 0 && lane.rows.length > 0) return lane;
    }
    return undefined;
  }

  /** Take the next lane that is due. */
  takeReady(now: number): Lane | undefined {
    for (let lane = this.#popRetry(now); lane !== undefined; lane = this.#popRetry(now)) {
      lane.heapAt = Infinity;
      if (!lane.scheduled || lane.active) continue;
      if (lane.retryAt <= now) this.#addReady(lane);
      else this.#addRetry(lane);
    }
    for (let lane = this.#ready.popFront(); lane !== undefined; lane = this.#ready.popFront()) {
      lane.inReady = false;
      // An urgent attempt may have overtaken this entry, and emptied or postponed the lane.
      if (lane.scheduled && !lane.active && lane.rows.length > 0 && lane.retryAt <= now) return lane;
    }
    return undefined;
  }

  /** Take all urgent lanes that have no attempt under way. */
  *drainUrgent(): Generator<Lane> {
    for (let lane = this.#urgent.popFront(); lane !== undefined; lane = this.#urgent.popFront()) {
      if (!lane.active) yield lane;
    }
  }

  #addRetry(lane: Lane): void {
    // An earlier entry finds the later moment when it is taken.
    if (lane.retryAt >= lane.heapAt) return;
    lane.heapAt = lane.retryAt;
    this.#retries.push({ at: lane.retryAt, lane });
  }

  #addReady(lane: Lane): void {
    if (lane.inReady) return;
    lane.inReady = true;
    this.#ready.pushBack(lane);
  }

  #popRetry(now: number): Lane | undefined {
    return this.nextRetryAt > now ? undefined : this.#retries.pop()?.lane;
  }
}
