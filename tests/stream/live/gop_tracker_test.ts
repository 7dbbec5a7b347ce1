/**
 * Where a decoder can start: groups of key frames, slices, tracks that end, the longest GOP.
 *
 * @module
 */
import { GopTracker } from "../../../stream/live/gop_tracker.ts";
import { StreamHeaders } from "../../../stream/live/stream_headers.ts";
import { assertEquals } from "../../support/assert.ts";

/** A picture: its track, whether it is a key frame, its time in milliseconds. */
type Picture = readonly [trackId: number, kind: "key" | "inter", time: number];

/** Feed pictures, one position each, and tell the time of the GOP's start after each of them. */
function startsOf(tracker: GopTracker, pictures: readonly Picture[], from = 0): (number | undefined)[] {
  return pictures.map(([trackId, kind, time], i) => {
    const position = from + i;
    if (kind === "inter") tracker.interFrame(trackId, time);
    else tracker.keyFrame(trackId, { position, time, headers: StreamHeaders.NONE, lastHeaderPosition: -1 });
    tracker.count();
    return tracker.start?.time;
  });
}

const CASES: readonly { name: string; pictures: readonly Picture[]; starts: (number | undefined)[] }[] = [
  {
    name: "one track: each key frame",
    pictures: [[0, "inter", 0], [0, "key", 40], [0, "inter", 80], [0, "key", 120]],
    starts: [undefined, 40, 40, 120],
  },
  {
    name: "slices of one picture: the first of them",
    pictures: [[0, "key", 0], [0, "inter", 40], [0, "key", 80], [0, "key", 80], [0, "key", 120]],
    starts: [0, 0, 80, 80, 120],
  },
  {
    name: "a clock that does not move: each key frame after other pictures",
    pictures: [[0, "key", 7], [0, "inter", 7], [0, "key", 7]],
    starts: [7, 7, 7],
  },
  {
    name: "key frames of two tracks at one time: the first of them",
    pictures: [[1, "key", 0], [0, "key", 0], [1, "inter", 40], [0, "inter", 40], [1, "key", 80], [
      0,
      "key",
      80,
    ]],
    starts: [0, 0, 0, 0, 0, 80],
  },
  {
    name: "a further track whose key frames come first",
    pictures: [[1, "key", 0], [0, "key", 80], [1, "key", 2000], [0, "inter", 2000], [0, "key", 2080]],
    starts: [0, 0, 0, 0, 2000],
  },
  {
    name: "a further track whose key frames come later",
    pictures: [[0, "key", 0], [1, "key", 80], [0, "key", 2000], [1, "inter", 2000], [1, "key", 2080]],
    starts: [0, 0, 2000, 2000, 2000],
  },
  {
    name: "a further track with key frames between those of the leading one: not of the group",
    pictures: [[0, "key", 0], [1, "key", 1000], [0, "key", 2000], [1, "key", 3000], [0, "key", 4000]],
    starts: [0, 0, 2000, 2000, 4000],
  },
  {
    name: "a further track with more key frames: only what is near is of the group",
    pictures: [[0, "key", 0], [1, "key", 0], [1, "key", 500], [1, "key", 990], [0, "key", 1000], [
      1,
      "key",
      1490,
    ], [
      0,
      "key",
      2000,
    ]],
    starts: [0, 0, 0, 0, 990, 990, 2000],
  },
  {
    name: "a further track that had its only key frame long ago: not of the group",
    pictures: [[1, "key", 0], [1, "inter", 60_000], [0, "key", 60_000]],
    starts: [0, 0, 60_000],
  },
  {
    name: "a further track, less than half a GOP before: of the group",
    pictures: [[0, "key", 0], [1, "key", 600], [0, "key", 1000]],
    starts: [0, 0, 600],
  },
  {
    name: "a further track, two seconds before: of the group",
    pictures: [[1, "key", 0], [0, "key", 2000]],
    starts: [0, 0],
  },
  {
    name: "a further track, more than two seconds before: not of the group",
    pictures: [[1, "key", 0], [0, "key", 2001]],
    starts: [0, 2001],
  },
  {
    name: "a leading track with long GOPs: it leads until two of them are over",
    pictures: [[0, "key", 0], [0, "key", 6000], [1, "key", 18_000], [1, "key", 18_001]],
    starts: [0, 6000, 6000, 18_001],
  },
  {
    name: "a leading track that has ended: another one leads, until it is back",
    pictures: [[0, "key", 0], [1, "key", 0], [1, "key", 10_000], [1, "key", 10_040], [1, "key", 12_000], [
      0,
      "key",
      13_000,
    ], [1, "key", 14_000]],
    starts: [0, 0, 0, 10_040, 12_000, 13_000, 13_000],
  },
];
for (const { name, pictures, starts } of CASES) {
  Deno.test(`GopTracker.start: ${name}`, () => {
    const tracker = new GopTracker();
    assertEquals(startsOf(tracker, pictures), starts);
    tracker.restart();
    assertEquals(startsOf(tracker, pictures, 100), starts, "the next publish");
  });
}

