/**
 * HLS on disk with real files: what is written, reported and removed, by whom, and what a disk that fails costs.
 *
 * @module
 */
import type { FinishedSegment } from "../../../../core/mod.ts";
import { HlsDisk } from "../../../../http/hls/disk/hls_disk.ts";
import type { HlsOptions } from "../../../../stream/admission/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { MemoryLog } from "../../../support/hooks/hook_fixtures.ts";
import { ManualClock } from "../../../support/manual_clock.ts";
import { filesIn, sinkSegment as segment, START_MS } from "../../../support/hls/sink_segment.ts";
import { testRtmpOptions } from "../../../support/rtmp/rtmp_harness.ts";
import { temporaryDirectory } from "../../../support/temporary_directory.ts";

const VHOST = "__defaultVhost__";
const NAME = { vhost: VHOST, app: "live", stream: "cam" };

/** A disk on a directory, and all that it reports. */
function open(path: string, changes: Partial<HlsOptions> = {}) {
  const [vhost] = testRtmpOptions({}).vhosts.values();
  assert(vhost !== undefined);
  const hls = { ...vhost.hls, path, windowMs: 6000, disposeMs: 20_000, ...changes };
  const log = new MemoryLog();
  const clock = new ManualClock();
  const reported: [stream: string, segment: FinishedSegment][] = [];
  const disk = new HlsDisk({
    vhosts: new Map([[VHOST, { ...vhost, hls }]]),
    log,
    clock,
    publications: {
      find: (_vhost, _app, stream) => ({
        segmentFinished: (segment) => void reported.push([stream, segment]),
      }),
    },
    reported: new Set([VHOST]),
    cwd: "/srv",
  });
  const write = async (from: number, to: number, name = NAME): Promise<void> => {
    for (let sequence = from; sequence <= to; sequence++) {
      disk.take({ kind: "segment", name, segment: segment(sequence) });
      await disk.settled();
    }
  };
  return { disk, log, clock, reported, write };
}

const segmentFiles = (...numbers: number[]) => numbers.map((number) => `live/cam-${number}.ts`);
const messages = (log: MemoryLog) => log.lines.map(({ message }) => message);

Deno.test("each segment is on disk, then in the playlist, then reported; what has left goes", async () => {
  await using directory = await temporaryDirectory();
  const { disk, reported, write } = open(`${directory.path}/new/html`);
  await using _disk = disk;
  disk.take({ kind: "began", name: NAME });
  await write(1, 3);
  const root = `${directory.path}/new/html`;
  assertEquals(await filesIn(root), [...segmentFiles(1, 2, 3), "live/cam.m3u8"]);
  assertEquals(await Deno.readFile(`${root}/live/cam-2.ts`), new Uint8Array(10).fill(2));
  assertStringIncludes(await Deno.readTextFile(`${root}/live/cam.m3u8`), "#EXTINF:2.000,\ncam-3.ts\n");
  const [stream, first] = reported[0] ?? [];
  assertEquals([stream, reported.length], ["cam", 3]);
  assertEquals(first, {
    ...{ sequence: 1, durationMs: 2000, bytes: 10, startMs: START_MS + 2000 },
    files: { cwd: "/srv", file: `${root}/live/cam-1.ts`, m3u8: `${root}/live/cam.m3u8` },
    ...{ url: "live/cam-1.ts", playlistUrl: "live/cam.m3u8" },
  });
  await write(4, 10);
  assertEquals(await filesIn(root), [
    ...segmentFiles(10),
    ...segmentFiles(4, 5, 6, 7, 8, 9),
    "live/cam.m3u8",
  ]);
  disk.take({ kind: "closed", name: NAME });
  await disk.settled();
  assertEquals(await filesIn(root), []);
});

Deno.test("a stream that is muxed no longer takes its files along, and begins again", async () => {
  await using directory = await temporaryDirectory();
  const { disk, write } = open(directory.path);
  await using _disk = disk;
  const init = { number: 7, body: new Uint8Array(4) };
  disk.take({ kind: "segment", name: NAME, segment: segment(1, { init, extension: "m4s" }) });
  await disk.settled();
  assertEquals(await filesIn(directory.path), ["live/cam-1-init.mp4", "live/cam-1.m4s", "live/cam.m3u8"]);
  disk.take({ kind: "closed", name: NAME });
  disk.take({ kind: "began", name: NAME });
  await write(9, 9);
  await disk.settled();
  assertEquals(await filesIn(directory.path), [...segmentFiles(9), "live/cam.m3u8"]);
});

Deno.test("without hls_cleanup segments are never removed, the playlist is", async () => {
  await using directory = await temporaryDirectory();
  const { disk, write } = open(directory.path, { cleanup: false });
  await write(1, 12);
  assertEquals((await filesIn(directory.path)).length, 13);
  disk.take({ kind: "closed", name: NAME });
  await disk.settled();
  assertEquals((await filesIn(directory.path)).filter((file) => !file.endsWith(".ts")), []);
  assertEquals((await filesIn(directory.path)).length, 12);
  await disk[Symbol.asyncDispose]();
  const next = open(directory.path, { cleanup: false });
  await using _next = next.disk;
  await next.clock.advance(20_000);
  assertEquals((await filesIn(directory.path)).length, 12);
});

