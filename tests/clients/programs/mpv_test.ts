/**
 * mpv plays, with its own demuxer on ffmpeg's.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertNotMatch } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { findProgram, type Program, runProgram, versionOf } from "../../support/clients/programs.ts";
import { PrintingPlayer } from "../../support/clients/printing_player.ts";
import { HLS, HLS_BY_FFMPEG, HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import { readShowinfo } from "../../support/clients/showinfo.ts";
import { asked, publishForPlayers, REFUSAL, refusingServer } from "../../support/clients/streams.ts";
import { ServerProcess } from "../../support/process/server_process.ts";

/** Neither a window nor a loudspeaker. */
const SILENT: readonly string[] = ["--no-config", "--vo=null", "--ao=null"];
/** Two seconds. */
const OPTIONS: readonly string[] = [...SILENT, "--length=2"];

async function mpv(): Promise<Program> {
  return await findProgram("mpv", "mpv");
}

const row = new ClientRow({
  client: "mpv",
  version: async () => await versionOf(await mpv(), ["--version"]),
});

row.test("play", "H.264, AAC", async () => {
  await using server = await ServerProcess.start();
  await using _publisher = await publishForPlayers(server);
  const { code, text } = await runProgram(await mpv(), [...OPTIONS, server.rtmpUrl()]);
  assertEquals(code, 0, text);
  assertMatch(text, /VO: \[null\] 320x180/);
  assertMatch(text, /AO: \[null\] 44100Hz/);
  assertMatch(text, /Exiting\.\.\. \(End of file\)/);
  assertNotMatch(text, /Subs/);
});

const open = async (url: string): Promise<PrintingPlayer> => {
  const shown = ["--vf=lavfi=[showinfo]", "--msg-level=ffmpeg=v"];
  return PrintingPlayer.start(await mpv(), [...SILENT, ...shown, url], readShowinfo);
};

row.test(
  "HTTP-FLV",
  "plays on through a republish, and with another size",
  () => playThroughRepublish(HTTP_FLV, open),
);

for (const { shows, options } of HLS_BY_FFMPEG) {
  row.test("HLS", shows, () => playThroughRepublish(HLS, open, options));
}

row.test("more", "a refused play ends with the reason", async () => {
  await using hooked = await refusingServer("on_play");
  const { code, text } = await runProgram(await mpv(), [...OPTIONS, hooked.server.rtmpUrl()]);
  assert(code !== 0, text);
  assertMatch(text, new RegExp(REFUSAL));
  assertEquals(asked(hooked, "on_play"), 1);
});
