/**
 * What a playlist on disk lists, how it is written, and which files go.
 *
 * @module
 */
import { DiskList, type DiskSegment } from "../../../../http/hls/disk/disk_list.ts";
import { fileUrl, writeDiskPlaylist } from "../../../../http/hls/disk/disk_playlist.ts";
import { assertEquals } from "../../../support/assert.ts";

function segment(sequence: number, changes: Partial<DiskSegment> = {}): DiskSegment {
  return {
    sequence,
    path: `live/cam-${sequence}.ts`,
    initPath: undefined,
    durationMs: 2000,
    startMs: Date.UTC(2026, 10, 29, 22, 0, 0, 500) + 2000 * sequence,
    discontinuity: false,
    discontinuities: 3,
    targetDurationS: 2,
    ...changes,
  };
}

const numbers = (list: DiskList) => list.segments.map(({ sequence }) => sequence);

/** Write segments; the files that go with each. */
function fill(list: DiskList, from: number, to: number): string[][] {
  const gone: string[][] = [];
  for (let sequence = from; sequence <= to; sequence++) {
    list.add(segment(sequence));
    gone.push(list.pass(2000));
  }
  return gone;
}

Deno.test("DiskList keeps its window, and a file for its own duration and the window longer", () => {
  const list = new DiskList({ windowMs: 10_000, fragmentMs: 2000 });
  const gone = fill(list, 1, 12);
  assertEquals(numbers(list), [8, 9, 10, 11, 12]);
  // Segment 1 left with segment 6: it goes more than 12 s later.
  assertEquals(gone.map((paths) => paths.length), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals(gone.at(-1), ["live/cam-1.ts"]);
});

Deno.test("DiskList keeps 3 target durations, whatever the window says", () => {
  const list = new DiskList({ windowMs: 2000, fragmentMs: 2000 });
  fill(list, 1, 9);
  assertEquals(numbers(list), [7, 8, 9]);
});

Deno.test("DiskList begins again after segments that were not written, and forgets the old ones all the same", () => {
  const list = new DiskList({ windowMs: 10_000, fragmentMs: 2000 });
  fill(list, 1, 3);
  for (let missed = 0; missed < 5; missed++) assertEquals(list.pass(2000), []);
  list.add(segment(9));
  assertEquals(numbers(list), [9]);
  const gone = Array.from({ length: 7 }, () => list.pass(2000)).flat();
  assertEquals(gone, ["live/cam-1.ts", "live/cam-2.ts", "live/cam-3.ts"]);
});

Deno.test("DiskList removes an initialization section with the last segment that needs it", () => {
  const list = new DiskList({ windowMs: 6000, fragmentMs: 2000 });
  list.add(segment(1, { initPath: "a.mp4" }));
  list.add(segment(2, { initPath: "a.mp4" }));
  for (let sequence = 3; sequence <= 6; sequence++) list.add(segment(sequence, { initPath: "b.mp4" }));
  const gone = Array.from({ length: 5 }, () => list.pass(2000)).flat();
  assertEquals(gone, ["live/cam-1.ts", "live/cam-2.ts", "live/cam-3.ts", "a.mp4"]);
  assertEquals(list.clear(), ["live/cam-4.ts", "live/cam-5.ts", "live/cam-6.ts", "b.mp4"]);
  assertEquals(numbers(list), []);
});

Deno.test("writeDiskPlaylist() writes whole segments of MPEG-TS, with their discontinuities and dates", () => {
  const segments = [segment(7), segment(8, { discontinuity: true, discontinuities: 4, durationMs: 1999.6 })];
  assertEquals(
    writeDiskPlaylist(segments, { path: "live/cam.m3u8", entryPrefix: "" }),
    `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-PROGRAM-DATE-TIME:2026-11-29T22:00:14.500Z
#EXTINF:2.000,
cam-7.ts
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-29T22:00:16.500Z
#EXTINF:2.000,
cam-8.ts
`,
  );
});

Deno.test("writeDiskPlaylist() counts a discontinuity with which the list begins when it has left", () => {
  const first = segment(8, { discontinuity: true, discontinuities: 4 });
  const text = (...segments: DiskSegment[]) =>
    writeDiskPlaylist(segments, { path: "a.m3u8", entryPrefix: "" });
  const count = (written: string) => /DISCONTINUITY-SEQUENCE:(\d+)/.exec(written)?.[1];
  assertEquals(count(text(first, segment(9, { discontinuities: 4 }))), "3");
  assertEquals(count(text(segment(9, { discontinuities: 4 }))), "4");
});

Deno.test("writeDiskPlaylist() names initialization sections where they change, and after discontinuities", () => {
  const segments = [
    segment(1, { initPath: "live/a.mp4" }),
    segment(2, { initPath: "live/a.mp4" }),
    segment(3, { initPath: "live/a.mp4", discontinuity: true, discontinuities: 4 }),
    segment(4, { initPath: "live/b.mp4" }),
  ];
  const text = writeDiskPlaylist(segments, { path: "live/cam.m3u8", entryPrefix: "https://cdn.example/x/" });
  assertEquals(text.match(/#EXT-X-(?:MAP|VERSION|DISCONTINUITY$).*|^https.*/gm), [
    "#EXT-X-VERSION:6",
    '#EXT-X-MAP:URI="https://cdn.example/x/live/a.mp4"',
    "https://cdn.example/x/live/cam-1.ts",
    "https://cdn.example/x/live/cam-2.ts",
    "#EXT-X-DISCONTINUITY",
    '#EXT-X-MAP:URI="https://cdn.example/x/live/a.mp4"',
    "https://cdn.example/x/live/cam-3.ts",
    '#EXT-X-MAP:URI="https://cdn.example/x/live/b.mp4"',
    "https://cdn.example/x/live/cam-4.ts",
  ]);
  assertEquals(fileUrl("live/ü.ts", ""), "live/%C3%BC.ts");
});

Deno.test("DiskList keeps a number of segments, however short they are", () => {
  const list = new DiskList({ windowMs: 30_000, fragmentMs: 2000 });
  let files = 0;
  for (let sequence = 1; sequence <= 1000; sequence++) {
    list.add(segment(sequence, { durationMs: 1 }));
    files += 1 - list.pass(1).length;
  }
  assertEquals([list.segments.length, files], [60, 120]);
});

Deno.test("DiskList keeps a file as long as the list lasts, also where that is longer than the window", () => {
  const list = new DiskList({ windowMs: 2000, fragmentMs: 2000 });
  const gone: string[] = [];
  for (let sequence = 1; sequence <= 8; sequence++) {
    list.add(segment(sequence, { durationMs: 10_000, targetDurationS: 10 }));
    gone.push(...list.pass(10_000));
    // Segment 1 leaves with segment 4, and is needed for its own 10 s and the 30 s of the list.
    assertEquals(gone, sequence < 8 ? [] : ["live/cam-1.ts"], `after ${sequence}`);
  }
  assertEquals([numbers(list), list.keptMs], [[6, 7, 8], 30_000]);
});