Deno.test("what a process left is removed hls_dispose after the next start, unfinished files at once", async () => {
  await using directory = await temporaryDirectory();
  const first = open(directory.path);
  await first.write(1, 3);
  await first.disk[Symbol.asyncDispose]();
  await Deno.writeTextFile(`${directory.path}/live/cam.m3u8.tmp`, "unfinished");
  await Deno.writeTextFile(`${directory.path}/live/mine.ts`, "not of the server");

  const { disk, clock } = open(directory.path);
  await using _disk = disk;
  const left = [...segmentFiles(1, 2, 3), "live/cam.m3u8", "live/mine.ts"];
  await clock.advance(19_999);
  while ((await filesIn(directory.path)).length !== left.length) await clock.advance(0);
  assertEquals(await filesIn(directory.path), left);
  await clock.advance(1);
  while ((await filesIn(directory.path)).length > 1) await clock.advance(0);
  assertEquals(await filesIn(directory.path), ["live/mine.ts"]);
});

Deno.test("a stream that comes back after a crash replaces its playlist at once, and its old segments a window later", async () => {
  await using directory = await temporaryDirectory();
  const first = open(directory.path);
  await first.write(1, 3);
  await first.disk[Symbol.asyncDispose]();

  const { disk, clock, write } = open(directory.path);
  await using _disk = disk;
  await write(100, 100);
  const playlist = await Deno.readTextFile(`${directory.path}/live/cam.m3u8`);
  assertStringIncludes(playlist, "#EXT-X-MEDIA-SEQUENCE:100\n");
  assertEquals((await filesIn(directory.path)).length, 5);
  await clock.advance(60_000);
  await write(101, 102);
  assertEquals((await filesIn(directory.path)).length, 7);
  await write(103, 103);
  assertEquals(await filesIn(directory.path), [...segmentFiles(100, 101, 102, 103), "live/cam.m3u8"]);
});

Deno.test("a journal that was cut in the middle of a line is read on", async () => {
  await using directory = await temporaryDirectory();
  const first = open(directory.path);
  await first.write(1, 1);
  await first.disk[Symbol.asyncDispose]();
  const journal = `${directory.path}/.srs.hls.journal`;
  await Deno.writeTextFile(journal, '\n["live/cam-2.ts","li', { append: true });
  await Deno.writeTextFile(journal, '\n["../../etc/passwd","x"]\n[7]\n{}', { append: true });
  const second = open(directory.path);
  await second.write(3, 3);
  await second.disk[Symbol.asyncDispose]();
  const { disk, clock } = open(directory.path);
  await using _disk = disk;
  await clock.advance(20_000);
  while ((await filesIn(directory.path)).length > 0) await clock.advance(0);
});

Deno.test("of two streams with one playlist the second has no files, and is not reported", async () => {
  await using directory = await temporaryDirectory();
  const options = { playlistPattern: "[stream].m3u8", segmentPattern: "[stream]-[seq].ts" };
  const { disk, log, reported, write } = open(directory.path, options);
  await using _disk = disk;
  const other = { ...NAME, app: "other" };
  disk.take({ kind: "began", name: NAME });
  disk.take({ kind: "began", name: other });
  await write(1, 1);
  await write(2, 4, other);
  await write(5, 5);
  assertEquals(reported.map(([, { sequence }]) => sequence), [1, 5]);
  const text = await Deno.readTextFile(`${directory.path}/cam.m3u8`);
  assertEquals(text.match(/^cam.*$/gm), ["cam-5.ts"]);
  assertEquals(messages(log), ["A stream has no HLS files"]);
  assertStringIncludes(String(log.lines[0]?.fields.cause), `is the playlist of ${VHOST}/live/cam`);
  // Once the first is gone, the name is free.
  disk.take({ kind: "closed", name: NAME });
  await disk.settled();
  await write(6, 6, other);
  assertStringIncludes(await Deno.readTextFile(`${directory.path}/cam.m3u8`), "cam-6.ts");
});

