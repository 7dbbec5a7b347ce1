/**
 * A client by TLS that closes without saying so has left as one by a plain connection: RFC 8446 §6.1.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import { AbruptTls } from "../../support/net/abrupt_tls.ts";
import { SERVER_CERT, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";
import { avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";

const PAIR = { cert: SERVER_CERT, key: TLS_SERVER_KEY };
const PATH = "/live/cam.flv";

function start(): Promise<PlayerHarness> {
  return PlayerHarness.start({ certificates: { rtmps: PAIR, https: PAIR } });
}

function tlsTo(harness: PlayerHarness, listener: "https" | "rtmps"): AbruptTls {
  return AbruptTls.to(harness.node.addresses[listener][0]?.port ?? 0);
}

async function publish(harness: PlayerHarness): Promise<void> {
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  for (let time = 0; time <= 600; time += 40) await publisher.sendVideo(avcKeyFrame(), time);
}

for (const [name, webSocket] of [["HTTP-FLV", false], ["WebSocket-FLV", true]] as const) {
  Deno.test(`A player of ${name} by TLS that closes without a word has left`, async () => {
    await using harness = await start();
    await publish(harness);
    await using tls = tlsTo(harness, "https");
    const player = await harness.send(PATH, { port: tls.port, webSocket });
    await player.flags();
    player.conn.close();
    assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
  });
}

Deno.test("A player by RTMPS that closes without a word has left", async () => {
  await using harness = await start();
  await publish(harness);
  await using tls = tlsTo(harness, "rtmps");
  const player = await harness.client({ port: tls.port });
  await player.play("cam");
  await player.close();
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

Deno.test("A publisher by RTMPS that closes without FCUnpublish was lost, as by a plain connection", async () => {
  await using harness = await start();
  await using tls = tlsTo(harness, "rtmps");
  const publisher = await harness.client({ port: tls.port });
  await publisher.publish("cam");
  await publisher.close();
  assertEquals((await harness.hooks.next("on_unpublish")).ending?.reason, "network");
});
