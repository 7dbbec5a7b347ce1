/**
 * Frames that ffmpeg decodes from a file, by their checksums: two files with the same are the same to a viewer.
 *
 * @module
 */
import { assertEquals } from "../assert.ts";
import { debianSidRoot, type Program, runProgram } from "./programs.ts";

/** A decoded frame. */
export interface DecodedFrame {
  /** Presentation time, milliseconds. */
  readonly timeMs: number;
  /** Of its pixels or samples. */
  readonly md5: string;
}

/** Programs print their greetings. */
const QUIET = { SVT_LOG: "1" };

/**
 * Decode all frames of one kind, without an error.
 *
 * @param options Before the input, such as a decoder.
 */
export async function decodeFrames(
  ffmpeg: Program,
  file: string,
  kind: "video" | "audio",
  options: readonly string[] = [],
): Promise<DecodedFrame[]> {
  // ffmpeg 9 has this name alone for it, ffmpeg 5 the number alone.
  const timeBase = ffmpeg.args.some((arg) => arg.startsWith(debianSidRoot())) ? "demux" : "-1";
  const { code, text } = await runProgram(ffmpeg, [
    ...["-nostdin", "-v", "error", "-xerror", ...options, "-i", file, "-copyts", "-map", `0:${kind[0]}`],
    ...["-fps_mode", "passthrough", "-enc_time_base", timeBase, "-f", "framemd5", "-"],
  ]);
  assertEquals(code, 0, text);
  const [, numerator = "0", denominator = "0"] = /#tb 0: (\d+)\/(\d+)/.exec(text) ?? [];
  const unitMs = 1000 * Number(numerator) / Number(denominator);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [stream = "", , pts = "", , , md5 = ""] = line.split(",").map((field) => field.trim());
    assertEquals(stream, "0", `ffmpeg prints: ${line}`);
    return { timeMs: Number(pts) * unitMs, md5 };
  });
}

/** Encode with ffmpeg into `file`. */
export async function encodeFile(ffmpeg: Program, args: readonly string[], file: string): Promise<void> {
  const { code, text } = await runProgram(ffmpeg, ["-nostdin", "-v", "error", "-y", ...args, file], {
    env: QUIET,
  });
  assertEquals(code, 0, text);
}