Deno.test("no link leads out of the directory, and none is written through", async () => {
  await using directory = await temporaryDirectory();
  const [root, outside] = [`${directory.path}/html`, `${directory.path}/outside`];
  await Deno.mkdir(`${root}/live`, { recursive: true });
  await Deno.mkdir(outside);
  await Deno.writeTextFile(`${outside}/victim`, "untouched");
  await Deno.symlink(outside, `${root}/out`);
  await Deno.symlink(`${root}/live`, `${root}/inside`);
  await Deno.symlink(`${outside}/victim`, `${root}/live/cam.m3u8`);
  await Deno.symlink(`${outside}/victim`, `${root}/live/cam.m3u8.tmp`);
  await Deno.symlink(`${outside}/victim`, `${root}/live/cam-2.ts`);
  const { disk, log, write } = open(root);
  await using _disk = disk;
  await write(1, 1, { ...NAME, app: "out" });
  assertEquals(messages(log), ["A stream has no HLS files"]);
  await write(1, 2);
  assertEquals(await Deno.readTextFile(`${outside}/victim`), "untouched");
  assertEquals([...Deno.readDirSync(outside)].map(({ name }) => name), ["victim"]);
  assert((await Deno.lstat(`${root}/live/cam.m3u8`)).isFile);
  assertStringIncludes(String(log.lines[1]?.fields.cause), "cam-2.ts is there already");
  await write(3, 3, { ...NAME, app: "inside", stream: "b" });
  assert((await Deno.stat(`${root}/live/b-3.ts`)).isFile);
});

Deno.test("a disk that fails raises one alarm for all streams, reports nothing, and is used again when it works", async () => {
  await using directory = await temporaryDirectory();
  const root = `${directory.path}/html`;
  const { disk, log, reported, write } = open(root);
  await using _disk = disk;
  const other = { ...NAME, stream: "other" };
  for (const name of [NAME, other]) disk.take({ kind: "began", name });
  await write(1, 2);
  await write(1, 1, other);
  await Deno.rename(root, `${root}.gone`);
  for (let sequence = 3; sequence <= 5; sequence++) {
    await write(sequence, sequence);
    await write(sequence, sequence, other);
  }
  assertEquals(messages(log), ["HLS files cannot be written: streams go on without"]);
  assertEquals(reported.length, 3);
  await Deno.rename(`${root}.gone`, root);
  await write(6, 6);
  await write(6, 6, other);
  assertEquals(messages(log).slice(1), ["HLS files are written again"]);
  assertEquals(log.lines[1]?.fields.segments_missed, 6);
  assertEquals(reported.slice(3).map(([stream, { sequence }]) => [stream, sequence]), [["cam", 6], [
    "other",
    6,
  ]]);
});

Deno.test("a directory that another process writes is left alone until that has ended", async () => {
  await using directory = await temporaryDirectory();
  const first = open(directory.path);
  const second = open(directory.path);
  await second.write(1, 1);
  assertEquals(messages(second.log), ["HLS is not written to disk while another process does"]);
  assertStringIncludes(String(second.log.lines[0]?.fields.cause), "another process writes HLS to");
  assertEquals(await filesIn(directory.path), []);
  await second.clock.advance(1000);
  await first.disk[Symbol.asyncDispose]();
  await second.write(2, 2);
  assertEquals(await filesIn(directory.path), []);
  await second.clock.advance(1000);
  assertEquals(messages(second.log).slice(1), ["HLS is written to disk from here on"]);
  await second.write(3, 3);
  assert((await filesIn(directory.path)).includes("live/cam-3.ts"));
  await second.disk[Symbol.asyncDispose]();
});

Deno.test("segments in memory are reported with the paths that all viewers share", async () => {
  const { disk, reported } = open("", { ctx: false });
  disk.take({ kind: "began", name: { ...NAME, stream: "c ü" } });
  disk.take({ kind: "segment", name: { ...NAME, stream: "c ü" }, segment: segment(1, { extension: "m4s" }) });
  assertEquals(reported[0]?.[1], {
    ...{ sequence: 1, durationMs: 2000, bytes: 10, startMs: START_MS + 2000 },
    ...{ url: "live/c%20%C3%BC/s1.m4s", playlistUrl: "live/c%20%C3%BC.m3u8" },
  });
  await disk[Symbol.asyncDispose]();
});

Deno.test("a publish that begins while the files of the one before are removed has its segments reported", async () => {
  await using directory = await temporaryDirectory();
  const { disk, reported, write } = open(directory.path);
  await using _disk = disk;
  disk.take({ kind: "began", name: NAME });
  await write(1, 3);
  disk.take({ kind: "closed", name: NAME });
  disk.take({ kind: "began", name: NAME });
  await disk.settled();
  await write(9, 10);
  assertEquals(reported.map(([, { sequence }]) => sequence), [1, 2, 3, 9, 10]);
});

Deno.test("a playlist that is written at once after a start is not taken for what a process left unfinished", async () => {
  for (let round = 0; round < 40; round++) {
    await using directory = await temporaryDirectory();
    const first = open(directory.path);
    await first.write(1, 1);
    await first.disk[Symbol.asyncDispose]();
    const { disk, log, write } = open(directory.path);
    await using _disk = disk;
    await write(100, 100);
    const playlist = await Deno.readTextFile(`${directory.path}/live/cam.m3u8`);
    assertStringIncludes(playlist, "#EXT-X-MEDIA-SEQUENCE:100\n", messages(log).join());
  }
});
