/**
 * A request of a viewer while it is answered: it may wait for what its stream will show.
 *
 * @module
 */
import type { HlsStream, StreamWaiter } from "./hls_stream.ts";

const IS_OVER = (): boolean => true;
const NOTHING = (): void => {};

/** One request. */
export class HeldRequest implements StreamWaiter {
  /** @inheritdoc */
  untilMs = 0;
  #isCut = false;
  #stream: HlsStream | undefined;
  #isReady: () => boolean = IS_OVER;
  #resolve: () => void = NOTHING;

  /** The viewer is over, or has left: nothing is waited for any more. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Wait until `isReady` holds after an update of `stream`, until the first sweep after `untilMs`, or until it is cut. */
  until(stream: HlsStream, isReady: () => boolean, untilMs: number): Promise<void> {
    if (this.#isCut || isReady()) return Promise.resolve();
    this.#stream = stream;
    this.#isReady = isReady;
    this.untilMs = untilMs;
    stream.add(this);
    return new Promise((resolve) => this.#resolve = resolve);
  }

  /** @inheritdoc */
  isReady(): boolean {
    return this.#isReady();
  }

  /** @inheritdoc */
  settle(): void {
    const resolve = this.#resolve;
    this.#stream = undefined;
    this.#isReady = IS_OVER;
    this.#resolve = NOTHING;
    resolve();
  }

  /** Wait no longer, and for nothing else. */
  cut(): void {
    this.#isCut = true;
    this.#stream?.remove(this);
    this.settle();
  }
}
