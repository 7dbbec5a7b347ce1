/**
 * Keeps the picture close to the newest one that arrived: plays a little faster while too much is buffered, leaves out
 * what is far behind, and buffers more once the picture has stood still.
 *
 * What counts is the least that was buffered within a second: a server sends in bursts, so any one look is by chance.
 *
 * @module
 */

/** Between two looks, milliseconds. */
const LOOK_MS = 100;
/** Looks that cover the bursts of a server. */
const LOOKS = 10;
/** Where a viewer's network is even, seconds. */
const FIRST_TARGET_S = 0.25;
/** Where it is not. */
const MAX_TARGET_S = 2;
const TARGET_STEP_S = 0.25;
/** Above the target by so much it plays faster, above it by more it jumps, seconds. */
const FASTER_ABOVE_S = 0.1;
const JUMP_ABOVE_S = 1.2;
/** Nobody notices it in speech or music. */
const FASTER_RATE = 1.1;
/** Where it may not jump: above the target by so much it plays a good deal faster, seconds. */
const FAR_ABOVE_S = 0.5;
const FASTEST_RATE = 1.25;
/** Standing still at the start says nothing about the network, seconds. */
const SETTLED_S = 2;

/** Works on one video element until it is stopped. */
export class LiveSync {
  #video;
  #timer;
  #targetS;
  #jumps;
  /** @type {number[]} */
  #looks = [];

  /**
   * @param {HTMLVideoElement} video
   * @param {{ targetS?: number, jumps?: boolean }} [options] `targetS`: what is to be buffered at least, seconds.
   * `jumps`: whether it leaves out what is far behind, else somebody else does.
   */
  constructor(video, { targetS = FIRST_TARGET_S, jumps = true } = {}) {
    this.#video = video;
    this.#targetS = targetS;
    this.#jumps = jumps;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    video.addEventListener("waiting", this.#waiting);
  }

  /** Leave the video element as it is. */
  stop() {
    clearInterval(this.#timer);
    this.#video.removeEventListener("waiting", this.#waiting);
    this.#video.playbackRate = 1;
  }

  #look() {
    const { currentTime, seeking } = this.#video;
    const endS = this.#bufferedEndS();
    if (endS === undefined || seeking) return;
    if (this.#jumps && endS - currentTime > this.#targetS + JUMP_ABOVE_S) {
      return this.#jumpTo(endS - this.#targetS);
    }
    this.#looks.push(endS - currentTime);
    if (this.#looks.length > LOOKS) this.#looks.shift();
    if (this.#looks.length < LOOKS) return;
    const spareS = Math.min(...this.#looks) - this.#targetS;
    if (!this.#jumps && spareS > FAR_ABOVE_S) this.#video.playbackRate = FASTEST_RATE;
    else if (spareS > FASTER_ABOVE_S) this.#video.playbackRate = FASTER_RATE;
    else if (spareS <= 0) this.#video.playbackRate = 1;
  }

  /** Of all that is there, or of what can be played without a jump. */
  #bufferedEndS() {
    const { buffered, currentTime } = this.#video;
    for (let i = buffered.length - 1; i >= 0; i--) {
      if (this.#jumps || buffered.start(i) <= currentTime) return buffered.end(i);
    }
    return undefined;
  }

  /** @param {number} timeS */
  #jumpTo(timeS) {
    this.#looks = [];
    this.#video.currentTime = timeS;
  }

  #waiting = () => {
    this.#looks = [];
    this.#video.playbackRate = 1;
    const { played } = this.#video;
    const isSettled = played.length > 0 && played.end(played.length - 1) - played.start(0) > SETTLED_S;
    if (isSettled) this.#targetS = Math.min(MAX_TARGET_S, this.#targetS + TARGET_STEP_S);
  };
}
