/**
 * The bitrate that the service allows a publisher. Pure.
 *
 * @module
 */

/** The bitrate is averaged over it, milliseconds: key frames come in bursts. */
const WINDOW_MS = 10_000;

/** Watches one publisher. */
export class BitrateLimit {
  /** What is allowed, kbit/s of audio and video. */
  readonly maxKbps: number;
  #samples: { readonly atMs: number; readonly bytes: number }[];

  /**
   * Nothing received yet.
   *
   * @param nowMs Since when media may have arrived, monotonic milliseconds: encoders may send it before the answer.
   */
  constructor(maxKbps: number, nowMs: number) {
    this.maxKbps = maxKbps;
    this.#samples = [{ atMs: nowMs, bytes: 0 }];
  }

  /**
   * Look at the count; called about once a second.
   *
   * @param bytes Audio and video so far.
   * @returns Whether it was above the limit over the latest ten seconds.
   */
  exceeded(bytes: number, nowMs: number): boolean {
    this.#samples.push({ atMs: nowMs, bytes });
    // The last sample that is old enough is where the window begins; what is before it is not needed any more.
    const start = this.#samples.findLastIndex(({ atMs }) => nowMs - atMs >= WINDOW_MS);
    if (start < 0) return false;
    this.#samples = this.#samples.slice(start);
    const first = this.#samples[0];
    if (first === undefined) return false;
    return (bytes - first.bytes) * 8 / (nowMs - first.atMs) > this.maxKbps;
  }
}
