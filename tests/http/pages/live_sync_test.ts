/**
 * How the player page comes closer to the newest picture, in simulated time: parts arrive, the video plays.
 *
 * @module
 */
import { LiveSync } from "../../../http/pages/assets/live_sync.js";
import { assert, assertEquals } from "../../support/assert.ts";

const LOOK_S = 0.1;
const PART_S = 0.2;

/** A video element of which so much is buffered, and a timer that a test moves. */
function simulate(bufferedS: number, options: { targetS?: number; jumps?: boolean }) {
  const listeners = new Map<string, () => void>();
  let endS = 100;
  const video = {
    currentTime: endS - bufferedS,
    playbackRate: 1,
    seeking: false,
    buffered: { length: 2, start: (i: number) => [0, 50][i], end: (i: number) => [20, endS][i] },
    played: { length: 0 },
    addEventListener: (name: string, listener: () => void) => void listeners.set(name, listener),
    removeEventListener: () => {},
  };
  const { setInterval } = globalThis;
  let look = () => {};
  Object.assign(globalThis, { setInterval: (callback: () => void) => void (look = callback) });
  const sync = new LiveSync(video, options);
  Object.assign(globalThis, { setInterval });
  let leastS = bufferedS;
  return {
    video,
    sync,
    /** What was buffered at least. */
    get leastS() {
      return leastS;
    },
    play(seconds: number): void {
      leastS = Infinity;
      for (let i = 1; i <= Math.round(seconds / LOOK_S); i++) {
        video.currentTime += video.playbackRate * LOOK_S;
        leastS = Math.min(leastS, endS - video.currentTime);
        look();
        if (i % Math.round(PART_S / LOOK_S) === 0) endS += PART_S;
      }
    },
  };
}

Deno.test("LiveSync comes to what is to be buffered between two parts, and stays there", () => {
  const playing = simulate(1.6, { targetS: 0.4, jumps: false });
  playing.play(1.5);
  assertEquals(playing.video.playbackRate, 1.25);
  playing.play(20);
  assertEquals(playing.video.playbackRate, 1);
  playing.play(20);
  assert(playing.leastS > 0.35 && playing.leastS < 0.55, `${playing.leastS} s`);
});

Deno.test("LiveSync jumps over what is far behind, where it may", () => {
  const playing = simulate(8, {});
  playing.play(LOOK_S);
  assert(playing.leastS > 7, "before the first look");
  playing.play(20);
  assert(playing.leastS > 0 && playing.leastS < 0.4, `${playing.leastS} s`);
});

Deno.test("LiveSync leaves a hole to others where it may not jump", () => {
  const playing = simulate(8, { targetS: 0.4, jumps: false });
  playing.video.currentTime = 18.8;
  playing.play(1.1);
  assertEquals(playing.video.playbackRate, 1);
});
