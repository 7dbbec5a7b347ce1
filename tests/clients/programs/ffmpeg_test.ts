/**
 * ffmpeg 5.1 publishes and plays. That it plays whole, in order and without an error is in `tests/e2e`.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithFfmpeg } from "../../support/clients/ffmpeg_player.ts";
import { runProgram, startProgram, versionOf } from "../../support/clients/programs.ts";
import { HLS, HLS_BY_FFMPEG, HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import {
  asked,
  assertRecording,
  ffmpegProgram,
  GENERATED_INPUT,
  H264_AAC,
  publishForPlayers,
  REFUSAL,
  refusingServer,
  STREAM_LINE,
  withDirectory,
} from "../../support/clients/streams.ts";
import { ServerProcess } from "../../support/process/server_process.ts";

const SECONDS = 3;

const row = new ClientRow({
  client: "ffmpeg",
  version: async () => await versionOf(await ffmpegProgram(), ["-version"]),
});

row.test("publish", "H.264, AAC", async () => {
  await using server = await ServerProcess.start();
  await using publisher = startProgram(await ffmpegProgram(), [
    ...GENERATED_INPUT,
    ...H264_AAC,
    server.rtmpUrl(),
  ]);
  assertEquals(STREAM_LINE.exec(await server.waitForLine(STREAM_LINE))?.slice(1), ["H264", "AAC"]);
  await publisher.stop();
  await server.waitForLine(/Publish ended .*reason=client/);
});

row.test("play", "H.264, AAC", () =>
  withDirectory(async (directory) => {
    await using server = await ServerProcess.start();
    await using _publisher = await publishForPlayers(server);
    const file = `${directory}/recorded.flv`;
    const { code, text } = await runProgram(await ffmpegProgram(), [
      ...["-nostdin", "-v", "error", "-i", server.rtmpUrl(), "-t", String(SECONDS), "-c", "copy", file],
    ]);
    assertEquals({ code, text }, { code: 0, text: "" });
    await assertRecording(file, { codecs: ["aac", "h264"], minVideoFrames: 25 * (SECONDS - 1) });
  }));

row.test(
  "HTTP-FLV",
  "plays on through a republish, and with another size",
  () => playThroughRepublish(HTTP_FLV, (url) => watchWithFfmpeg(ffmpegProgram, url)),
);

for (const { shows, options } of HLS_BY_FFMPEG) {
  row.test(
    "HLS",
    shows,
    () => playThroughRepublish(HLS, (url) => watchWithFfmpeg(ffmpegProgram, url), options),
  );
}

row.test("refused publish", "stops, shows the reason", async () => {
  await using hooked = await refusingServer("on_publish");
  const { code, text } = await runProgram(
    await ffmpegProgram(),
    [...GENERATED_INPUT, ...H264_AAC, hooked.server.rtmpUrl()],
  );
  assert(code !== 0, text);
  assertStringIncludes(text, REFUSAL);
  assertEquals(asked(hooked, "on_publish"), 1);
});

row.test("more", "a refused play ends with the reason", async () => {
  await using hooked = await refusingServer("on_play");
  const { code, text } = await runProgram(
    await ffmpegProgram(),
    ["-nostdin", "-v", "error", "-i", hooked.server.rtmpUrl(), "-f", "null", "-"],
  );
  assert(code !== 0, text);
  assertStringIncludes(text, REFUSAL);
  assertEquals(asked(hooked, "on_play"), 1);
});
