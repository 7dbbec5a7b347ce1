/**
 * Fragmented MP4 and MPEG-TS of every codec, decoded by ffmpeg to the same frames as what was published.
 *
 * @module
 */
import { MediaKind, type StreamMessage } from "../../../stream/media/media_message.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import { decodeFrames, encodeFile } from "../../support/clients/decoded_frames.ts";
import { audioMessages } from "../../support/clients/probed_packets.ts";
import { debian13Program, findProgram, type Program } from "../../support/clients/programs.ts";
import { readFlvFile } from "../../support/stream/flv_file.ts";
import { muxMp4, muxTs } from "../../support/stream/muxers.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const SECONDS = "3";
const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=322x182:rate=30000/1001", "-t", SECONDS];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", SECONDS, "-ac", "2"];
/** Milliseconds: FLV has whole ones, and MPEG-TS ticks of 90 kHz. */
const ROUNDING_MS = 0.02;

const debian12 = (): Promise<Program> => findProgram("ffmpeg", "ffmpeg");
const debian13 = (): Promise<Program> => debian13Program("ffmpeg");

const X265 = ["-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=none:keyint=25"];
// B-frames in H.264 and HEVC; none in the others
const VIDEO = [
  {
    name: "H.264 with B-frames",
    encoder: ["-c:v", "libx264", "-g", "25", "-bf", "3"],
    formats: ["mp4", "ts"],
  },
  {
    name: "H.264, interlaced",
    encoder: ["-vf", "scale=320:192,interlace", "-c:v", "libx264", "-flags", "+ildct+ilme", "-g", "25"],
    formats: ["mp4", "ts"],
  },
  { name: "HEVC", encoder: [...X265, "-pix_fmt", "yuv420p"], formats: ["mp4", "ts"] },
  { name: "HEVC, 10 bits", encoder: [...X265, "-pix_fmt", "yuv420p10le"], formats: ["mp4", "ts"] },
  {
    name: "AV1",
    encoder: ["-c:v", "libsvtav1", "-preset", "12", "-g", "25", "-pix_fmt", "yuv420p"],
    formats: ["mp4"],
  },
  {
    name: "VP9",
    encoder: [
      "-c:v",
      "libvpx-vp9",
      "-deadline",
      "realtime",
      "-cpu-used",
      "8",
      "-g",
      "25",
      "-pix_fmt",
      "yuv420p",
    ],
    formats: ["mp4"],
  },
] as const;

const FLV_AUDIO = [
  { name: "AAC", encoder: ["-c:a", "aac"], formats: ["mp4", "ts"] },
  {
    name: "AAC at 44.1 kHz, 5.1",
    encoder: ["-c:a", "aac", "-ar", "44100", "-ac", "6"],
    formats: ["mp4", "ts"],
  },
  { name: "MP3", encoder: ["-c:a", "libmp3lame", "-ar", "44100"], formats: ["mp4", "ts"] },
  { name: "MP3 at 22.05 kHz", encoder: ["-c:a", "libmp3lame", "-ar", "22050"], formats: ["mp4", "ts"] },
] as const;

// No ffmpeg here writes these into FLV: their packets are taken from Matroska.
const OTHER_AUDIO = [
  { name: "Opus", fourCc: "Opus", encoder: ["-c:a", "libopus"], formats: ["mp4", "ts"] },
  {
    name: "Opus, frames of 60 ms",
    fourCc: "Opus",
    encoder: ["-c:a", "libopus", "-frame_duration", "60"],
    formats: ["mp4", "ts"],
  },
  {
    name: "Opus, 5.1",
    fourCc: "Opus",
    encoder: ["-ac", "6", "-c:a", "libopus", "-mapping_family", "1"],
    formats: ["mp4", "ts"],
  },
  { name: "FLAC", fourCc: "fLaC", encoder: ["-c:a", "flac"], formats: ["mp4"] },
  {
    name: "FLAC, 24 bits at 96 kHz",
    fourCc: "fLaC",
    encoder: ["-ar", "96000", "-c:a", "flac", "-sample_fmt", "s32"],
    formats: ["mp4"],
  },
  { name: "AC-3", fourCc: "ac-3", encoder: ["-c:a", "ac3"], formats: ["mp4", "ts"] },
  { name: "AC-3, 5.1", fourCc: "ac-3", encoder: ["-ac", "6", "-c:a", "ac3"], formats: ["mp4", "ts"] },
] as const;

const MUXERS = { mp4: muxMp4, ts: muxTs } as const;

