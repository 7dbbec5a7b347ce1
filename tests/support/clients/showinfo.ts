/**
 * The lines of ffmpeg's filter `showinfo`, which shows each picture that was decoded.
 *
 * @module
 */
import type { PrintedFrame } from "./printing_player.ts";

const FRAME = /\bpts_time:([\d.]+) .*\bs:(\d+)x\d+ /;

/** Read a line; `undefined` where it is not of a picture. */
export function readShowinfo(line: string): PrintedFrame | undefined {
  const [, seconds, width] = FRAME.exec(line) ?? [];
  return seconds === undefined ? undefined : { timeMs: 1000 * Number(seconds), width: Number(width) };
}
