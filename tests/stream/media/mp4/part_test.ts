import { partBytes, type PartTrack, writePart } from "../../../../stream/media/mp4/part.ts";
import type { Sample } from "../../../../stream/media/samples/sample.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";

function sample(
  data: readonly number[],
  fields: Partial<Sample> & Pick<Sample, "time" | "duration">,
): Sample {
  return { data: Uint8Array.from(data), compositionOffset: 0, keyFrame: true, ...fields };
}

const HIGH = 0x1_0000_0005;
const TRACKS: readonly PartTrack[] = [
  {
    id: 1,
    kind: "video",
    samples: [
      sample([1, 2, 3], { time: HIGH, duration: 1, compositionOffset: 80 }),
      sample([4], { time: HIGH + 40, duration: 41, keyFrame: false }),
    ],
  },
  { id: 2, kind: "audio", samples: [sample([8, 9], { time: 48_000, duration: 1024 })] },
];

// deno-fmt-ignore
const GOLDEN = bytes(
  0, 0, 0, 192, "moof",
  0, 0, 0, 16, "mfhd", 0, 0, 0, 0, 0, 0, 0, 7,
  0, 0, 0, 96, "traf",
  // default-base-is-moof, track 1
  0, 0, 0, 16, "tfhd", 0, 2, 0, 0, 0, 0, 0, 1,
  // version 1, 64 bits
  0, 0, 0, 20, "tfdt", 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5,
  // version 0; data offset, duration, size, flags and composition offset
  0, 0, 0, 52, "trun", 0, 0, 0x0f, 0x01, 0, 0, 0, 2, 0, 0, 0, 200,
  0, 0, 0, 40, 0, 0, 0, 3, 0x02, 0, 0, 0, 0, 0, 0, 80,
  0, 0, 0, 41, 0, 0, 0, 1, 0x01, 0x01, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 72, "traf",
  0, 0, 0, 16, "tfhd", 0, 2, 0, 0, 0, 0, 0, 2,
  0, 0, 0, 20, "tfdt", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbb, 0x80,
  // data offset, duration and size
  0, 0, 0, 28, "trun", 0, 0, 0x03, 0x01, 0, 0, 0, 1, 0, 0, 0, 204,
  0, 0, 4, 0, 0, 0, 0, 2,
  0, 0, 0, 14, "mdat", 1, 2, 3, 4, 8, 9,
);

Deno.test("writePart() writes moof and mdat byte for byte", () => {
  assertEquals(partBytes(TRACKS), GOLDEN.length);
  const target = new Uint8Array(GOLDEN.length);
  assertEquals(writePart(target, 0, 7, TRACKS), GOLDEN.length);
  assertEquals(target, GOLDEN);
});

Deno.test("writePart() leaves bytes before and after the part alone", () => {
  const shared = new SharedArrayBuffer(GOLDEN.length + 20);
  const target = new Uint8Array(shared, 4).fill(0xee);
  assertEquals(writePart(target, 6, 7, TRACKS), 6 + GOLDEN.length);
  assertEquals(target.slice(0, 6), new Uint8Array(6).fill(0xee));
  assertEquals(target.slice(6, 6 + GOLDEN.length), GOLDEN);
  assertEquals(target.slice(6 + GOLDEN.length), new Uint8Array(10).fill(0xee));
});

Deno.test("writePart() leaves a track without samples out", () => {
  const [video, audio] = TRACKS;
  if (video === undefined || audio === undefined) throw new Error("two tracks");
  const tracks = [{ ...video, samples: [] }, audio];
  const target = new Uint8Array(partBytes(tracks));
  assertEquals(writePart(target, 0, 1, tracks), 24 + 72 + 8 + 2);
  assertEquals(target.slice(24, 32), bytes(0, 0, 0, 72, "traf"));
  assertEquals(target.slice(-2), Uint8Array.of(8, 9));
});

Deno.test("writePart() shows a gap in the duration of the sample before it", () => {
  const samples = [0, 1024, 9000].map((time) => sample([1], { time, duration: 1024 }));
  const target = new Uint8Array(partBytes([{ id: 1, kind: "audio", samples }]));
  writePart(target, 0, 1, [{ id: 1, kind: "audio", samples }]);
  const view = new DataView(target.buffer);
  assertEquals([0, 1, 2].map((i) => view.getUint32(88 + 8 * i)), [1024, 7976, 1024]);
});

Deno.test("writePart() refuses a target that is too short before it writes", () => {
  const target = new Uint8Array(GOLDEN.length + 4);
  assertThrows(() => writePart(target, 5, 7, TRACKS), RangeError, `A part of ${GOLDEN.length} bytes`);
  assertEquals(target, new Uint8Array(GOLDEN.length + 4));
});
