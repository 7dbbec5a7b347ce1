/**
 * ffmpeg as a player: it decodes, and shows nothing but what `showinfo` prints.
 *
 * @module
 */
import { PrintingPlayer } from "./printing_player.ts";
import type { Program } from "./programs.ts";
import { readShowinfo } from "./showinfo.ts";

/** Start to play. */
export async function watchWithFfmpeg(
  find: () => Promise<Program>,
  url: string,
  inputOptions: readonly string[] = [],
): Promise<PrintingPlayer> {
  const args = ["-nostdin", "-nostats", ...inputOptions, "-i", url, "-vf", "showinfo", "-f", "null", "-"];
  return PrintingPlayer.start(await find(), args, readShowinfo);
}
