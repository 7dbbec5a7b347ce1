/**
 * Sound that comes before the first picture: with pictures begins what is muxed, but the sound right before belongs to
 * them. Pure.
 *
 * @module
 */

/** Older sound is of no use to the first picture, milliseconds. */
const MAX_EARLY_MS = 1000;
/** What is held at most. */
const MAX_EARLY_FRAMES = 200;
const MAX_EARLY_BYTES = 1024 * 1024;

/** A frame and its time. */
export interface EarlyFrame<T> {
  /** As it was given. */
  readonly frame: T;
  /** Stream time, milliseconds. */
  readonly timeMs: number;
  /** Its size. */
  readonly bytes: number;
}

/** Holds frames until there is a picture. */
export class EarlySound<T> {
  #held: EarlyFrame<T>[] = [];
  #heldBytes = 0;

  /** A frame came, and no picture yet. What is too much is dropped, the oldest first. */
  hold(early: EarlyFrame<T>): void {
    this.#held.push(early);
    this.#heldBytes += early.bytes;
    while (this.#held.length > MAX_EARLY_FRAMES || this.#heldBytes > MAX_EARLY_BYTES) {
      this.#heldBytes -= this.#held.shift()?.bytes ?? 0;
    }
  }

  /** The frames of the second before the first picture, oldest first. Nothing is held afterwards. */
  takeFor(pictureMs: number): readonly EarlyFrame<T>[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held.filter(({ timeMs }) => timeMs <= pictureMs && pictureMs - timeMs <= MAX_EARLY_MS);
  }
}
