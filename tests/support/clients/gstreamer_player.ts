/**
 * GStreamer as a player by HTTP: of FLV and MPEG-TS with `souphttpsrc` and a demuxer, of HLS with what `uridecodebin3`
 * chooses, and a sink that prints each picture.
 *
 * @module
 */
import { type PrintedFrame, PrintingPlayer } from "./printing_player.ts";
import type { Program } from "./programs.ts";

const FRAME = /= chain .*\((\d+) bytes, .*pts: (\d+):(\d+):([\d.]+)/;
const BYTES_A_PIXEL = 1.5;
const ASPECT_RATIO = 16 / 9;

/** A demuxer, and the pads of its tracks. */
export interface GstreamerDemuxer {
  readonly element: string;
  readonly video: string;
  readonly audio: string;
}

/** Of FLV. */
export const FLV_DEMUXER: GstreamerDemuxer = {
  element: "flvdemux",
  video: "demux.video",
  audio: "demux.audio",
};

/** Of MPEG-TS. */
export const TS_DEMUXER: GstreamerDemuxer = { element: "tsdemux", video: "demux.", audio: "demux." };

/** Start `gst-launch-1.0` to play pictures of 16:9. */
export function watchWithGstreamer(
  gstLaunch: Program,
  url: string,
  env: Readonly<Record<string, string>> = {},
  { element, video, audio }: GstreamerDemuxer = FLV_DEMUXER,
): PrintingPlayer {
  return PrintingPlayer.start(
    gstLaunch,
    [
      ...["-v", "souphttpsrc", `location=${url}`, "!", element, "name=demux"],
      ...[video, "!", "queue", "!", "h264parse", "!", "avdec_h264", "!"],
      ...["fakesink", "sync=true", "silent=false"],
      ...[audio, "!", "queue", "!", "aacparse", "!", "avdec_aac", "!", "fakesink", "sync=true"],
    ],
    readFrame,
    env,
  );
}

/** Start `gst-launch-1.0` to play HLS with pictures of 16:9. */
export function watchHlsWithGstreamer(
  gstLaunch: Program,
  url: string,
  env: Readonly<Record<string, string>> = {},
): PrintingPlayer {
  return PrintingPlayer.start(
    gstLaunch,
    [
      ...["-v", "uridecodebin3", `uri=${url}`, "name=demux"],
      ...["demux.", "!", "video/x-raw", "!", "queue", "!", "fakesink", "sync=true", "silent=false"],
      ...["demux.", "!", "audio/x-raw", "!", "queue", "!", "fakesink", "sync=true"],
    ],
    readFrame,
    env,
  );
}

function readFrame(line: string): PrintedFrame | undefined {
  const [, bytes, hours, minutes, seconds] = FRAME.exec(line) ?? [];
  if (bytes === undefined) return undefined;
  const timeMs = 1000 * (3600 * Number(hours) + 60 * Number(minutes) + Number(seconds));
  // YUV 4:2:0.
  return { timeMs, width: Math.round(Math.sqrt(Number(bytes) / BYTES_A_PIXEL * ASPECT_RATIO)) };
}
