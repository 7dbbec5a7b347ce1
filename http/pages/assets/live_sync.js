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
/** Standing still at the start says nothing about the network, seconds. */
const SETTLED_S = 2;

/** Works on one video element until it is stopped. */
export class LiveSync {
  #video;
  #timer;
  #targetS = FIRST_TARGET_S;
  /** @type {number[]} */
  #looks = [];

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
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
    const { buffered, currentTime, seeking } = this.#video;
    if (buffered.length === 0 || seeking) return;
    const endS = buffered.end(buffered.length - 1);
    if (endS - currentTime > this.#targetS + JUMP_ABOVE_S) return this.#jumpTo(endS - this.#targetS);
    this.#looks.push(endS - currentTime);
    if (this.#looks.length > LOOKS) this.#looks.shift();
    if (this.#looks.length < LOOKS) return;
    const spareS = Math.min(...this.#looks) - this.#targetS;
    if (spareS > FASTER_ABOVE_S) this.#video.playbackRate = FASTER_RATE;
    else if (spareS <= 0) this.#video.playbackRate = 1;
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
