/**
 * A generated stream, as real clients publish and play it: 720p H.264 with a tone in AAC.
 *
 * @module
 */
import { type MediaTools, runTool, ToolProcess, type ToolResult } from "../process/ffmpeg.ts";

/** Frames a second. */
export const FRAME_RATE = 25;

/** A packet as ffprobe tells it. */
export interface Packet {
  readonly kind: "video" | "audio";
  /** Decoding time, seconds. */
  readonly time: number;
  readonly keyFrame: boolean;
}

/** Publish in real time until it is stopped. */
export function publishStream(
  tools: MediaTools,
  url: string,
  options: { readonly gopSeconds: number },
): ToolProcess {
  return ToolProcess.start(tools.ffmpeg, [
    ...["-v", "error", "-re", "-f", "lavfi", "-i", `testsrc2=size=1280x720:rate=${FRAME_RATE}`],
    ...["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", String(FRAME_RATE * options.gopSeconds)],
    ...["-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", "-t", "120", "-f", "flv", url],
  ], { timeoutMs: 150_000 });
}

/** Decode `seconds` of a stream; the first error of a decoder ends it. Its standard output has a line a frame. */
export async function decodeStream(tools: MediaTools, url: string, seconds: number): Promise<ToolResult> {
  const everyFrame = [await frameModeOption(tools), "passthrough"];
  return await runTool(tools.ffmpeg, [
    ...["-v", "error", "-xerror", "-err_detect", "explode", "-i", url, "-t", String(seconds)],
    ...["-map", "0:v", "-map", "0:a", ...everyFrame, "-f", "framehash", "-hash", "murmur3", "-"],
  ]);
}

/** ffmpeg has renamed the option in 5.1, and the one from npm is older. */
async function frameModeOption({ ffmpeg }: MediaTools): Promise<string> {
  const { stdout } = await runTool(ffmpeg, ["-hide_banner", "-h", "long"]);
  return new TextDecoder().decode(stdout).includes("-fps_mode") ? "-fps_mode" : "-vsync";
}

/** The packets of `seconds` of a stream, in order of arrival. */
export async function probePackets(tools: MediaTools, url: string, seconds: number): Promise<Packet[]> {
  const { code, stdout, stderr } = await runTool(tools.ffprobe, [
    ...["-v", "error", "-read_intervals", `%+${seconds}`, "-of", "csv=p=0"],
    ...["-show_entries", "packet=codec_type,dts_time,flags", url],
  ]);
  if (code !== 0) throw new Error(`ffprobe failed: ${stderr}`);
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
    const [kind, time, flags = ""] = line.split(",");
    return {
      kind: kind === "video" ? "video" : "audio",
      time: Number(time),
      keyFrame: flags.startsWith("K"),
    };
  });
}

/** What ffprobe finds, as `codec_name,codec_type` with the size of pictures after it. */
export async function probeStreams(tools: MediaTools, url: string): Promise<string[]> {
  const { code, stdout, stderr } = await runTool(tools.ffprobe, [
    ...["-v", "error", "-of", "csv=p=0", "-show_entries", "stream=codec_type,codec_name,width,height", url],
  ]);
  if (code !== 0) throw new Error(`ffprobe failed: ${stderr}`);
  return new TextDecoder().decode(stdout).trim().split("\n").sort();
}
