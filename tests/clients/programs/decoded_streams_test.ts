/**
 * What is published comes out of HLS, in both formats, and of HTTP-TS as the same frames: decoded by ffmpeg without an
 * error, pixel for pixel and sample for sample.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { decodeFrames, encodeFile } from "../../support/clients/decoded_frames.ts";
import {
  debian13Program,
  debianSidProgram,
  type Program,
  runProgram,
} from "../../support/clients/programs.ts";
import { readPlaylist } from "../../support/hls/playlist_reader.ts";
import { QUIET_TOML, ServerProcess } from "../../support/process/server_process.ts";
import { pause, showFigure, shown } from "../../support/process/show.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const SECONDS = String(shown(20, 3));
const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=322x182:rate=30000/1001"];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
const H264 = ["-c:v", "libx264", "-g", "25", "-bf", "3", "-pix_fmt", "yuv420p"];
const HEVC = ["-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=none:keyint=25:bframes=3"];
const AV1 = ["-c:v", "libsvtav1", "-preset", "12", "-g", "25"];
const VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"];
const AAC = ["-c:a", "aac", "-ac", "2"];
const OPUS_ENCODER = ["-c:a", "libopus", "-ac", "2"];
const MP3 = ["-c:a", "libmp3lame", "-ar", "44100"];

/** A stream, and whether MPEG-TS can carry it. */
interface StreamCase {
  readonly name: string;
  readonly encoder: readonly string[];
  readonly kinds: readonly ("video" | "audio")[];
  readonly isForTs: boolean;
}

const CASES: readonly StreamCase[] = [
  { name: "H.264 with B-frames, AAC", encoder: [...H264, ...AAC], kinds: ["video", "audio"], isForTs: true },
  { name: "H.264, MP3", encoder: [...H264, ...MP3], kinds: ["video", "audio"], isForTs: true },
  { name: "HEVC with B-frames, AAC", encoder: [...HEVC, ...AAC], kinds: ["video", "audio"], isForTs: true },
  { name: "AV1, AAC", encoder: [...AV1, ...AAC], kinds: ["video", "audio"], isForTs: false },
  { name: "VP9, AAC", encoder: [...VP9, ...AAC], kinds: ["video", "audio"], isForTs: false },
  { name: "H.264 alone", encoder: H264, kinds: ["video"], isForTs: true },
  { name: "AAC alone", encoder: AAC, kinds: ["audio"], isForTs: true },
  { name: "MP3 alone", encoder: MP3, kinds: ["audio"], isForTs: true },
];

/** Only the newest ffmpeg sends it. */
const OPUS: readonly StreamCase[] = [
  { name: "Opus alone", encoder: OPUS_ENCODER, kinds: ["audio"], isForTs: true },
  { name: "H.264, Opus", encoder: [...H264, ...OPUS_ENCODER], kinds: ["video", "audio"], isForTs: true },
  { name: "VP9, Opus", encoder: [...VP9, ...OPUS_ENCODER], kinds: ["video", "audio"], isForTs: false },
];

for (const stream of [...CASES, ...shown(OPUS, [])]) {
  Deno.test(`${stream.name} comes out of HLS and HTTP-TS as it was published`, async () => {
    await compare(stream, await (OPUS.includes(stream) ? debianSidProgram : debian13Program)("ffmpeg"));
  });
}

/** One stream through all outputs. */
async function compare({ name, encoder, kinds, isForTs }: StreamCase, publisher: Program): Promise<void> {
  const ffmpeg = await debian13Program("ffmpeg");
  const isOpus = name.includes("Opus");
  await using directory = await temporaryDirectory();
  const source = `${directory.path}/source.${isOpus ? "mkv" : "flv"}`;
  // Pictures come first: HLS leaves out what sound there is before a first key frame.
  const sound = kinds.includes("video") ? ["-itsoffset", "0.1", ...SOUND] : SOUND;
  const inputs = [...kinds.includes("video") ? PICTURE : [], ...kinds.includes("audio") ? sound : []];
  await encodeFile(ffmpeg, [...inputs, "-t", SECONDS, ...encoder], source);
  await using server = await WatchedStream.start();
  const formats = isForTs ? ["fmp4", "mpegts"] as const : ["fmp4"] as const;
  const outputs = await Promise.all([
    ...formats.map((format) => server.hls(publisher, source, format)),
    server.httpTs(publisher, source),
  ]);
  for (const output of outputs) {
    if (output.refusal !== "") {
      assert(!isForTs && output.format === "ts", output.refusal);
      assertMatch(output.refusal, /^415 MPEG-TS cannot carry (AV1|VP9) of this stream/);
      continue;
    }
    const file = `${directory.path}/out.${output.format}`;
    await Deno.writeFile(file, output.bytes);
    const counts: string[] = [];
    for (const kind of kinds) {
      const expected = await decodeFrames(ffmpeg, source, kind);
      const frames = await decodeFrames(ffmpeg, file, kind);
      // Matroska says how much of the last packet of Opus to leave out, and MPEG-TS not here how much of the first.
      const range = isOpus && kind === "audio" ? [output.format === "fmp4" ? 0 : 1, -1] : [];
      assertEquals(
        frames.slice(...range).map(({ md5 }) => md5),
        expected.slice(...range).map(({ md5 }) => md5),
        `${kind} of ${output.format}`,
      );
      assert(frames.length > 50, `${frames.length} frames`);
      counts.push(`${frames.length} ${kind}`);
    }
    showFigure(`${name}, ${output.format}: ${counts.join(" and ")} frames are those of the source`);
  }
}

