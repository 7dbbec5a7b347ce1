/** What a publish may hold in memory on its way into segments, whatever its timestamps say. */
import type { SegmentTracks } from "../../../stream/mux/publish_host.ts";
import { EarlySound } from "../../../stream/mux/early_sound.ts";
import { PublishMuxer } from "../../../stream/mux/publish_muxer.ts";
import { PartPlan } from "../../../stream/mux/part_plan.ts";
import { SegmentPlan } from "../../../stream/mux/segment_plan.ts";
import type { PartFrames } from "../../../stream/mux/segmenter.ts";
import { MediaKind, readMediaPacket, type Sample, SAMPLE_VIEWS } from "../../../stream/media/mod.ts";
import { assert, assertEquals, assertGreater } from "../../support/assert.ts";
import {
  aacFrame,
  aacSequenceHeader,
  AUDIO_FRAME_MS,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";

const MIB = 1024 * 1024;
const MAX_BYTES = 64 * MIB;
const FRAME_MS = 40;
const FOUR_CC_AV1 = new TextEncoder().encode("av01");

/** What a host is given. */
interface Muxed {
  readonly parts: PartFrames<Sample[]>[];
  readonly tracks: SegmentTracks[];
  readonly refusals: string[];
  take(typeId: number, payload: Uint8Array<ArrayBuffer>, timeMs: number): void;
  finish(): void;
}

function muxed({ keepsEarlySound = false, host = { isFull: false }, carried = ["H264", "AAC"] } = {}): Muxed {
  const parts: PartFrames<Sample[]>[] = [];
  const refusals: string[] = [];
  const tracks: SegmentTracks[] = [];
  const muxer = new PublishMuxer({
    keepsEarlySound,
    store: SAMPLE_VIEWS,
    get isFull() {
      return host.isFull;
    },
    plan: () => () => ({
      segments: new SegmentPlan(2000, 2, 0),
      parts: new PartPlan(201, FRAME_MS),
      frameMs: FRAME_MS,
    }),
    tracks: (what) => void tracks.push(what),
    canCarry: ({ codec }) => carried.includes(codec),
    refused: (reason) => void refusals.push(reason),
    frames: (): Sample[] => [],
    begin: () => {},
    part: (part) => void parts.push(part),
    end: () => {},
  }, 0);
  return {
    parts,
    tracks,
    refusals,
    finish: () => muxer.finish(),
    take(typeId, payload, timeMs) {
      const packet = readMediaPacket(typeId, payload);
      assert(packet !== undefined);
      muxer.take(packet, timeMs);
    },
  };
}

/** Sound of this size; all frames share one array. */
function soundOf(bytes: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(2 + bytes);
  payload.set([0xaf, 1]);
  return payload;
}

function bytesOf(parts: readonly PartFrames<Sample[]>[]): number {
  const samples = parts.flatMap(({ leading, others }) => [...leading, ...others]);
  return samples.reduce((sum, { data }) => sum + data.length, 0);
}

function sendPictures({ take }: Muxed, first: number, count: number): void {
  for (let i = first; i < first + count; i++) {
    take(MediaKind.Video, i % 25 === 0 ? avcKeyFrame() : avcInterFrame(i % 25), i * FRAME_MS);
  }
}

for (const keepsEarlySound of [false, true]) {
  Deno.test(`sound before the first picture is ${keepsEarlySound ? "in its segment" : "left out"}`, () => {
    const publish = muxed({ keepsEarlySound });
    publish.take(MediaKind.Video, avcSequenceHeader(), 0);
    publish.take(MediaKind.Audio, aacSequenceHeader(), 0);
    for (const timeMs of [100, 1978, 2000]) publish.take(MediaKind.Audio, soundOf(timeMs), timeMs);
    sendPictures(publish, 50, 30);
    const sizes = publish.parts.flatMap(({ others }) => others.map(({ data }) => data.length));
    // Of the second before the picture.
    assertEquals(sizes, keepsEarlySound ? [1978, 2000] : []);
  });
}

Deno.test("sound that waited for a picture is muxed when the publish ends, as sound alone", () => {
  const publish = muxed();
  publish.take(MediaKind.Video, avcSequenceHeader(), 0);
  sendPictures(publish, 0, 25);
  publish.take(MediaKind.Audio, aacSequenceHeader(), 1000);
  for (let i = 0; i < 150; i++) publish.take(MediaKind.Audio, aacFrame(), 1000 + i * AUDIO_FRAME_MS);
  publish.finish();
  const kinds = publish.tracks.map(({ video, audio }) => [video?.codec, audio?.codec]);
  assertEquals(kinds, [["H264", undefined], [undefined, "AAC"]]);
  assertEquals(publish.parts.flatMap(({ leading }) => leading).length, 175);
});

Deno.test("sound that waited for a picture is muxed where none comes for 5 s", () => {
  const publish = muxed();
  publish.take(MediaKind.Video, avcSequenceHeader(), 0);
  sendPictures(publish, 0, 25);
  publish.take(MediaKind.Audio, aacSequenceHeader(), 1000);
  for (let i = 0; i < 300; i++) publish.take(MediaKind.Audio, aacFrame(), 1000 + i * AUDIO_FRAME_MS);
  publish.finish();
  assertEquals(publish.tracks.length, 2);
  assertEquals(publish.parts.flatMap(({ leading }) => leading).length, 325);
});

Deno.test("a publish that ends while its tracks are probed is muxed", () => {
  const publish = muxed();
  publish.take(MediaKind.Video, avcSequenceHeader(), 0);
  sendPictures(publish, 0, 3);
  publish.finish();
  assertEquals(publish.parts.flatMap(({ leading }) => leading).length, 3);
});

Deno.test("frames of a codec that cannot be carried are not muxed as those of the codec before", () => {
  const publish = muxed();
  publish.take(MediaKind.Video, avcSequenceHeader(), 0);
  publish.take(MediaKind.Audio, aacSequenceHeader(), 0);
  sendPictures(publish, 0, 30);
  publish.take(MediaKind.Video, Uint8Array.of(0x90, ...FOUR_CC_AV1, 0x81, 0, 0x0c, 0), 1200);
  for (let i = 0; i < 50; i++) {
    const frame = Uint8Array.of(i % 25 === 0 ? 0x91 : 0xa1, ...FOUR_CC_AV1, 0x12, 0);
    publish.take(MediaKind.Video, frame, 1200 + i * FRAME_MS);
  }
  publish.finish();
  assertEquals(publish.refusals.length, 1);
  assertEquals(publish.parts.flatMap(({ leading }) => leading).length, 30);
});

Deno.test("EarlySound holds the newest frames, and no more than a MiB", () => {
  const early = new EarlySound<number>();
  for (let i = 0; i < 2100; i++) early.hold({ frame: i, timeMs: i / 10, bytes: 1 });
  assertEquals(Math.round(early.heldMs), 200);
  const held = early.takeFor(300);
  assertEquals([held.length, held[0]?.frame, held.at(-1)?.frame], [2000, 100, 2099]);
  assertEquals(early.takeFor(300), []);
  for (let i = 0; i < 10; i++) early.hold({ frame: i, timeMs: i, bytes: MIB / 4 });
  early.hold({ frame: 10, timeMs: 10, bytes: 2 * MIB });
  assertEquals(early.takeFor(10), []);
});

Deno.test("a segment whose time stands still ends by its bytes, and the next begins with a key frame", () => {
  const publish = muxed();
  publish.take(MediaKind.Video, avcSequenceHeader(), 0);
  publish.take(MediaKind.Audio, aacSequenceHeader(), 0);
  sendPictures(publish, 0, 30);
  const sound = soundOf(MIB);
  for (let i = 0; i < 200; i++) publish.take(MediaKind.Audio, sound, 30 * FRAME_MS);
  const { length } = publish.tracks;
  sendPictures(publish, 30, 40);
  assert(bytesOf(publish.parts) < MAX_BYTES + MIB, `${bytesOf(publish.parts)} bytes`);
  assertEquals([length, publish.tracks.length], [2, 2]);
  assertGreater(publish.parts.length, 1);
});

Deno.test("packets that wait while tracks are probed are bounded by their bytes", () => {
  const publish = muxed();
  publish.take(MediaKind.Video, avcSequenceHeader(), 0);
  publish.take(MediaKind.Video, avcKeyFrame(), 0);
  const sound = soundOf(MIB);
  for (let i = 0; i < 200; i++) publish.take(MediaKind.Audio, sound, 0);
  publish.take(MediaKind.Audio, aacSequenceHeader(), 0);
  sendPictures(publish, 1, 100);
  assert(bytesOf(publish.parts) < 16 * MIB, `${bytesOf(publish.parts)} bytes`);
  assertGreater(publish.parts.length, 1);
});
