/**
 * Sound that comes before the first picture: with pictures begins what is muxed, but the sound right before belongs to
 * them, and all of it is what there is where no picture comes. Pure.
 *
 * @module
 */

/** Older sound is of no use to the first picture, milliseconds. */
const MAX_EARLY_MS = 1000;
/** What is held at most: 5 s of the shortest frames that there are. */
const MAX_EARLY_FRAMES = 2000;
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

/** Holds frames until there is a picture, or none is to be expected. */
export class EarlySound<T> {
  #held: EarlyFrame<T>[] = [];
  #heldBytes = 0;

  /** Stream time from the oldest frame to the newest, milliseconds. */
  get heldMs(): number {
    return (this.#held.at(-1)?.timeMs ?? 0) - (this.#held[0]?.timeMs ?? 0);
  }

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
    return this.takeAll().filter(({ timeMs }) => timeMs <= pictureMs && pictureMs - timeMs <= MAX_EARLY_MS);
  }

  /** All frames, oldest first: no picture follows. Nothing is held afterwards. */
  takeAll(): readonly EarlyFrame<T>[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }
}