for (const { name, encoder, formats } of VIDEO) {
  Deno.test(`ffmpeg decodes ${name} from ${formats.join(" and ")} to the frames of the source`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await debian13();
    const source = `${directory.path}/source.flv`;
    await encodeFile(ffmpeg, [...PICTURE, ...SOUND, ...encoder, "-c:a", "aac"], source);
    const messages = readFlvFile(await Deno.readFile(source));
    for (const format of formats) {
      const file = `${directory.path}/out.${format}`;
      await Deno.writeFile(file, MUXERS[format](messages));
      // Debian 12's ffmpeg reads them too, but FLV with a FourCC only newer ones.
      const expected = await decodeFrames(ffmpeg, source, "video");
      for (const reader of [ffmpeg, await debian12()]) {
        const frames = await decodeFrames(reader, file, "video");
        assertEquals(frames.map(({ md5 }) => md5), expected.map(({ md5 }) => md5), format);
        const [shift = 0, ...shifts] = frames.map(({ timeMs }, i) => timeMs - (expected[i]?.timeMs ?? 0));
        assert(shifts.every((other) => Math.abs(other - shift) < ROUNDING_MS), `${shift} and ${shifts}`);
        assert(format === "ts" || Math.abs(shift) < ROUNDING_MS, `${shift} ms late`);
      }
      await assertSameSound(ffmpeg, source, file);
    }
  });
}

for (const { name, encoder, formats } of FLV_AUDIO) {
  Deno.test(`ffmpeg decodes ${name} from ${formats.join(" and ")} to the sound of the source`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await debian12();
    const source = `${directory.path}/source.flv`;
    await encodeFile(ffmpeg, [...SOUND, ...encoder], source);
    const messages = readFlvFile(await Deno.readFile(source));
    for (const format of formats) {
      const file = `${directory.path}/out.${format}`;
      await Deno.writeFile(file, MUXERS[format](messages));
      for (const reader of [ffmpeg, await debian13()]) await assertSameSound(reader, source, file);
    }
  });
}

for (const { name, fourCc, encoder, formats } of OTHER_AUDIO) {
  Deno.test(`ffmpeg decodes ${name} from ${formats.join(" and ")} to the sound of the source`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await debian13();
    const source = `${directory.path}/source.mka`;
    await encodeFile(ffmpeg, [...SOUND, ...encoder], source);
    const messages = await audioMessages(await debian13Program("ffprobe"), source, fourCc);
    for (const format of formats) {
      const file = `${directory.path}/out.${format}`;
      await Deno.writeFile(file, MUXERS[format](messages));
      for (const reader of [ffmpeg, await debian12()]) await assertSameSound(reader, source, file);
    }
  });
}

/**
 * The end of Matroska's last frame is cut, which a live stream cannot say; and the start of Opus, which MPEG-TS does not
 * say here.
 */
async function assertSameSound(reader: Program, source: string, file: string): Promise<void> {
  const isMatroska = source.endsWith(".mka");
  const range = [isMatroska && file.endsWith(".ts") ? 1 : 0, isMatroska ? -1 : undefined] as const;
  const expected = (await decodeFrames(reader, source, "audio")).slice(...range);
  const frames = (await decodeFrames(reader, file, "audio")).slice(...range);
  assertEquals(frames.map(({ md5 }) => md5), expected.map(({ md5 }) => md5), file);
  assert(frames.length > 10, `${frames.length} frames`);
}

Deno.test("ffmpeg decodes pictures whose slices came in messages of their own", async () => {
  await using directory = await temporaryDirectory();
  const ffmpeg = await debian12();
  const source = `${directory.path}/source.flv`;
  const encoder = ["-c:v", "libx264", "-g", "25", "-x264-params", "slices=4:sliced-threads=0"];
  await encodeFile(ffmpeg, [...PICTURE, ...encoder], source);
  const messages = readFlvFile(await Deno.readFile(source)).flatMap(unitByUnit);
  const expected = await decodeFrames(ffmpeg, source, "video");
  assert(messages.length > 4 * expected.length, `${messages.length} messages`);
  for (const format of ["mp4", "ts"] as const) {
    const file = `${directory.path}/out.${format}`;
    await Deno.writeFile(file, MUXERS[format](messages));
    assertEquals(
      (await decodeFrames(ffmpeg, file, "video")).map(({ md5 }) => md5),
      expected.map(({ md5 }) => md5),
    );
  }
});

/** A frame of H.264 as a message for each NAL unit but those before its first slice. */
function unitByUnit(message: StreamMessage): StreamMessage[] {
  const { typeId, payload } = message;
  if (typeId !== MediaKind.Video || payload[1] !== 1) return [message];
  const head = payload.slice(0, 5);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let from = 5;
  for (let at = from; at + 4 < payload.length;) {
    const isSlice = ((payload[at + 4] ?? 0) & 0x1f) <= 5;
    at += 4 + new DataView(payload.buffer, payload.byteOffset + at).getUint32(0);
    if (!isSlice) continue;
    pieces.push(payload.slice(from, at));
    from = at;
  }
  return pieces.map((piece) => ({ ...message, payload: bytes(head, piece) }));
}