Deno.test("GopTracker.start is the slice before, where a clock does not move", () => {
  const tracker = new GopTracker();
  startsOf(tracker, [[0, "key", 7], [0, "key", 7], [0, "inter", 7], [0, "key", 7], [0, "key", 7]]);
  assertEquals(tracker.start?.position, 3);
});

Deno.test("GopTracker has no start after the end of a publish, and no picture in the next one", () => {
  const tracker = new GopTracker();
  startsOf(tracker, [[0, "key", 40]]);
  assertEquals(tracker.pictureTime, 40);
  tracker.end();
  assertEquals(tracker.start, undefined);
  tracker.restart();
  assertEquals([tracker.start, tracker.pictureTime, tracker.longestGopMs], [undefined, undefined, 0]);
});

Deno.test("GopTracker.messagesInGop counts from the start of the group", () => {
  const tracker = new GopTracker();
  startsOf(tracker, [[1, "key", 0], [0, "inter", 0], [0, "key", 40]]);
  assertEquals(tracker.messagesInGop, 3);
  startsOf(tracker, [[0, "inter", 80], [1, "key", 2000], [0, "inter", 2000], [0, "key", 2040]], 3);
  assertEquals(tracker.messagesInGop, 3);
});

Deno.test("GopTracker.keyFrameWaitMs is twice the longest GOP, at most 10 s, and 0 without a key frame", () => {
  const tracker = new GopTracker();
  const waits = (pictures: readonly Picture[]) =>
    pictures.map((picture, i) => {
      startsOf(tracker, [picture], i);
      return [tracker.longestGopMs, tracker.keyFrameWaitMs];
    });
  assertEquals(waits([[0, "inter", 5000], [0, "inter", 9000]]), [[0, 0], [0, 0]]);
  tracker.restart();
  assertEquals(
    waits([[0, "key", 1000], [0, "inter", 2500], [0, "key", 3000], [0, "key", 4000], [0, "key", 9500]]),
    [[0, 0], [1500, 3000], [2000, 4000], [2000, 4000], [5500, 10_000]],
  );
});

Deno.test("GopTracker.follow() takes over what another thread says, and keeps the start that it knows", () => {
  const there = new GopTracker();
  startsOf(there, [[0, "key", 0], [0, "inter", 40], [0, "key", 2000], [0, "inter", 2040]], 1000);
  const here = new GopTracker();
  const followed = { start: 50, lastHeaderPosition: 40 };
  here.follow(there.state(there.start, 1002), 50, followed, StreamHeaders.NONE);
  const { start } = here;
  assertEquals([start?.position, start?.time, start?.lastHeaderPosition], [50, 2000, 40]);
  assertEquals(
    [here.messagesInGop, here.pictureTime, here.longestGopMs, here.keyFrameWaitMs],
    [there.messagesInGop, 2040, 2000, 4000],
  );
  here.follow(there.state(there.start, 1004), 52, followed, StreamHeaders.NONE);
  assertEquals(here.start, start);
  here.follow(there.state(undefined, 1004), 52, followed, StreamHeaders.NONE);
  assertEquals(here.start, start, "the log decides what is permitted");
  const later = new GopTracker();
  later.follow(there.state(there.start, 1004), 50, followed, StreamHeaders.NONE);
  assertEquals(later.start, undefined, "that key frame is not among the bytes that came");
});
