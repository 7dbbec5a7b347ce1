/**
 * How many segments a publisher can make of a stream, by whatever ends one: they are bounded in number, and a stream
 * that behaves again is shown again.
 *
 * @module
 */
import { SegmentBudget } from "../../../http/hls/segment_budget.ts";
import { MediaKind } from "../../../stream/media/mod.ts";
import { assert, assertEquals, assertGreater } from "../../support/assert.ts";
import { MuxedStream } from "../../support/hls/muxed_stream.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";

const FLOOD_MS = 20_000;
const FRAME_MS = 40;
/** What may come at once, and two a second. */
const MOST_SEGMENTS = 30 + 2 * FLOOD_MS / 1000 + 2;
const MOST_LISTED = 60;

/** Two configurations of the same stream: levels 1.0 and 1.1. */
function header(level: number): Uint8Array<ArrayBuffer> {
  const bytes = avcSequenceHeader();
  bytes[8] = level;
  bytes[5 + 8 + 3] = level;
  return bytes;
}

/** Sends a frame, and whatever ends a segment. */
type Flood = (
  send: (typeId: number, timestamp: number, payload: Uint8Array<ArrayBuffer>) => void,
  i: number,
) => void;

const FLOODS: readonly { readonly name: string; readonly timeJitter?: "off"; readonly flood: Flood }[] = [
  {
    name: "a configuration with each frame",
    flood: (send, i) => {
      send(MediaKind.Video, i * FRAME_MS, header(10 + i % 2));
      send(MediaKind.Video, i * FRAME_MS, avcKeyFrame());
    },
  },
  {
    name: "configurations of sound that differ",
    flood: (send, i) => {
      const config = aacSequenceHeader();
      config[3] = i % 2 === 0 ? 0x10 : 0x08;
      send(MediaKind.Audio, i * FRAME_MS, config);
      send(MediaKind.Audio, i * FRAME_MS, aacFrame());
      send(MediaKind.Video, i * FRAME_MS, avcKeyFrame());
    },
  },
  {
    name: "time that jumps ahead",
    timeJitter: "off",
    flood: (send, i) => send(MediaKind.Video, i * 5000, avcKeyFrame()),
  },
  {
    name: "time that jumps back",
    timeJitter: "off",
    flood: (send, i) => send(MediaKind.Video, 3_000_000 - i * 1500, avcKeyFrame()),
  },
  {
    name: "time that runs fast",
    flood: (send, i) => {
      for (let j = 0; j < 5; j++) send(MediaKind.Video, (5 * i + j) * 250, avcKeyFrame());
    },
  },
  {
    name: "a track that comes and goes",
    flood: (send, i) => {
      if (i % 40 === 0) {
        send(MediaKind.Audio, i * 250, aacSequenceHeader());
        send(MediaKind.Audio, i * 250, aacFrame());
      }
      send(MediaKind.Video, i * 250, avcKeyFrame());
    },
  },
];

for (const { name, timeJitter, flood } of FLOODS) {
  Deno.test(`segments are bounded: ${name}`, () => {
    const stream = new MuxedStream({}, { timeJitter });
    const publisher = stream.publish({ fps: 25, gop: 25 });
    publisher.run(2000);
    stream.mux();
    publisher.run(3000);
    const first = lastSequence(stream);
    for (let i = 0; i < FLOOD_MS / FRAME_MS; i++) {
      stream.time.nowMs += FRAME_MS;
      flood((typeId, timestamp, payload) => {
        stream.source.receive({ typeId, timestamp: 5000 + timestamp, payload }, stream.time.nowMs);
      }, i);
    }
    const made = lastSequence(stream) - first;
    assert(made > 10 && made <= MOST_SEGMENTS, `${made} segments`);
    assert(stream.playlist.segments.length <= MOST_LISTED, `${stream.playlist.segments.length} listed`);
    const { added } = stream.shown.whole();
    const kept = added.filter(({ name: { kind } }) => kind !== "part");
    assert(kept.length <= 4 * MOST_LISTED + 2, `${kept.length} segments and initialization sections kept`);
    const pauses = stream.overSegments;
    assert(pauses > 0 && pauses <= FLOOD_MS / 4000, `${pauses} pauses`);
    assertShownAgain(stream);
  });
}

Deno.test("segments are bounded: publishes that follow each other", () => {
  const stream = new MuxedStream();
  stream.publish({ fps: 25, gop: 25 }).run(2000);
  stream.mux();
  const first = lastSequence(stream);
  const beganMs = stream.time.nowMs;
  while (stream.time.nowMs < beganMs + FLOOD_MS) {
    stream.unpublish();
    stream.publish({ fps: 25, gop: 5 }).run(240);
  }
  const made = lastSequence(stream) - first;
  assert(made > 10 && made <= MOST_SEGMENTS, `${made} segments`);
  assertShownAgain(stream);
});

Deno.test("an encoder that was cut off for a minute sends it at once: nothing is left out", () => {
  const stream = new MuxedStream();
  const publisher = stream.publish({ fps: 25, gop: 50 });
  publisher.run(4000);
  stream.mux();
  publisher.run(4000);
  const before = lastSequence(stream);
  stream.time.nowMs += 56_000;
  publisher.run(56_000);
  assertEquals([stream.overSegments, lastSequence(stream) - before, stream.validator.violations], [
    0,
    28,
    [],
  ]);
});

Deno.test("SegmentBudget: a burst, then two a second, and a pause until there are ten", () => {
  let nowMs = 1000;
  const budget = new SegmentBudget(() => nowMs);
  let taken = 1;
  while (!budget.take()) taken++;
  assertEquals([taken, budget.isExhausted], [30, true]);
  nowMs += 4900;
  assert(budget.isExhausted);
  nowMs += 100;
  assert(!budget.isExhausted);
  for (let second = 0; second < 1000; second++) {
    nowMs += 1000;
    assert(!budget.take() && !budget.take());
  }
});

function lastSequence(stream: MuxedStream): number {
  return stream.playlist.segments.at(-1)?.sequence ?? 0;
}

/** A publish that ends no segment early: all of it is there. */
function assertShownAgain(stream: MuxedStream): void {
  stream.unpublish();
  stream.time.nowMs += 10_000;
  const publisher = stream.publish({ fps: 25, gop: 50 });
  // Nothing of before is listed any more.
  publisher.run(60_000);
  const before = lastSequence(stream);
  const pauses = stream.overSegments;
  const { length } = stream.validator.violations;
  publisher.run(20_000);
  const { segments } = stream.playlist;
  assertEquals([stream.overSegments, stream.validator.violations.slice(length, length + 3)], [pauses, []]);
  assertGreater(lastSequence(stream) - before, 8);
  assertEquals(segments.filter(({ discontinuity }) => discontinuity).length, 0);
}
