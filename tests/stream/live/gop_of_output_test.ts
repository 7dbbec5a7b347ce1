/**
 * A GOP that the log of an output has is not kept a second time, and can be had all the same.
 *
 * @module
 */
import fc from "fast-check";
import { FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import type { MediaMessage } from "../../../stream/media/media_message.ts";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import type { Source } from "../../../stream/live/source.ts";
import type { OutputKind } from "../../../stream/live/stream_output.ts";
import { TS_FORMAT } from "../../../stream/media/mod.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertExists } from "../../support/assert.ts";
import {
  bareSource,
  interFrame,
  keyFrame,
  metadataMessage,
  receiveAll,
  rtmpOutput,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

/** Enhanced RTMP: multitrack, one track, coded frames of `hvc1`, track 1. */
const SECOND_TRACK = [0b1010_0110, 0b0000_0001, 0x68, 0x76, 0x63, 0x31, 1, 0, 0, 0];

function secondTrack(timestamp: number): MediaMessage {
  return { typeId: MessageType.Video, timestamp, payload: Uint8Array.from(SECOND_TRACK) };
}

/** The GOP as a tap that begins now gets it. */
function gopOf(source: Source): unknown {
  const { gop } = source.running;
  if (gop === undefined) return undefined;
  const messages = gop.messages.map(({ typeId, time, payload }) => [typeId, time, payload.toString()]);
  return { time: gop.time, headers: gop.headers.list, messages };
}

/** Whether the GOP is kept in memory of its own, for all that want it. */
function isKept(source: Source): boolean {
  const [first, second] = [source.running.gop, source.running.gop].map((gop) => gop?.messages[0]?.payload);
  assertExists(first);
  return first.buffer === second?.buffer;
}

const GOP = [soundHeader("a"), videoHeader("v"), keyFrame("k", 40), sound("s", 50), interFrame("p", 80)];

for (
  const kind of [rtmpOutput(), rtmpOutput(128, "first"), { format: FLV_FORMAT, tracks: "first" } as const]
) {
  const name = `${kind.format.name}, ${kind.tracks} tracks`;
  Deno.test(`GopCache keeps nothing while an output has it (${name})`, () => {
    const source = bareSource({}, {
      pool: new SegmentPool((bytes) => new Uint8Array(new SharedArrayBuffer(bytes))),
    });
    source.begin();
    receiveAll(source, ...GOP);
    const before = gopOf(source);
    assert(isKept(source));
    const output = source.outputs.acquire(kind);
    assert(!isKept(source));
    assertEquals(gopOf(source), before);

    receiveAll(source, metadataMessage("m"), interFrame("p2", 120), keyFrame("k2", 160, 100_000));
    const next = gopOf(source);
    source.outputs.release(output);
    source.releaseIdleMemory();
    assert(isKept(source), "the output is gone");
    assertEquals(gopOf(source), next);
    assertEquals(new TestPlayer(source).read(), ["m@0", "a@0", "v@0", "k2@160"]);
  });
}

Deno.test("GopCache keeps what an output has in other words", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, ...GOP);
  source.outputs.acquire({ format: TS_FORMAT, tracks: "first" });
  source.outputs.acquire({ format: FLV_FORMAT, tracks: "first", media: "audio" });
  assert(isKept(source));
});

Deno.test("GopCache keeps all tracks again once an output leaves one out", () => {
  const source = bareSource();
  source.begin();
  source.outputs.acquire(rtmpOutput(undefined, "first"));
  receiveAll(source, ...GOP);
  assert(!isKept(source));
  receiveAll(source, secondTrack(90), interFrame("p2", 120));
  assert(isKept(source));
  assertEquals(source.running.gop?.messages.length, 5);
});

Deno.test("GopCache reads times of more than 32 bits from a log", () => {
  const [played, plain] = [bareSource({ timeJitter: "full" }), bareSource({ timeJitter: "full" })];
  for (const source of [played, plain]) {
    source.advance(0x1_0000_0000 - 20);
    source.begin();
  }
  played.outputs.acquire(rtmpOutput());
  const messages = [keyFrame("k", 0), metadataMessage("m"), interFrame("p", 40), interFrame("q", 80)];
  for (const source of [played, plain]) receiveAll(source, ...messages);
  assert(played.time > 0xffff_ffff);
  assertEquals(gopOf(played), gopOf(plain));
});

const KINDS: readonly OutputKind[] = [
  rtmpOutput(),
  rtmpOutput(128, "first"),
  { format: FLV_FORMAT, tracks: "first" },
  { format: TS_FORMAT, tracks: "first" },
];
const MESSAGES = [
  (time: number) => keyFrame("k", time, 300),
  (time: number) => interFrame("p", time, 200),
  (time: number) => interFrame("q", time),
  (time: number) => sound("s", time),
  secondTrack,
  (time: number) => videoHeader("v", time),
  () => metadataMessage("m"),
];
/** Of these, the first ones take time. */
const FRAMES = 5;

Deno.test("GopCache gives the same GOP whichever outputs come and go", () => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ message: fc.nat(MESSAGES.length - 1), skipMs: fc.constantFrom(0, 40, 900) }),
    },
    { weight: 2, arbitrary: fc.record({ player: fc.nat(KINDS.length - 1) }) },
    { weight: 1, arbitrary: fc.constant({ leave: true }) },
    { weight: 1, arbitrary: fc.constant({ restart: true }) },
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60, size: "max" }),
      fc.constantFrom(0, 5),
      (steps, gopCacheMaxFrames) => {
        const options = { gopCacheMaxFrames, queueLengthMs: 2000 };
        const [played, plain] = [bareSource(options), bareSource(options)];
        for (const source of [played, plain]) source.begin();
        let time = 0;
        for (const step of steps) {
          if ("message" in step) {
            if (step.message < FRAMES) time += step.skipMs;
            const message = MESSAGES[step.message]?.(time);
            if (message !== undefined) { for (const source of [played, plain]) receiveAll(source, message); }
          } else if ("player" in step) {
            const kind = KINDS[step.player];
            if (kind !== undefined) played.outputs.acquire(kind);
          } else if ("leave" in step) {
            for (const output of played.outputs.list) {
              while (output.refCount > 0) played.outputs.release(output);
            }
            played.releaseIdleMemory();
          } else for (const source of [played, plain]) source.begin();
          assertEquals(gopOf(played), gopOf(plain));
        }
      },
    ),
  );
});
