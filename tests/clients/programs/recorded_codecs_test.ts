/**
 * Streams of every codec, published by ffmpeg and recorded by the server as FLV and as MP4: ffmpeg decodes the same frames
 * from the file as from the source, other readers take it without a warning.
 *
 * @module
 */
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from "mediabunny";
import { assert, assertAlmostEquals, assertEquals, assertExists } from "../../support/assert.ts";
import { type DecodedFrame, decodeFrames, encodeFile } from "../../support/clients/decoded_frames.ts";
import { audioMessages } from "../../support/clients/probed_packets.ts";
import {
  debian13Program,
  debianSidProgram,
  findProgram,
  type Program,
  runProgram,
} from "../../support/clients/programs.ts";
import { showFigure, shown } from "../../support/process/show.ts";
import { startRecording } from "../../support/record/recorded_stream.ts";
import { RecordingServer } from "../../support/record/recording_server.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const SECONDS = String(shown(20, 3));
const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=322x182:rate=25"];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
const H264 = ["-c:v", "libx264", "-g", "25", "-bf", "3", "-pix_fmt", "yuv420p"];
const HEVC = ["-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=none:keyint=25:bframes=3"];
const AV1 = ["-c:v", "libsvtav1", "-preset", "12", "-g", "25"];
const VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"];
const AAC = ["-c:a", "aac", "-ac", "2"];
const MP3 = ["-c:a", "libmp3lame", "-ar", "44100"];
const OPUS = ["-c:a", "libopus", "-ac", "2"];
const FLAC = ["-c:a", "flac", "-ac", "2"];
const AC3 = ["-c:a", "ac3", "-ac", "2"];

/** A stream that is recorded. */
interface RecordedCase {
  readonly name: string;
  readonly encoder: readonly string[];
  readonly kinds: readonly ("video" | "audio")[];
  /** The longest frame, milliseconds. */
  readonly frameMs: number;
  /** GStreamer 1.22 reads it in FLV: it knows none of the codecs that have a FourCC there. */
  readonly isClassic: boolean;
}

const BOTH = ["video", "audio"] as const;
/** What ffmpeg 7.1 sends. */
const CASES: readonly RecordedCase[] = [
  { name: "H.264 with B-frames, AAC", encoder: [...H264, ...AAC], kinds: BOTH, frameMs: 40, isClassic: true },
  { name: "H.264, MP3", encoder: [...H264, ...MP3], kinds: BOTH, frameMs: 40, isClassic: true },
  { name: "HEVC with B-frames, AAC", encoder: [...HEVC, ...AAC], kinds: BOTH, frameMs: 40, isClassic: false },
  { name: "AV1, AAC", encoder: [...AV1, ...AAC], kinds: BOTH, frameMs: 40, isClassic: false },
  { name: "VP9, AAC", encoder: [...VP9, ...AAC], kinds: BOTH, frameMs: 40, isClassic: false },
  { name: "H.264 alone", encoder: H264, kinds: ["video"], frameMs: 40, isClassic: true },
  { name: "AAC alone", encoder: AAC, kinds: ["audio"], frameMs: 22, isClassic: true },
  { name: "MP3 alone", encoder: MP3, kinds: ["audio"], frameMs: 27, isClassic: true },
];
/** What ffmpeg 9 sends and reads besides, for the full length alone: few machines have it. */
const NEWEST: readonly RecordedCase[] = [
  { name: "H.264, Opus", encoder: [...H264, ...OPUS], kinds: BOTH, frameMs: 40, isClassic: false },
  { name: "AV1, FLAC", encoder: [...AV1, ...FLAC], kinds: BOTH, frameMs: 97, isClassic: false },
  { name: "VP9, Opus", encoder: [...VP9, ...OPUS], kinds: BOTH, frameMs: 40, isClassic: false },
  { name: "HEVC, AC-3", encoder: [...HEVC, ...AC3], kinds: BOTH, frameMs: 40, isClassic: false },
  { name: "Opus alone", encoder: OPUS, kinds: ["audio"], frameMs: 20, isClassic: false },
  { name: "FLAC alone", encoder: FLAC, kinds: ["audio"], frameMs: 97, isClassic: false },
  { name: "AC-3 alone", encoder: AC3, kinds: ["audio"], frameMs: 32, isClassic: false },
];
/** FLV has whole milliseconds. */
const ROUNDING_MS = 1;
/** Between the decoding of a picture and its showing, at most. */
const REORDER_MS = 121;

for (const stream of [...CASES, ...shown(NEWEST, [])]) {
  Deno.test(`a recording of ${stream.name} has the frames of the stream`, async () => {
    const ffmpeg = await (NEWEST.includes(stream) ? debianSidProgram : debian13Program)("ffmpeg");
    await using directory = await temporaryDirectory();
    const source = `${directory.path}/source.flv`;
    await encodeFile(ffmpeg, [...inputs(stream), "-t", SECONDS, ...stream.encoder], source);
    await using server = await RecordingServer.start();
    for (const format of ["flv", "mp4"] as const) {
      const file = await server.publish(ffmpeg, source, format);
      for (const kind of stream.kinds) await assertSameFrames(ffmpeg, kind, source, file);
      const [durationMs, wantedMs] = [1000 * await probedDuration(file), 1000 * await probedDuration(source)];
      assertAlmostEquals(durationMs, wantedMs, stream.frameMs + ROUNDING_MS, file);
      if (format === "mp4") await assertReadByMediabunny(file, stream, wantedMs / 1000);
      if (format === "mp4" || stream.isClassic) await assertReadByGstreamer(file);
      showFigure(
        `${stream.name}, ${format}: all frames as the source's; ${durationMs} ms by ffprobe, ` +
          `${wantedMs.toFixed(0)} ms the source`,
      );
    }
  });
}