/** What came out of the server. */
interface Output {
  /** `ts` of HTTP-TS. */
  readonly format: "fmp4" | "mpegts" | "ts";
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Status and text of an answer without media. */
  readonly refusal: string;
}

const HTTP_LINE = /Listening for players by HTTP address=(\S+)/;
const TOML = `${
  QUIET_TOML.replace("[http_server]\nenabled = false", '[http_server]\nlisten = "127.0.0.1:0"')
}[vhost.fmp4.hls]
hls_window = 60
[vhost.mpegts.hls]
hls_window = 60
hls_format = "mpegts"
[vhost.ts.http_remux]
mount = "[vhost]/[app]/[stream].ts"
missing_timeout = 8
`;

/** A server with a vhost for each output, and one viewer of each. */
class WatchedStream implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly #origin: string;

  private constructor(server: ServerProcess, origin: string) {
    this.#server = server;
    this.#origin = origin;
  }

  static async start(): Promise<WatchedStream> {
    const server = await ServerProcess.start({ toml: TOML });
    const address = HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1] ?? "";
    return new WatchedStream(server, `http://${address}`);
  }

  /** The viewer comes first, so that it has all; at the end all of it is in the list. */
  async hls(ffmpeg: Program, source: string, format: "fmp4" | "mpegts"): Promise<Output> {
    const url = `${this.#origin}/live/stream.m3u8?vhost=${format}`;
    const viewer = new AbortController();
    const watching = this.#watch(url, viewer.signal);
    await this.#publish(ffmpeg, source, format);
    viewer.abort();
    const playlistUrl = await watching;
    const text = await (await fetch(playlistUrl)).text();
    const [, init] = /#EXT-X-MAP:URI="([^"]+)"/.exec(text) ?? [];
    const names = [...init === undefined ? [] : [init], ...readPlaylist(text).segments.map(({ uri }) => uri)];
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (const name of names) {
      const response = await fetch(new URL(name ?? "", playlistUrl));
      assertEquals(response.status, 200, name);
      pieces.push(new Uint8Array(await response.arrayBuffer()));
    }
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    return { format, bytes, refusal: "" };
  }

  /** The player comes first; its answer is whole when nobody publishes any more. */
  async httpTs(ffmpeg: Program, source: string): Promise<Output> {
    const player = fetch(`${this.#origin}/live/stream.ts?vhost=ts`);
    await this.#publish(ffmpeg, source, "ts");
    const response = await player;
    const body = await response.arrayBuffer();
    const isMedia = response.status === 200;
    return {
      format: "ts",
      bytes: new Uint8Array(isMedia ? body : new ArrayBuffer(0)),
      refusal: isMedia ? "" : `${response.status} ${new TextDecoder().decode(body)}`,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** The playlist of a viewer who keeps asking for it until it is time. */
  async #watch(url: string, over: AbortSignal): Promise<URL> {
    for (;;) {
      const first = await fetch(url);
      const text = await first.text();
      // A publisher may take longer to start than a viewer is held.
      if (first.status !== 200 && !over.aborted) continue;
      const playlistUrl = new URL(text.trim().split("\n").at(-1) ?? "", url);
      while (!over.aborted) {
        await (await fetch(playlistUrl)).text();
        await pause(1000);
      }
      return playlistUrl;
    }
  }

  async #publish(ffmpeg: Program, source: string, vhost: string): Promise<void> {
    const { code, text } = await runProgram(ffmpeg, [
      ...["-nostdin", "-v", "error", "-re", "-i", source, "-map", "0", "-c", "copy", "-f", "flv"],
      this.#server.rtmpUrl(`live?vhost=${vhost}/stream`),
    ]);
    assertEquals({ code, text }, { code: 0, text: "" });
  }
}
