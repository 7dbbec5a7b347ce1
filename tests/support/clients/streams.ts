/**
 * What the tests of real clients have in common: a publisher for players, a server that refuses, and a look at what
 * a player took.
 *
 * @module
 */
import { assert, assertEquals } from "../assert.ts";
import { HookedServer } from "../hooks/hooked_server.ts";
import type { ServerProcess } from "../process/server_process.ts";
import type { ClientProcess } from "./client_process.ts";
import { findProgram, type Program, runProgram, startProgram } from "./programs.ts";

/** Why a server of these tests refuses; clients have to show it. */
export const REFUSAL = "The subscription ended in May";

/** Inputs that every publisher of ffmpeg's kind takes: a picture and a tone in real time. */
export const GENERATED_INPUT: readonly string[] = [
  ...["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25"],
  ...["-re", "-f", "lavfi", "-i", "sine=frequency=440"],
];

/** H.264 with a key frame a second, and AAC, as FLV. */
export const H264_AAC: readonly string[] = [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p"],
  ...["-c:a", "aac", "-f", "flv"],
];

/** The log line of a stream whose codecs are known. */
export const STREAM_LINE =
  /\[trace\]\[\d+\] Stream format url=\/live\/livestream .*video=(\S+).* audio=(\S+)/;

/** Debian's ffmpeg. */
export async function ffmpegProgram(): Promise<Program> {
  return await findProgram("ffmpeg", "ffmpeg");
}

/** Publish H.264 and AAC for players; resolves when the server has both. */
export async function publishForPlayers(server: ServerProcess): Promise<ClientProcess> {
  const publisher = startProgram(await ffmpegProgram(), [
    ...GENERATED_INPUT,
    ...H264_AAC,
    server.rtmpUrl(),
  ]);
  try {
    await server.waitForLine(STREAM_LINE);
    return publisher;
  } catch (error) {
    await publisher.stop("SIGKILL");
    throw error;
  }
}

/** A server whose service says no to one event, with {@link REFUSAL} as the reason. */
export async function refusingServer(event: "on_publish" | "on_play"): Promise<HookedServer> {
  const hooked = await HookedServer.start();
  hooked.receiver.reply(event, { code: 403, msg: REFUSAL });
  return hooked;
}

/** How often the service was asked. */
export function asked(hooked: HookedServer, event: string): number {
  return hooked.receiver.requests.filter(({ action }) => action === event).length;
}

/** What must be in a recording. */
export interface ExpectedMedia {
  /** ffprobe's names, in alphabetical order. */
  readonly codecs: readonly string[];
  readonly minVideoFrames: number;
  /** Decode no more than so much of it, where a player stops within a frame. */
  readonly seconds?: number;
}

/** Decode a recording from its first frame without an error, and count. */
export async function assertRecording(
  file: string,
  expected: ExpectedMedia,
  tools: { readonly ffmpeg?: Program; readonly ffprobe?: Program } = {},
): Promise<void> {
  const ffmpeg = tools.ffmpeg ?? await ffmpegProgram();
  const ffprobe = tools.ffprobe ?? await findProgram("ffprobe", "ffmpeg");
  const { text } = await runProgram(ffprobe, [
    ...["-v", "error", "-count_packets", "-of", "csv=p=0"],
    ...["-show_entries", "stream=index,codec_name,codec_type,nb_read_packets", file],
  ]);
  // Streams that belong to a programme are listed twice, with an empty line between.
  const lines = new Set(text.split("\n").filter((line) => line !== ""));
  const streams = Array.from(lines, (line) => line.split(","));
  // A track of data has an empty codec, or a word that is not among the expected.
  assertEquals(streams.map(([, codec]) => codec ?? "").sort(), [...expected.codecs], text);
  const frames = Number(streams.find(([, , type]) => type === "video")?.[3]);
  assert(frames >= expected.minVideoFrames, `only ${frames} pictures in ${file}`);
  const decoded = await runProgram(ffmpeg, [
    ...["-nostdin", "-v", "error", "-xerror"],
    ...(expected.seconds === undefined ? [] : ["-t", String(expected.seconds)]),
    ...["-i", file, "-map", "0:v", "-map", "0:a", "-f", "null", "-"],
  ]);
  assertEquals(decoded, { code: 0, text: "" });
}

/** Run with a directory that is gone afterwards; anybody may write into it. */
export async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-client-" });
  try {
    await Deno.chmod(directory, 0o777);
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
