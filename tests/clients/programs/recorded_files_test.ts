/**
 * Recordings of streams that ffmpeg encoded, decoded by ffmpeg: every frame is there, at its time, from 0 on; also of files
 * that were cut in the middle, as a crash leaves them.
 *
 * @module
 */
import { repairRecording } from "../../../stream/record/repair.ts";
import { assert, assertAlmostEquals, assertEquals, assertExists } from "../../support/assert.ts";
import { type DecodedFrame, decodeFrames, encodeFile } from "../../support/clients/decoded_frames.ts";
import { findProgram, type Program, runProgram } from "../../support/clients/programs.ts";
import { startingAt, startRecording } from "../../support/record/recorded_stream.ts";
import { readFlvFile } from "../../support/stream/flv_file.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

/** A publish that begins 83 minutes after its stream did. */
const START_MS = 5_000_000;
/** FLV has whole milliseconds. */
const ROUNDING_MS = 1;
/** The longest frame, of a picture, and what rounding adds. */
const FRAME_MS = 42;
/** ffprobe counts from the first picture that is shown, two frames after it is decoded. */
const REORDER_MS = 120;
const SOURCE = [
  ...["-f", "lavfi", "-i", "testsrc2=size=322x182:rate=25:duration=7"],
  ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=7"],
  ...["-c:v", "libx264", "-bf", "2", "-g", "25", "-c:a", "aac"],
];

for (const format of ["flv", "mp4"] as const) {
  Deno.test(`a recording as ${format} has all frames of the stream, from time 0 on`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await findProgram("ffmpeg", "ffmpeg");
    const source = `${directory.path}/source.flv`;
    await encodeFile(ffmpeg, SOURCE, source);
    const { closed, recorder, take, troubles } = startRecording(`${directory.path}/[app]/[stream].${format}`);
    take(startingAt(START_MS, readFlvFile(await Deno.readFile(source))));
    await recorder.stop("client");

    const file = `${directory.path}/live/cam.${format}`;
    assertEquals(troubles, []);
    assertEquals(closed.map((recording) => recording.file), [file]);
    assertEquals(closed[0]?.bytes, (await Deno.stat(file)).size);
    assertAlmostEquals(closed[0]?.durationMs ?? 0, 1000 * await probedDuration(source), FRAME_MS);
    assertAlmostEquals(await probedDuration(file), await probedDuration(source), FRAME_MS / 1000);
    await assertSameFrames(ffmpeg, source, file);
  });

  Deno.test(`segments of a recording as ${format} begin with key frames and have all frames`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await findProgram("ffmpeg", "ffmpeg");
    const source = `${directory.path}/source.flv`;
    await encodeFile(ffmpeg, SOURCE, source);
    const template = `${directory.path}/[stream].${format}`;
    const { closed, recorder, take } = startRecording(template, { maxFileMs: 2500 });
    take(startingAt(START_MS, readFlvFile(await Deno.readFile(source))));
    await recorder.stop("client");

    const names = ["cam", "cam-1", "cam-2"].map((name) => `${directory.path}/${name}.${format}`);
    assertEquals(closed.map(({ file }) => file), names);
    assertEquals(closed.map(({ reason }) => reason), ["segment", "segment", "client"]);
    const expected = (await decodeFrames(ffmpeg, source, "video")).map(({ md5 }) => md5);
    const frames = await Promise.all(names.map((name) => decodeFrames(ffmpeg, name, "video")));
    assertEquals(frames.map(({ length }) => length), [75, 75, 25]);
    assertEquals(frames.flat().map(({ md5 }) => md5), expected);
  });

  Deno.test(`a recording as ${format} that was cut anywhere is repaired up to its last whole piece`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await findProgram("ffmpeg", "ffmpeg");
    const source = `${directory.path}/source.flv`;
    await encodeFile(ffmpeg, SOURCE, source);
    const { recorder, take } = startRecording(`${directory.path}/whole.${format}`);
    take(readFlvFile(await Deno.readFile(source)));
    await recorder.stop("client");
    const whole = await Deno.readFile(`${directory.path}/whole.${format}`);
    const expected = await decodeFrames(ffmpeg, source, "video");

    for (const share of [0.3, 0.5, 0.777, 0.99]) {
      const path = `${directory.path}/cut.${format}`;
      await Deno.writeFile(`${path}.tmp`, whole.subarray(0, Math.round(share * whole.length)));
      const repaired = await repairRecording({ path: `${path}.tmp`, root: directory.path });
      assertExists(repaired);
      await Deno.rename(`${path}.tmp`, path);
      const frames = await decodeFrames(ffmpeg, path, "video");
      const sure = frames.slice(0, -3).map(({ md5 }) => md5);
      assertEquals(sure, expected.slice(0, sure.length).map(({ md5 }) => md5));

      // Of pictures that are shown before the last one, some were cut.
      assertAlmostEquals(repaired.durationMs, 40 * frames.length, FRAME_MS + REORDER_MS);
      assertAlmostEquals(1000 * await probedDuration(path), repaired.durationMs, REORDER_MS);
      assertEquals(repaired.bytes, (await Deno.stat(path)).size);
    }
  });
}

/** The same frames of both kinds, at times that differ by a constant alone. */
async function assertSameFrames(ffmpeg: Program, source: string, file: string): Promise<void> {
  for (const kind of ["video", "audio"] as const) {
    const expected = await decodeFrames(ffmpeg, source, kind);
    const frames = await decodeFrames(ffmpeg, file, kind);
    assertEquals(frames.map(({ md5 }) => md5), expected.map(({ md5 }) => md5));
    assert(deviationMs(frames, expected) <= ROUNDING_MS, `${kind}: ${deviationMs(frames, expected)} ms`);
  }
}

function deviationMs(frames: readonly DecodedFrame[], expected: readonly DecodedFrame[]): number {
  const shifts = frames.map(({ timeMs }, i) => timeMs - (expected[i]?.timeMs ?? 0));
  return (Math.max(...shifts) - Math.min(...shifts)) / 2;
}

/** Seconds, as ffprobe reads them from the front of the file. */
async function probedDuration(file: string): Promise<number> {
  const ffprobe = await findProgram("ffprobe", "ffmpeg");
  const { code, text } = await runProgram(ffprobe, [
    ...["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file],
  ]);
  assertEquals(code, 0, text);
  return Number(text);
}
