/**
 * Long work in slices, with turns of the event loop between them: what arrives and what is due need not wait until all
 * of it is done. A promise that is settled, or a write that the system takes at once, gives nobody a turn.
 *
 * @module
 */
import type { Clock, Timer } from "../core/mod.ts";

/** How long a slice of the work lasts, milliseconds, and the piece that is under way then. */
const SLICE_MS = 3;

interface Slice {
  readonly beganMs: number;
  readonly nextTurn: Promise<void>;
  readonly timer: Timer;
}

/** The slices of one piece of work; disposed of at its end. */
export class TurnSlices implements Disposable {
  readonly #clock: Clock;
  #slice: Slice | undefined;

  /** The first slice begins with the first {@link TurnSlices.pause}. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * To be called between two pieces of the work.
   *
   * @returns The next turn, to be waited for before going on, where this slice is over.
   */
  pause(): Promise<void> | undefined {
    this.#slice ??= beginSlice(this.#clock);
    const { beganMs, nextTurn } = this.#slice;
    if (this.#clock.now() - beganMs < SLICE_MS) return undefined;
    this.#slice = undefined;
    return nextTurn;
  }

  /** Wait for nothing more. */
  [Symbol.dispose](): void {
    this.#slice?.timer.clear();
  }
}

/** Take all steps of a piece of work, with turns between them. */
export async function inSlices<T>(steps: Iterator<undefined, T>, clock: Clock): Promise<T> {
  using slices = new TurnSlices(clock);
  for (let step = steps.next();; step = steps.next()) {
    if (step.done === true) return step.value;
    await slices.pause();
  }
}

function beginSlice(clock: Clock): Slice {
  const { promise: nextTurn, resolve } = Promise.withResolvers<void>();
  // Set when a slice begins, it is due when the slice is over. One that is set then takes 1 to 2 ms more.
  const timer = clock.setTimeout(resolve, 0);
  return { beganMs: clock.now(), nextTurn, timer };
}
