/**
 * The stream's own time line: one clock for all publishers that a stream ever has.
 *
 * SRS corrects each player's time; here it is done once, at ingest, and players join at stream time. The rules of
 * `time_jitter` are SRS's with one amendment: a step that the arrival clock confirms is believed, so that a slide
 * show of one frame every two seconds keeps its pace.
 *
 * @module
 */

/** How the publisher's timestamps become the stream's. */
export type TimeJitter = "full" | "zero" | "off";

/** A step beyond this in either direction is a jump of the encoder's clock, milliseconds. */
const MAX_STEP_MS = 250;
/** What a jump is replaced with, milliseconds: SRS's default frame time. */
const FRAME_MS = 10;
/** Half of the 32-bit range: a difference beyond it is the timestamp wrapping. */
const HALF_RANGE = 0x8000_0000;
const RANGE = 0x1_0000_0000;

/** Turns 32-bit timestamps of one publisher after another into one unbroken time line. */
export class TimeCorrector {
  readonly #jitter: TimeJitter;
  #time = 0;
  #lastTimestamp: number | undefined;
  #lastArrivalMs = 0;

  /** A time line that begins with the first timestamp. */
  constructor(jitter: TimeJitter) {
    this.#jitter = jitter;
  }

  /** The stream time of the last message, milliseconds, 0 before the first. */
  get time(): number {
    return this.#time;
  }

  /** The stream was at `time` elsewhere: what follows here is not before it. */
  advance(time: number): void {
    this.#time = Math.max(this.#time, time);
  }

  /** Another publisher begins: its first message follows the last one's, whatever its timestamp is. */
  restart(): void {
    this.#lastTimestamp = undefined;
  }

  /**
   * The stream time of a message.
   *
   * @param timestamp As received, unsigned 32 bits of milliseconds.
   * @param arrivalMs Monotonic clock.
   * @returns Milliseconds from 0, not wrapped; write it to a wire modulo 2^32.
   */
  correct(timestamp: number, arrivalMs: number): number {
    const last = this.#lastTimestamp;
    this.#lastTimestamp = timestamp;
    const elapsedMs = arrivalMs - this.#lastArrivalMs;
    this.#lastArrivalMs = arrivalMs;
    if (last === undefined) return this.#time = this.#first(timestamp);

    let step = timestamp - last;
    if (step > HALF_RANGE) step -= RANGE;
    else if (step < -HALF_RANGE) step += RANGE;
    if (this.#jitter === "full" && !isPlausible(step, elapsedMs)) step = FRAME_MS;
    return this.#time = Math.max(0, this.#time + step);
  }

  #first(timestamp: number): number {
    if (this.#jitter === "off") return timestamp;
    return this.#time === 0 ? 0 : this.#time + FRAME_MS;
  }
}

function isPlausible(step: number, elapsedMs: number): boolean {
  return step >= -MAX_STEP_MS && step <= Math.max(MAX_STEP_MS, elapsedMs + MAX_STEP_MS);
}
