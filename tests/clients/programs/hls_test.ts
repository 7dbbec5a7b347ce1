/**
 * Programs that play HLS: by whole segments, in both formats, through a publisher that leaves and returns, and through a
 * server that is killed and started again.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import {
  findProgram,
  type Program,
  runProgram,
  startProgram,
  versionOf,
} from "../../support/clients/programs.ts";
import {
  assertRecording,
  ffmpegProgram,
  publishForPlayers,
  withDirectory,
} from "../../support/clients/streams.ts";
import { readPlaylist } from "../../support/hls/playlist_reader.ts";
import { QUIET_TOML, ServerProcess } from "../../support/process/server_process.ts";

const HTTP_LINE = /Listening for players by HTTP address=(\S+)/;
const SECONDS = 4;

/** A server for viewers. */
async function hlsServer(hls = "", directory?: string): Promise<{ server: ServerProcess; url: string }> {
  const toml = `${
    QUIET_TOML.replace("[http_server]\nenabled = false", '[http_server]\nlisten = "127.0.0.1:0"')
  }[vhost.__defaultVhost__.hls]\n${hls}\n`;
  const server = await ServerProcess.start({ toml, ...(directory === undefined ? {} : { directory }) });
  const address = HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1] ?? "";
  return { server, url: `http://${address}/live/livestream.m3u8` };
}

const ffmpeg = new ClientRow({
  client: "ffmpeg, HLS",
  version: async () => await versionOf(await ffmpegProgram(), ["-version"]),
});

for (const format of ["fmp4", "mpegts"]) {
  ffmpeg.test("play", `H.264, AAC as ${format}`, () =>
    withDirectory(async (directory) => {
      const { server, url } = await hlsServer(`hls_format = "${format}"`);
      await using _server = server;
      await using _publisher = await publishForPlayers(server);
      const file = `${directory}/recorded.mkv`;
      const { code, text } = await runProgram(await ffmpegProgram(), [
        ...["-nostdin", "-v", "error", "-xerror", "-i", url, "-t", String(SECONDS), "-c", "copy", file],
      ]);
      assertEquals({ code, text }, { code: 0, text: "" });
      await assertRecording(file, { codecs: ["aac", "h264"], minVideoFrames: 25 * (SECONDS - 1) });
    }));
}

ffmpeg.test("more", "goes on when the publisher returns", async () => {
  const { server, url } = await hlsServer();
  await using _server = server;
  const first = await publishForPlayers(server);
  await using player = startProgram(await ffmpegProgram(), [
    ...["-nostdin", "-v", "error", "-i", url, "-t", "9", "-f", "null", "-"],
  ]);
  await server.waitForLine(/Play accepted/);
  await first.stop();
  await server.waitForLine(/Publish ended/);
  await using _second = await publishForPlayers(server);
  assertEquals((await player.finished).code, 0);
});

const players: readonly {
  readonly client: string;
  readonly name: string;
  readonly args: readonly string[];
}[] = [
  { client: "mpv, HLS", name: "mpv", args: ["--no-config", "--vo=null", "--ao=null", "--length=3"] },
];
for (const { client, name, args } of players) {
  const program = async (): Promise<Program> => await findProgram(name, name);
  const row = new ClientRow({ client, version: async () => await versionOf(await program(), ["--version"]) });
  row.test("play", "H.264, AAC", async () => {
    const { server, url } = await hlsServer();
    await using _server = server;
    await using _publisher = await publishForPlayers(server);
    const { code, text } = await runProgram(await program(), [...args, url]);
    assertEquals(code, 0, text);
    assertMatch(text, /VO: \[null\] 320x180/);
  });
}

ffmpeg.test(
  "more",
  "a viewer's paths and the playlist's numbers outlive a kill -9 of the server",
  () =>
    withDirectory(async (directory) => {
      const before = await hlsServer("", directory);
      const publisher = await publishForPlayers(before.server);
      const master = await (await fetch(before.url)).text();
      const path = master.trim().split("\n").at(-1) ?? "";
      const first = readPlaylist(await (await fetch(new URL(path, before.url))).text());
      await before.server.kill();
      await publisher.stop("SIGKILL");
      const after = await hlsServer("", directory);
      await using _server = after.server;
      await using _again = await publishForPlayers(after.server);
      const response = await fetch(new URL(path, after.url));
      const second = readPlaylist(await response.text());
      assertEquals(response.status, 200);
      assert(second.mediaSequence > (first.segments.at(-1)?.sequence ?? 0));
      assert(second.discontinuitySequence > first.discontinuitySequence);
      await after.server.waitForLine(/Play accepted/);
    }),
);
