import { join } from "../../../../core/mod.ts";
import {
  partBytes,
  partHeadBytes,
  type PartTrack,
  writePart,
  writePartHead,
} from "../../../../stream/media/mp4/part.ts";
import { SampleRows } from "../../../../stream/media/mp4/sample_rows.ts";
import type { Sample } from "../../../../stream/media/samples/sample.ts";
import { assertEquals } from "../../../support/assert.ts";

const DATA = Uint8Array.from({ length: 40 }, (_, i) => i);

const SAMPLES: readonly Sample[] = [
  { data: DATA.subarray(3, 8), time: 1000, duration: 40, compositionOffset: 80, keyFrame: true },
  { data: DATA.subarray(8, 9), time: 1040, duration: 40, compositionOffset: 0, keyFrame: false },
  // Durations that a gap follows are made longer by it.
  { data: DATA.subarray(12, 20), time: 1080, duration: 40, compositionOffset: 40, keyFrame: false },
  { data: DATA.subarray(20, 23), time: 1500, duration: 41, compositionOffset: 0, keyFrame: true },
  { data: DATA.subarray(0, 2), time: 1541, duration: 43, compositionOffset: 2, keyFrame: false },
];

function rowsOf(samples: readonly Sample[]): SampleRows {
  const rows = new SampleRows();
  for (const { data, ...sample } of samples) rows.push({ ...sample, data: data.length });
  return rows;
}

type Kind = PartTrack["kind"];

/** A part with the samples on two tracks. */
function written(kind: Kind, samples: readonly Sample[]): Uint8Array {
  const tracks = [{ id: 1, kind, samples, baseTime: 900 }, { id: 2, kind: "audio", samples } as const];
  const target = new Uint8Array(partBytes(tracks));
  assertEquals(writePart(target, 0, 3, tracks), target.length);
  return target;
}

/** The same from rows, whose data are put behind the head. */
function writtenRows(kind: Kind, samples: SampleRows, datas: readonly Uint8Array[]): Uint8Array {
  const tracks = [{ id: 1, kind, samples, baseTime: 900 }, { id: 2, kind: "audio", samples } as const];
  const headBytes = partHeadBytes(tracks);
  const data = datas.reduce<Uint8Array<ArrayBuffer>>((all, some) => join(all, some), new Uint8Array(0));
  assertEquals(samples.bytes, data.length);
  const head = new Uint8Array(headBytes);
  const places = [headBytes, headBytes + data.length];
  const placed = tracks.map((track, i) => ({ ...track, dataAt: places[i] ?? 0 }));
  writePartHead(head, 0, headBytes + 2 * data.length, 3, placed);
  return join(head, join(data, data));
}

function dataOf(samples: readonly Sample[]): readonly Uint8Array[] {
  return samples.map(({ data }) => data);
}

for (const kind of ["video", "audio"] as const) {
  Deno.test(`SampleRows are written as the same samples in an array are: ${kind}`, () => {
    for (let count = 0; count <= SAMPLES.length; count++) {
      const samples = SAMPLES.slice(0, count);
      const rows = writtenRows(kind, rowsOf(samples), dataOf(samples));
      assertEquals(rows, written(kind, samples), `${count} samples`);
    }
  });
}

Deno.test("SampleRows.dropBefore() leaves out what is before a time", () => {
  for (const time of [0, 1000, 1001, 1040, 1080, 1081, 1500, 1541, 1542]) {
    const samples = SAMPLES.filter((sample) => sample.time >= time);
    const dropped = dataOf(SAMPLES.filter((sample) => sample.time < time));
    const rows = rowsOf(SAMPLES);
    assertEquals(rows.dropBefore(time), dropped.reduce((bytes, { length }) => bytes + length, 0));
    assertEquals(rows.length, samples.length);
    assertEquals(writtenRows("video", rows, dataOf(samples)), written("video", samples), `from ${time}`);
    assertEquals(rows.startTime, samples[0]?.time);
    assertEquals(rows.endTime, samples.length === 0 ? undefined : 1541 + 43);
    assertEquals(rows.firstOffset, samples[0]?.compositionOffset ?? 0);
  }
});

Deno.test("SampleRows.clear() leaves nothing of the samples before", () => {
  const rows = rowsOf(SAMPLES);
  rows.clear();
  assertEquals([rows.length, rows.bytes, rows.firstOffset], [0, 0, 0]);
  assertEquals([rows.startTime, rows.endTime], [undefined, undefined]);
  for (let count = 1; count < SAMPLES.length; count++) {
    const samples = SAMPLES.slice(0, count);
    rows.clear();
    for (const { data, ...sample } of samples) rows.push({ ...sample, data: data.length });
    assertEquals(writtenRows("video", rows, dataOf(samples)), written("video", samples));
    rows.dropBefore(1040);
    assertEquals(writtenRows("video", rows, dataOf(samples.slice(1))), written("video", samples.slice(1)));
  }
});
