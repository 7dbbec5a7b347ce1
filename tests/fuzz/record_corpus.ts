/**
 * Records what real clients send, for the fuzzer to start from: `deno run -A tests/fuzz/record_corpus.ts` writes
 * `tests/fuzz/corpus/*.bin`, the first bytes of each connection from C0 on.
 *
 * @module
 */
import { findProgram, type Program, startProgram } from "../support/clients/programs.ts";
import { GENERATED_INPUT, H264_AAC } from "../support/clients/streams.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import { CORPUS_DIRECTORY } from "./recordings.ts";

/** Enough for the handshake, all commands and some frames. */
const KEPT_BYTES = 16 * 1024;
const RECORDING_MS = 6000;

interface Recording {
  readonly name: string;
  readonly program: Program;
  args(url: string): readonly string[];
  /** Somebody has to publish for it. */
  readonly plays: boolean;
}

const ffmpeg = await findProgram("ffmpeg", "ffmpeg");
const gst = await findProgram("gst-launch-1.0", "gstreamer1.0-tools");
const rtmpdump = await findProgram("rtmpdump", "rtmpdump");
const publish = (url: string): readonly string[] => [...GENERATED_INPUT, ...H264_AAC, url];
const gstPublish = (sink: string) => (url: string): readonly string[] => [
  ...["-e", "videotestsrc", "is-live=true", "!", "video/x-raw,width=64,height=64,framerate=25/1", "!"],
  ...["x264enc", "tune=zerolatency", "speed-preset=ultrafast", "key-int-max=25", "!", "h264parse", "!"],
  ...["flvmux", "name=mux", "streamable=true", "!", sink, `location=${url}`],
  ...["audiotestsrc", "is-live=true", "!", "avenc_aac", "!", "mux."],
];

const RECORDINGS: readonly Recording[] = [
  { name: "ffmpeg_publish", program: ffmpeg, args: publish, plays: false },
  { name: "gst_rtmp2sink", program: gst, args: gstPublish("rtmp2sink"), plays: false },
  { name: "gst_rtmpsink", program: gst, args: gstPublish("rtmpsink"), plays: false },
  {
    name: "ffmpeg_play",
    program: ffmpeg,
    args: (url) => ["-nostdin", "-v", "error", "-i", url, "-f", "null", "-"],
    plays: true,
  },
  {
    name: "rtmpdump_play",
    program: rtmpdump,
    args: (url) => ["-q", "--live", "-r", url, "-o", "/dev/null"],
    plays: true,
  },
];

for (const recording of RECORDINGS) {
  await using harness = RtmpHarness.start();
  const direct = `rtmp://127.0.0.1:${harness.port}/live/livestream`;
  const publisher = recording.plays ? startProgram(ffmpeg, publish(direct)) : undefined;
  if (publisher !== undefined) await harness.logged("Stream format");
  const kept: number[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = startProgram(
    recording.program,
    recording.args(`rtmp://127.0.0.1:${listener.addr.port}/live/livestream`),
  );
  const far = await listener.accept();
  listener.close();
  const near = await Deno.connect({ hostname: "127.0.0.1", port: harness.port });
  const pumps = Promise.all([pump(far, near, kept), pump(near, far, [])]);
  await new Promise((resolve) => setTimeout(resolve, RECORDING_MS));
  await client.stop("SIGKILL");
  await publisher?.stop("SIGKILL");
  await pumps;
  await Deno.writeFile(new URL(`${recording.name}.bin`, CORPUS_DIRECTORY), Uint8Array.from(kept));
}

/** Move bytes until the sender ends, keeping the first of them. */
async function pump(from: Deno.TcpConn, to: Deno.TcpConn, kept: number[]): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let size; (size = await from.read(buffer)) !== null;) {
      kept.push(...buffer.subarray(0, Math.min(size, KEPT_BYTES - kept.length)));
      for (let at = 0; at < size;) at += await to.write(buffer.subarray(at, size));
    }
    await to.closeWrite();
  } catch (error) {
    // A program that is ended leaves a broken connection behind.
    if (!(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)) {
      throw error;
    }
  }
}
