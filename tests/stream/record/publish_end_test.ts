/** What a recording has when its publish ends: everything that came, also what waited for a picture. */
import { MediaKind, type StreamMessage } from "../../../stream/media/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { type RecordingTrial, startRecording } from "../../support/record/recorded_stream.ts";
import {
  aacFrame,
  aacSequenceHeader,
  AUDIO_FRAME_MS,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
  VIDEO_FRAME_MS,
} from "../../support/stream/media.ts";
import { readFlvFile } from "../../support/stream/flv_file.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const VIDEO_HEADER: StreamMessage = { typeId: MediaKind.Video, time: 0, payload: avcSequenceHeader() };

/** A second of pictures from `startMs` on, one GOP. */
function pictures(startMs: number): StreamMessage[] {
  return Array.from({ length: 25 }, (_, i) => {
    const payload = i === 0 ? avcKeyFrame() : avcInterFrame(i);
    return { typeId: MediaKind.Video, time: startMs + i * VIDEO_FRAME_MS, payload };
  });
}

/** Sound from `startMs` on. */
function sound(startMs: number, frames: number, header = aacSequenceHeader()): StreamMessage[] {
  const first = { typeId: MediaKind.Audio, time: startMs, payload: header };
  const rest = Array.from({ length: frames }, (_, i) => {
    return { typeId: MediaKind.Audio, time: startMs + i * AUDIO_FRAME_MS, payload: aacFrame() };
  });
  return [first, ...rest];
}

/** Mono instead of stereo. */
function otherSound(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xaf, 0x00, 0x12, 0x08);
}

/** What was closed, in tenths of a second. */
function durations({ closed }: RecordingTrial): number[] {
  return closed.map(({ durationMs }) => Math.round(durationMs / 100));
}

/** For each format: the files of these messages, by their durations in tenths of a second. */
const ENDINGS: readonly {
  readonly name: string;
  readonly messages: readonly StreamMessage[];
  readonly files: { readonly flv: readonly number[]; readonly mp4: readonly number[] };
}[] = [
  {
    name: "sound that began when the pictures stopped",
    messages: [VIDEO_HEADER, ...pictures(0), ...sound(1000, 174)],
    files: { flv: [50], mp4: [10, 40] },
  },
  {
    name: "sound whose configuration changed after the last key frame",
    messages: [VIDEO_HEADER, ...sound(0, 10), ...pictures(230), ...sound(1230, 87, otherSound())],
    files: { flv: [12, 20], mp4: [12, 20] },
  },
  {
    name: "sound that waited for a first picture",
    messages: [VIDEO_HEADER, ...sound(0, 174)],
    files: { flv: [40], mp4: [40] },
  },
  {
    name: "sound of a minute whose first picture never came",
    messages: [VIDEO_HEADER, ...sound(0, 2609)],
    files: { flv: [600], mp4: [600] },
  },
  {
    name: "sound that is shorter than what tracks are waited for",
    messages: sound(0, 13),
    files: { flv: [3], mp4: [3] },
  },
  {
    name: "three pictures",
    messages: [VIDEO_HEADER, ...pictures(0).slice(0, 3)],
    files: { flv: [1], mp4: [1] },
  },
];

Deno.test("an FLV file of sound that waited for a picture has no header of pictures, and another one begins with the first", async () => {
  await using directory = await temporaryDirectory();
  const trial = startRecording(`${directory.path}/[stream].flv`);
  const [key, ...others] = pictures(6000);
  assert(key !== undefined);
  trial.take([VIDEO_HEADER, ...sound(0, 261), ...others.slice(0, 3), VIDEO_HEADER, key, ...others]);
  await trial.recorder.stop("client");
  assertEquals(durations(trial), [60, 10]);
  const kinds = await Promise.all(trial.closed.map(async ({ file }) => {
    const tags = readFlvFile(await Deno.readFile(file));
    return [8, 9].map((kind) => tags.filter(({ typeId }) => typeId === kind).length);
  }));
  // A header, and the frames.
  assertEquals(kinds, [[262, 0], [1, 26]]);
});

Deno.test("FLV files of sound whose pictures never came are as long as they may be", async () => {
  await using directory = await temporaryDirectory();
  const trial = startRecording(`${directory.path}/[stream].flv`, { maxFileMs: 8000 });
  trial.take([VIDEO_HEADER, ...sound(0, 870)]);
  await trial.recorder.stop("client");
  assertEquals(durations(trial), [80, 80, 40]);
  const files = await Promise.all(
    trial.closed.map(async ({ file }) => readFlvFile(await Deno.readFile(file))),
  );
  assert(files.flat().every(({ typeId }) => typeId !== MediaKind.Video));
});

for (const format of ["flv", "mp4"] as const) {
  for (const { name, messages, files } of ENDINGS) {
    Deno.test(`a publish that ends leaves in ${format} files: ${name}`, async () => {
      await using directory = await temporaryDirectory();
      const trial = startRecording(`${directory.path}/[stream].${format}`);
      trial.take(messages);
      await trial.recorder.stop("client");
      assertEquals([durations(trial), trial.troubles], [files[format], []]);
    });
  }
}
