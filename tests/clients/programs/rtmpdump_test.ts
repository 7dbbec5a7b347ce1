/**
 * rtmpdump: librtmp's own player, with the digest handshake.
 *
 * @module
 */
import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { findProgram, type Program, runProgram, versionOf } from "../../support/clients/programs.ts";
import {
  asked,
  assertRecording,
  publishForPlayers,
  REFUSAL,
  refusingServer,
  withDirectory,
} from "../../support/clients/streams.ts";
import { ServerProcess } from "../../support/process/server_process.ts";

const SECONDS = 3;

async function rtmpdump(): Promise<Program> {
  return await findProgram("rtmpdump", "rtmpdump");
}

/** Flags in the header of an FLV file. */
const SOUND_AND_PICTURES = 0b101;

const row = new ClientRow({
  client: "rtmpdump (librtmp)",
  version: async () => await versionOf(await rtmpdump(), ["--help"]),
});

row.test("play", "H.264, AAC", () =>
  withDirectory(async (directory) => {
    await using server = await ServerProcess.start();
    await using _publisher = await publishForPlayers(server);
    const file = `${directory}/recorded.flv`;
    const { code, text } = await runProgram(
      await rtmpdump(),
      ["--rtmp", server.rtmpUrl(), "--live", "--stop", String(SECONDS), "--flv", file],
    );
    assertEquals(code, 0, text);
    assertStringIncludes(text, "Download complete");
    assertNotMatch(text, /ERROR/);
    assertEquals((await Deno.readFile(file))[4], SOUND_AND_PICTURES);
    await assertRecording(file, { codecs: ["aac", "h264"], minVideoFrames: 25 * (SECONDS - 1) });
  }));

row.test("more", "a refused play ends", () =>
  withDirectory(async (directory) => {
    await using hooked = await refusingServer("on_play");
    const file = `${directory}/recorded.flv`;
    const { code, text } = await runProgram(
      await rtmpdump(),
      ["--verbose", "--rtmp", hooked.server.rtmpUrl(), "--live", "--flv", file],
    );
    assert(code !== 0, text);
    assertStringIncludes(text, REFUSAL);
    assertEquals(asked(hooked, "on_play"), 1);
  }));