// No ffmpeg but the newest writes these into FLV: their packets are taken from Matroska.
for (
  const { name, fourCc, encoder, frameMs } of [
    { name: "Opus", fourCc: "Opus", encoder: OPUS, frameMs: 20 },
    { name: "FLAC", fourCc: "fLaC", encoder: FLAC, frameMs: 97 },
    { name: "AC-3", fourCc: "ac-3", encoder: AC3, frameMs: 32 },
  ]
) {
  Deno.test(`a recording of ${name} from Matroska has the frames of the stream`, async () => {
    await using directory = await temporaryDirectory();
    const ffmpeg = await debian13Program("ffmpeg");
    const source = `${directory.path}/source.mka`;
    await encodeFile(ffmpeg, [...SOUND, "-t", SECONDS, ...encoder], source);
    const { closed, recorder, take, troubles } = startRecording(`${directory.path}/[stream].mp4`);
    take(await audioMessages(await debian13Program("ffprobe"), source, fourCc));
    await recorder.stop("client");
    assertEquals(troubles, []);
    const file = closed[0]?.file ?? "";
    // How much of the last packet is silence that was added, Matroska says, and a live stream cannot.
    const range = [0, -1] as const;
    const expected = (await decodeFrames(ffmpeg, source, "audio")).slice(...range);
    const frames = (await decodeFrames(ffmpeg, file, "audio")).slice(...range);
    assertEquals(frames.map(({ md5 }) => md5), expected.map(({ md5 }) => md5));
    assertAlmostEquals(1000 * await probedDuration(file), 1000 * await probedDuration(source), frameMs);
    await assertReadByGstreamer(file);
  });
}

/** Pictures and sound, as far as a stream has them. */
function inputs({ kinds }: Pick<RecordedCase, "kinds">): string[] {
  return [...kinds.includes("video") ? PICTURE : [], ...kinds.includes("audio") ? SOUND : []];
}

/** The same frames, at times that differ by a constant alone. */
async function assertSameFrames(
  ffmpeg: Program,
  kind: "video" | "audio",
  source: string,
  file: string,
): Promise<void> {
  const expected = await decodeFrames(ffmpeg, source, kind);
  const frames = await decodeFrames(ffmpeg, file, kind);
  assertEquals(frames.map(({ md5 }) => md5), expected.map(({ md5 }) => md5), `${kind} of ${file}`);
  assert(frames.length > 25, `${frames.length} frames`);
  assert(deviationMs(frames, expected) <= ROUNDING_MS, `${kind}: ${deviationMs(frames, expected)} ms`);
}

function deviationMs(frames: readonly DecodedFrame[], expected: readonly DecodedFrame[]): number {
  const shifts = frames.map(({ timeMs }, i) => timeMs - (expected[i]?.timeMs ?? 0));
  return (Math.max(...shifts) - Math.min(...shifts)) / 2;
}

/** Seconds, as ffprobe of Debian 13 reads them from the front of the file. */
async function probedDuration(file: string): Promise<number> {
  const { code, text } = await runProgram(await debian13Program("ffprobe"), [
    ...["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file],
  ]);
  assertEquals(code, 0, text);
  return Number(text);
}

/** All packets of all tracks, one after the other, from 0 on; and the same without the index, by reading on. */
async function assertReadByMediabunny(
  file: string,
  { kinds, frameMs }: RecordedCase,
  seconds: number,
): Promise<void> {
  const source = new BlobSource(new Blob([await Deno.readFile(file)]));
  using input = new Input({ source, formats: ALL_FORMATS });
  const tracks = await input.getTracks();
  assertEquals(tracks.map(({ type }) => type), [...kinds]);
  // It counts to the end of the last picture, which is shown later than it is decoded.
  assertAlmostEquals(await input.computeDuration(), seconds, (frameMs + REORDER_MS) / 1000);
  for (const track of tracks) {
    assertExists(track.codec, `${track.type} of ${file}`);
    let endS = await track.getFirstTimestamp();
    assertAlmostEquals(endS, 0, 0.15);
    // In the order of decoding: what is shown earlier comes later.
    for await (const packet of new EncodedPacketSink(track).packets()) {
      assert(Math.abs(packet.timestamp - endS) < 0.5, `${track.type} at ${packet.timestamp} after ${endS}`);
      endS = packet.timestamp;
    }
    assertAlmostEquals(endS, seconds, 0.25);
  }
}

/** GStreamer parses all tracks to their end; what it warns of it prints. */
async function assertReadByGstreamer(file: string): Promise<void> {
  const gstLaunch = await findProgram("gst-launch-1.0", "gstreamer1.0-tools");
  const demuxer = file.endsWith(".mp4") ? "qtdemux" : "flvdemux";
  const { code, text } = await runProgram(gstLaunch, [
    ...["-q", "filesrc", `location=${file}`, "!", demuxer, "name=demux"],
    ...["demux.", "!", "queue", "!", "fakesink", "sync=false"],
  ], { env: { GST_DEBUG: `1,${demuxer}:2`, GST_DEBUG_NO_COLOR: "1" } });
  // It says so of sample entries that it reads all the same, and of the end of any FLV file.
  const warnings = text.split("\n").filter((line) =>
    !/^$|unknown QuickTime node type|failed when pulling .*: eos$/.test(line)
  );
  assertEquals([code, warnings], [0, []], file);
}
