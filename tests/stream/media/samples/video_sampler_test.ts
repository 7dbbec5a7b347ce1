import fc from "fast-check";
import type { MediaPacket } from "../../../../stream/media/samples/media_packet.ts";
import type { Sample } from "../../../../stream/media/samples/sample.ts";
import { type SampledVideo, VideoSampler } from "../../../../stream/media/samples/video_sampler.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { SAMPLE_VIEWS } from "../../../../stream/media/samples/sample_store.ts";

/** Decode time and composition time, milliseconds. */
type Frame = readonly [timeMs: number, compositionTime: number];

const TRACK: SampledVideo = {
  codec: "H264",
  frameRate: undefined,
  nalUnits: { lengthBytes: 4, parameterSets: [] },
};

function packet(compositionTime: number, keyFrame = false): MediaPacket {
  return { kind: "frame", track: "video", codec: "H264", data: Uint8Array.of(1), compositionTime, keyFrame };
}

function samplesOf(frames: readonly Frame[], frameRate?: number): Sample[] {
  const sampler = new VideoSampler({ ...TRACK, frameRate }, SAMPLE_VIEWS);
  const samples = frames.map(([timeMs, composition], i) => sampler.add(packet(composition, i === 0), timeMs));
  return [...samples, sampler.flush()].filter((sample) => sample !== undefined);
}

/** Decode time, duration, composition offset. */
function times(samples: readonly Sample[]): readonly (readonly number[])[] {
  return samples.map(({ time, duration, compositionOffset }) => [time, duration, compositionOffset]);
}

Deno.test("VideoSampler takes durations from the next frame, and the last one's from the one before", () => {
  const samples = samplesOf([[0, 0], [33, 0], [67, 0]]);
  assertEquals(times(samples), [[0, 33, 0], [33, 34, 0], [67, 34, 0]]);
  assertEquals(samples.map(({ keyFrame }) => keyFrame), [true, false, false]);
});

Deno.test("VideoSampler holds one frame", () => {
  const sampler = new VideoSampler(TRACK, SAMPLE_VIEWS);
  assert(!sampler.holdsFrame);
  assertEquals(sampler.add(packet(0), 0), undefined);
  assert(sampler.holdsFrame);
  assertEquals(sampler.add(packet(0), 40)?.time, 0);
  assertEquals(sampler.flush()?.time, 40);
  assertEquals([sampler.holdsFrame, sampler.flush()], [false, undefined]);
});

Deno.test("VideoSampler gives a single frame the duration of the frame rate, or 40 ms", () => {
  assertEquals(times(samplesOf([[10, 0]], 30_000 / 1001)), [[10, 33, 0]]);
  assertEquals(times(samplesOf([[10, 0]])), [[10, 40, 0]]);
  assertEquals(times(samplesOf([[10, 0]], 5000)), [[10, 1, 0]]);
});

Deno.test("VideoSampler keeps composition times of B-frames as they are", () => {
  assertEquals(times(samplesOf([[0, 80], [40, 160], [80, 40], [120, 0]])), [
    ...[[0, 40, 80], [40, 40, 160], [80, 40, 40], [120, 40, 0]],
  ]);
});

Deno.test("VideoSampler moves decode times back where composition times are negative", () => {
  // Presentation at 0, 160, 80, 40, 120, 320, 240, as an encoder without a delay sends it
  const frames: readonly Frame[] = [[0, 0], [40, 120], [80, 0], [120, -80], [160, -40], [200, 120], [240, 0]];
  const samples = samplesOf(frames);
  assertEquals(samples.map(({ time }) => time), [0, 40, 80, 81, 82, 120, 160]);
  // Exact once the shift is known; until then within it
  const shown = samples.map(({ time, compositionOffset }) => time + compositionOffset);
  assertEquals(shown, [0, 160, 80, 81, 120, 320, 240]);
});

Deno.test("VideoSampler lets time grow where frames have the same", () => {
  assertEquals(times(samplesOf([[0, 0], [0, 0], [0, 0], [40, 0]])), [[0, 1, 0], [1, 1, 0], [2, 38, 0], [
    40,
    38,
    0,
  ]]);
});

Deno.test("VideoSampler follows no composition time further back than 2 s", () => {
  assertEquals(times(samplesOf([[10_000, 0], [10_040, -8_388_608], [20_000, 0]])).at(-1), [
    18_000,
    7_999,
    2_000,
  ]);
});

Deno.test("VideoSampler never goes back, never overlaps and has no negative offset", () => {
  const frame = fc.tuple(
    fc.integer({ min: -300, max: 5_000 }),
    fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
  );
  fc.assert(fc.property(fc.array(frame, { minLength: 1 }), (steps) => {
    let timeMs = 0;
    const samples = samplesOf(
      steps.map(([step, composition]) => [timeMs = Math.max(0, timeMs + step), composition]),
    );
    assertEquals(samples.length, steps.length);
    for (const [i, sample] of samples.entries()) {
      assert(sample.time >= 0 && sample.duration >= 1 && sample.compositionOffset >= 0);
      assert([sample.time, sample.duration, sample.compositionOffset].every(Number.isInteger));
      const next = samples[i + 1];
      if (next !== undefined) assertEquals(sample.time + sample.duration, next.time);
    }
  }));
});

/** A message with one NAL unit of two bytes. */
function slice(header: number, first: number, compositionTime = 0): MediaPacket {
  return { ...packet(compositionTime), data: Uint8Array.of(0, 0, 0, 2, header, first) };
}

Deno.test("VideoSampler puts the slices of a picture into one sample", () => {
  const sampler = new VideoSampler(TRACK, SAMPLE_VIEWS);
  // first_mb_in_slice of 0 begins with a bit that is set
  const messages = [slice(0x65, 0x88), slice(0x65, 0x40), slice(0x65, 0x20)];
  assertEquals(messages.map((message) => sampler.add(message, 100)), [undefined, undefined, undefined]);
  const picture = sampler.add(slice(0x41, 0x9a), 140);
  assertEquals(picture?.data, Uint8Array.from(messages.flatMap(({ data }) => [...data])));
  assertEquals([picture?.time, picture?.duration], [100, 40]);
  // Of another time it is a sample of its own, whatever it says
  assertEquals(sampler.add(slice(0x41, 0x40), 180)?.data, slice(0x41, 0x9a).data);
});

Deno.test("VideoSampler puts no two pictures of one time into one sample", () => {
  const sampler = new VideoSampler(TRACK, SAMPLE_VIEWS);
  sampler.add(slice(0x65, 0x88), 100);
  assertEquals(sampler.add(slice(0x41, 0x9a), 100)?.data, slice(0x65, 0x88).data);
});

Deno.test("VideoSampler ends a picture of more than 16 MiB", () => {
  const sampler = new VideoSampler(TRACK, SAMPLE_VIEWS);
  const large = new Uint8Array(8 * 1024 * 1024);
  large.set([0, 0, 0, 2, 0x65, 0x40]);
  const add = (): Sample | undefined => sampler.add({ ...packet(0), data: large }, 100);
  assertEquals([add(), add()], [undefined, undefined]);
  assertEquals(add()?.data.length, 2 * large.length);
});

Deno.test("VideoSampler ends a picture of 1024 slices", () => {
  const sampler = new VideoSampler(TRACK, SAMPLE_VIEWS);
  const added = Array.from({ length: 1025 }, () => sampler.add(slice(0x41, 0x40), 100));
  assertEquals(
    added.slice(0, 1024).every((sample) => sample === undefined) && added[1024]?.data.length,
    6 * 1024,
  );
});
