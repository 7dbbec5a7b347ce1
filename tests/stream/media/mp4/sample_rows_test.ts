import { partBytes, type PartSamples, writePart } from "../../../../stream/media/mp4/part.ts";
import { SampleRows } from "../../../../stream/media/mp4/sample_rows.ts";
import type { Sample } from "../../../../stream/media/samples/sample.ts";
import { assertEquals } from "../../../support/assert.ts";

/** Two pieces of memory: samples follow each other in the first one, with a gap before the last of them. */
const FIRST = Uint8Array.from({ length: 40 }, (_, i) => i);
const SECOND = Uint8Array.from({ length: 40 }, (_, i) => 100 + i);

const SAMPLES: readonly Sample[] = [
  { data: FIRST.subarray(3, 8), time: 1000, duration: 40, compositionOffset: 80, keyFrame: true },
  { data: FIRST.subarray(8, 9), time: 1040, duration: 40, compositionOffset: 0, keyFrame: false },
  // Durations that a gap follows are made longer by it.
  { data: FIRST.subarray(12, 20), time: 1080, duration: 40, compositionOffset: 40, keyFrame: false },
  // At the same place of other memory, where the one before it ends.
  { data: SECOND.subarray(20, 23), time: 1500, duration: 41, compositionOffset: 0, keyFrame: true },
  { data: SECOND.subarray(0, 2), time: 1541, duration: 43, compositionOffset: 2, keyFrame: false },
];

function rowsOf(samples: readonly Sample[]): SampleRows {
  const rows = new SampleRows();
  for (const sample of samples) rows.push(sample);
  return rows;
}

function written(kind: "video" | "audio", samples: PartSamples): Uint8Array {
  const tracks = [{ id: 1, kind, samples, baseTime: 900 }, { id: 2, kind: "audio", samples } as const];
  const target = new Uint8Array(partBytes(tracks));
  assertEquals(writePart(target, 0, 3, tracks), target.length);
  return target;
}

for (const kind of ["video", "audio"] as const) {
  Deno.test(`SampleRows are written as the same samples in an array are: ${kind}`, () => {
    for (let count = 0; count <= SAMPLES.length; count++) {
      const samples = SAMPLES.slice(0, count);
      assertEquals(written(kind, rowsOf(samples)), written(kind, samples), `${count} samples`);
    }
  });
}

Deno.test("SampleRows.from() leaves out what is before a time", () => {
  for (const time of [0, 1000, 1001, 1040, 1080, 1081, 1500, 1541, 1542]) {
    const samples = SAMPLES.filter((sample) => sample.time >= time);
    const rows = rowsOf(SAMPLES).from(time);
    assertEquals(rows.length, samples.length);
    assertEquals(written("video", rows), written("video", samples), `from ${time}`);
    assertEquals(rows.startTime, samples[0]?.time);
    assertEquals(rows.endTime, samples.length === 0 ? undefined : 1541 + 43);
    assertEquals(rows.firstOffset, samples[0]?.compositionOffset ?? 0);
  }
});

Deno.test("SampleRows.from() returns rows that can be added to", () => {
  const [first, ...others] = SAMPLES;
  const rows = rowsOf(SAMPLES.slice(0, 2)).from(1040);
  for (const sample of others.slice(1)) rows.push(sample);
  assertEquals(first?.time, 1000);
  assertEquals(written("video", rows), written("video", others));
});

Deno.test("SampleRows.clear() leaves nothing of the samples before", () => {
  const rows = rowsOf(SAMPLES);
  rows.clear();
  assertEquals([rows.length, rows.bytes, rows.firstOffset], [0, 0, 0]);
  assertEquals([rows.startTime, rows.endTime], [undefined, undefined]);
  for (let count = 1; count < SAMPLES.length; count++) {
    rows.clear();
    for (const sample of SAMPLES.slice(0, count)) rows.push(sample);
    assertEquals(written("video", rows), written("video", SAMPLES.slice(0, count)));
    assertEquals(written("video", rows.from(1040)), written("video", SAMPLES.slice(1, count)));
  }
});
