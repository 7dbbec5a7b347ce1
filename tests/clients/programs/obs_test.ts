/**
 * OBS Studio publishes, is refused, and comes back after its network was away.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { Obs, obsProgram } from "../../support/clients/obs.ts";
import { runProgram, versionOf } from "../../support/clients/programs.ts";
import {
  asked,
  assertRecording,
  ffmpegProgram,
  REFUSAL,
  refusingServer,
  STREAM_LINE,
  withDirectory,
} from "../../support/clients/streams.ts";
import { TcpRelay } from "../../support/clients/tcp_relay.ts";
import { HookedServer } from "../../support/hooks/hooked_server.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { ServerProcess } from "../../support/process/server_process.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";

/** What its log says when it may send. */
const CONNECTED = /Connection to rtmp:.* successful/;
/** How long the network is away. */
const CUT_MS = 3000;
/** OBS would have tried again after one second. */
const QUIET_MS = 5000;

const row = new ClientRow({
  client: "OBS Studio",
  version: async () => await versionOf(await obsProgram(), ["--version"]),
});

row.test("publish", "H.264, AAC", () =>
  withDirectory(async (directory) => {
    await using server = await ServerProcess.start();
    await using obs = await Obs.start(server.rtmpUrl("live"), "livestream");
    assertEquals(STREAM_LINE.exec(await server.waitForLine(STREAM_LINE))?.slice(1), ["H264", "AAC"]);
    await obs.process.waitForLine(/Streaming Start/);
    const file = `${directory}/recorded.flv`;
    const played = await runProgram(await ffmpegProgram(), [
      ...["-nostdin", "-v", "error", "-i", server.rtmpUrl(), "-t", "3", "-c", "copy", file],
    ]);
    assertEquals(played, { code: 0, text: "" });
    await assertRecording(file, { codecs: ["aac", "h264"], minVideoFrames: 60 });
  }));

row.test("refused publish", "stops, shows the reason", async () => {
  await using hooked = await refusingServer("on_publish");
  await using obs = await Obs.start(hooked.server.rtmpUrl("live"), "livestream");
  const line = await obs.process.waitForLine(/NetStream\.Publish\.Rejected/);
  assertStringIncludes(line, REFUSAL);
  const from = obs.process.lines.length;
  // Only time can show that it does not try again.
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  assertEquals(obs.process.lines.slice(from).filter((text) => /[Rr]econnecting/.test(text)), []);
  assertEquals(asked(hooked, "on_publish"), 1);
});

row.test("more", "comes back by takeover after 3 s without a network", async () => {
  await using hooked = await HookedServer.start("[vhost.__defaultVhost__.publish]", "normal_timeout = 60000");
  const { server } = hooked;
  await using relay = TcpRelay.start(server.port);
  await using player = await RtmpTestClient.connect({ port: server.port });
  await player.play("livestream");
  await using obs = await Obs.start(`rtmp://127.0.0.1:${relay.port}/live`, "livestream");
  await player.waitFor(({ typeId }) => typeId === MessageType.Video, "a picture");

  await obs.process.waitForLine(CONNECTED);
  const from = obs.process.lines.length;
  await relay.cut();
  await new Promise((resolve) => setTimeout(resolve, CUT_MS));
  relay.restore();
  await hooked.receiver.waitFor("on_publish", 2);
  const publishes = hooked.receiver.requests.filter(({ action }) => /on_(un)?publish/.test(action));
  assertEquals(publishes.map(({ action }) => action), ["on_publish", "on_unpublish", "on_publish"]);
  assertEquals(publishes[1]?.json.reason, "replaced");
  await obs.process.waitForLine(CONNECTED, { from });
  while (player.pending.length > 0) await player.nextMessage();
  await player.waitFor(({ typeId }) => typeId === MessageType.Video, "a picture of the new publish");
  assert(!server.lines.some((line) => /BadName/.test(line)), "the new publisher was refused");
});
