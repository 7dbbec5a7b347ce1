/**
 * VLC plays, and writes what it played into a file.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import {
  asNobody,
  findProgram,
  type Program,
  runProgram,
  versionOf,
} from "../../support/clients/programs.ts";
import { HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import {
  asked,
  assertRecording,
  publishForPlayers,
  REFUSAL,
  refusingServer,
  withDirectory,
} from "../../support/clients/streams.ts";
import { VlcPlayer } from "../../support/clients/vlc_player.ts";
import { ServerProcess } from "../../support/process/server_process.ts";

const SECONDS = 3;
/** The player and the plugins, of which one reads RTMP. */
const PACKAGES = "vlc-bin vlc-plugin-base";

async function vlc(): Promise<Program> {
  return asNobody(await findProgram("cvlc", PACKAGES));
}

const row = new ClientRow({
  client: "VLC",
  version: async () => await versionOf(await vlc(), ["--version"]),
});

row.test("play", "H.264, AAC", () =>
  withDirectory(async (directory) => {
    await using server = await ServerProcess.start();
    await using _publisher = await publishForPlayers(server);
    const file = `${directory}/recorded.ts`;
    const { code, text } = await runProgram(await vlc(), [
      ...["-I", "dummy", "--run-time", String(SECONDS), "--play-and-exit"],
      ...["--sout", `#std{access=file,mux=ts,dst=${file}}`, server.rtmpUrl(), "vlc://quit"],
    ], { env: { HOME: directory } });
    assertEquals(code, 0, text);
    await assertRecording(file, { codecs: ["aac", "h264"], minVideoFrames: 50, seconds: 2 });
  }));

// It gives its decoder no new configuration: a picture of another size is garbage until the address is opened again.
row.test(
  "HTTP-FLV",
  "plays on through a republish of the same size",
  () =>
    withDirectory(async (directory) => {
      const expected = { sizes: "stay", lagMs: 4000 } as const;
      await playThroughRepublish(
        HTTP_FLV,
        async (url) => await VlcPlayer.start(await vlc(), url, directory),
        expected,
      );
    }),
);

row.test("more", "a refused play ends with the reason", () =>
  withDirectory(async (directory) => {
    await using hooked = await refusingServer("on_play");
    const { text } = await runProgram(await vlc(), [
      ...["-I", "dummy", "-vv", "--play-and-exit", hooked.server.rtmpUrl(), "vlc://quit"],
    ], { env: { HOME: directory } });
    assertStringIncludes(text, REFUSAL);
    assertEquals(asked(hooked, "on_play"), 1);
  }));
