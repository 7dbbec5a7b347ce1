/**
 * Playlists of whole streams against every rule for playlists: frame rates, reordering, republishes, GOPs that grow.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "../../support/assert.ts";
import { shown } from "../../support/process/show.ts";
import { MuxedStream } from "../../support/hls/muxed_stream.ts";

const MINUTE = 60_000;
const MINUTES = shown(10, 2);

for (const fps of [25, 30, 23.976, 50, 10]) {
  for (const reordered of [0, 2]) {
    Deno.test(`${MINUTES} minutes at ${fps} fps with ${reordered} B-frames break no rule`, () => {
      const stream = new MuxedStream();
      const publisher = stream.publish({ fps, reordered, gop: Math.round(fps * 2) });
      publisher.run(5000);
      stream.mux();
      publisher.run(MINUTES * MINUTE);
      assertEquals(stream.validator.violations, []);
      assertGreater(stream.validator.count, 290 * MINUTES);
      const { segments, partTargetS, targetDurationS } = stream.playlist;
      assertEquals(targetDurationS, 2);
      assert(partTargetS !== undefined && partTargetS <= 0.201);
      assertEquals([segments.length, stream.playlist.discontinuitySequence], [15, 77]);
      const listed = segments.filter(({ parts }) => parts.length > 0);
      assert(listed.every(({ parts }) => parts[0]?.independent), "a segment begins between key frames");
    });
  }
}

Deno.test("a running stream is listed at once, with what its newest GOP has", () => {
  const stream = new MuxedStream();
  stream.publish({ fps: 25, gop: 50 }).run(5000);
  stream.mux();
  assertGreater(stream.validator.count, 0);
  assertEquals(stream.playlist.segments.length, 1);
  assert(stream.playlist.segments[0]?.parts[0]?.independent);
});

for (const ageMs of [40, 200, 500, 700, 1400]) {
  Deno.test(`a first list ${ageMs} ms after a key frame has PART-HOLD-BACK, and soon segments that begin with key frames`, () => {
    const stream = new MuxedStream();
    const publisher = stream.publish({ fps: 25, gop: 50 });
    publisher.run(4000 + ageMs);
    stream.mux();
    publisher.run(640 - Math.min(600, ageMs));
    const [first, second] = stream.playlist.segments;
    assertEquals([first?.parts[0]?.independent, second], [true, undefined]);
    const firstS = first?.durationS ?? 0;
    assert(firstS >= 0.56 && Math.abs(firstS - Math.max(600, ageMs) / 1000) < 0.05, `${firstS} s`);
    publisher.run(8000);
    assertEquals(stream.validator.violations, []);
    const { segments: [, next, ...others] } = stream.playlist;
    assertEquals(Math.round(10 * (firstS + (next?.durationS ?? 0))) / 10, 2);
    assert(others.length >= 2 && others.every(({ parts }) => parts[0]?.independent), "between key frames");
  });
}

Deno.test("parts are the bytes of their segment", () => {
  const stream = new MuxedStream();
  const publisher = stream.publish({ fps: 25, gop: 50 });
  publisher.run(3000);
  stream.mux();
  publisher.run(20_000);
  for (const { uri, parts } of stream.playlist.segments) {
    if (parts.length === 0) continue;
    const whole = stream.body(uri ?? "");
    const joined = parts.flatMap((part) => [...stream.body(part.uri)]);
    assertEquals(joined.length, whole.length);
    assert(joined.every((byte, i) => byte === whole[i]));
  }
  // One that is not listed any more is found in its segment.
  const first = Number(/\d+/.exec(stream.playlist.segments.at(-1)?.parts[0]?.uri ?? "")?.[0]);
  assertGreater(stream.body(`p${first - 50}.m4s`).length, 100);
});

Deno.test("a republish, also with another frame rate, a gap and a codec change, breaks no rule", () => {
  const stream = new MuxedStream();
  const first = stream.publish({ fps: 24, gop: 48, reordered: 2 });
  first.run(10_000);
  stream.mux();
  first.run(30_000);
  for (const fps of [24, 10, 30, 25]) {
    stream.unpublish();
    const away = stream.playlist;
    stream.time.nowMs += 25_000;
    assertEquals(stream.playlist.segments.at(-1), away.segments.at(-1));
    const next = stream.publish({ fps, gop: fps * 2, reordered: 2 });
    next.run(20_000);
    const last = stream.playlist.segments.at(-1);
    // 10 fps cannot make parts of 0.168 s.
    assertEquals((last?.parts.length ?? 0) > 0, fps !== 10, `${fps}`);
  }
  assertEquals(stream.validator.violations, []);
  assertGreater(stream.playlist.discontinuitySequence, 77);
  const dates = stream.playlist.segments.map(({ dateMs }) => dateMs ?? 0);
  assertGreater((dates.at(-1) ?? 0) - (dates[0] ?? 0), 25_000);
});

Deno.test("the dates of a list say when its frames came, also of those that came before its first viewer", () => {
  for (const aheadMs of [500, 1500]) {
    const stream = new MuxedStream();
    const publisher = stream.publish({ fps: 25, gop: 50 });
    publisher.run(4000 + aheadMs);
    stream.mux();
    const viewedAt = stream.time.wallNow();
    publisher.run(10_000);
    // The key frame that the list begins with came this long before the viewer.
    const offMs = (stream.playlist.segments[0]?.dateMs ?? 0) - (viewedAt - aheadMs);
    assert(Math.abs(offMs) <= 100, `${aheadMs}: ${offMs} ms`);
    assertEquals(stream.validator.violations, []);
  }
});

Deno.test("what is kept is bounded: the segments that may be fetched, and the parts of the newest", () => {
  const stream = new MuxedStream();
  const publisher = stream.publish({ fps: 25, gop: 50, frameBytes: 8000 });
  publisher.run(5000);
  stream.mux();
  const sizes: number[] = [];
  for (let minute = 0; minute < 3; minute++) {
    publisher.run(MINUTE);
    sizes.push(stream.shown.keptBytes);
  }
  const listed = stream.playlist.segments.reduce((sum, { uri }) => sum + stream.body(uri ?? "").length, 0);
  // As long as the list again, for those that have left it.
  for (const size of sizes) assert(size <= 1.4 * 2 * listed, `${size} of ${listed}`);
  assert(Math.abs((sizes[2] ?? 0) - (sizes[1] ?? 0)) < 0.1 * listed);
  const last = stream.playlist.segments[0]?.sequence ?? 0;
  // One that has just left is there, one that left long ago is not.
  assertGreater(stream.body(`s${last - 1}.m4s`).length, 100);
  assertEquals(stream.shown.find({ kind: "segment", number: last - 40 }), undefined);
});

Deno.test("media times follow the wall clock over a gap", () => {
  const stream = new MuxedStream();
  const first = stream.publish({ fps: 25, gop: 50 });
  first.run(4000);
  stream.mux();
  first.run(8000);
  stream.unpublish();
  const before = decodeTime(stream, stream.playlist.segments.at(-1)?.uri);
  stream.time.nowMs += 60_000;
  const second = stream.publish({ fps: 25, gop: 50 });
  second.run(4000);
  const after = decodeTime(stream, stream.playlist.segments.at(-1)?.uri);
  assert(Math.abs(after - before - 62_000) < 2100, `${after - before} ms`);
});

Deno.test("a GOP that grows past the target duration is cut without a key frame", () => {
  const stream = new MuxedStream();
  const publisher = stream.publish({ fps: 25, reordered: 2, gop: (number) => number < 10 ? 50 : 250 });
  publisher.run(10_000);
  stream.mux();
  publisher.run(2 * MINUTE);
  assertEquals(stream.validator.violations, []);
  assertEquals(stream.playlist.targetDurationS, 2);
});

Deno.test("the longest GOP before the muxer began is the target duration", () => {
  const stream = new MuxedStream();
  const publisher = stream.publish({ fps: 25, gop: 150 });
  publisher.run(20_000);
  stream.mux();
  publisher.run(2 * MINUTE);
  assertEquals(stream.validator.violations, []);
  assertEquals(stream.playlist.targetDurationS, 6);
  assert(stream.playlist.segments.slice(1).every(({ parts }) => parts.length === 0 || parts[0]?.independent));
});

Deno.test("sound alone, and without parts, breaks no rule", () => {
  for (const partMs of [200, 0]) {
    const stream = new MuxedStream({ partMs });
    const publisher = stream.publish({ fps: 0, gop: 1 });
    publisher.run(5000);
    stream.mux();
    publisher.run(2 * MINUTE);
    assertEquals(stream.validator.violations, []);
    assertEquals(stream.playlist.partTargetS, partMs > 0 ? 0.187 : undefined);
    assert(stream.playlist.segments.slice(1).every(({ durationS }) => Math.abs(durationS - 2) < 0.03));
  }
});

Deno.test("pictures without sound, and frames that come late, break no rule", () => {
  const stream = new MuxedStream();
  const publisher = stream.publish({
    ...{ fps: 30, gop: 60, audio: false },
    jitter: (frame) => frame % 7 === 3 ? 9 : frame % 5 === 1 ? -4 : 0,
  });
  publisher.run(5000);
  stream.mux();
  publisher.run(2 * MINUTE);
  assertEquals(stream.validator.violations, []);
});

Deno.test("a muxer that is there before the publish lists what comes", () => {
  const stream = new MuxedStream();
  stream.mux();
  const publisher = stream.publish({ fps: 25, gop: 50, namedFps: 25 });
  publisher.run(700);
  assertEquals(stream.playlist.segments.length, 1);
  publisher.run(MINUTE);
  assertEquals(stream.validator.violations, []);
});

/** tfdt of the first track of a segment. */
function decodeTime(stream: MuxedStream, uri: string | undefined): number {
  const body = stream.body(uri ?? "");
  const at = new TextDecoder("latin1").decode(body).indexOf("tfdt");
  const view = new DataView(body.buffer, body.byteOffset + at + 8);
  return Number(view.getBigUint64(0));
}
