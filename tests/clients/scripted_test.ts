/**
 * Encoders and players that cannot be installed here: a scripted client sends what they send over real sockets.
 * What each of them receives, byte for byte, is in `tests/rtmp/session/clients_test.ts`.
 *
 * @module
 */
import { MessageType } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { ClientRow } from "../support/clients/client_row.ts";
import { REFUSAL } from "../support/clients/streams.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { amf3Command } from "../support/rtmp/session_script.ts";
import { h264Aac, type MediaPayload } from "../support/clients/encoder_scripts.ts";
import { type Encoder, ENCODERS } from "../support/clients/scripted_encoders.ts";

async function opened(harness: RtmpHarness, { open, connect }: Encoder): Promise<RtmpTestClient> {
  return open === undefined ? await harness.client(connect) : await open(harness);
}

for (const encoder of ENCODERS) {
  const row = new ClientRow({ client: encoder.client });

  row.test("publish", encoder.shows, async () => {
    await using harness = RtmpHarness.start(encoder.server);
    const client = await opened(harness, encoder);
    await encoder.start(client);
    assertEquals((await client.status()).code, "NetStream.Publish.Start");
    const player = await harness.client();
    await player.play("livestream");
    for (const payload of await encoder.media(client)) {
      const message = await player.waitFor(
        ({ typeId }) => typeId === MessageType.Audio || typeId === MessageType.Video,
        "media",
      );
      assertEquals(message.payload, payload);
    }
    await encoder.stop(client);
    assertEquals((await harness.hooks.next("on_unpublish")).ending?.reason, "client");
  });

  row.test("refused publish", "gets the reason", async () => {
    await using harness = RtmpHarness.start(encoder.server);
    harness.hooks.answer = ({ event }) => event === "on_publish" ? { no: REFUSAL } : "yes";
    const client = await opened(harness, encoder);
    await encoder.start(client);
    const { level, code, description } = await client.status();
    assertEquals([level, code, description], ["error", "NetStream.Publish.Rejected", REFUSAL]);
    assertEquals(await client.closed, "fin");
  });
}

const player = new ClientRow({ client: "Flash, JWPlayer (players)" });

player.test("play", "H.264, AAC, commands in AMF3", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const payloads = await h264Aac(publisher);
  const client = await harness.client({ extras: { objectEncoding: 3, pageUrl: "http://page/" } });
  await client.send(amf3Command("createStream", 2, null));
  await client.waitForCommand("_result");
  await client.send({ ...amf3Command("play", 0, null, "livestream", -2, -1), streamId: 1 });
  await client.status("NetStream.Play.Start");
  const got: MediaPayload[] = [];
  while (got.length < payloads.length) {
    const message = await client.waitFor(
      ({ typeId }) => typeId === MessageType.Audio || typeId === MessageType.Video,
      "media",
    );
    got.push(message.payload);
  }
  const [config, sound, key, frame] = payloads;
  assertEquals(got, [sound, config, key, frame].filter((payload) => payload !== undefined));
  await client.send({ ...amf3Command("closeStream", 0, null), streamId: 1 });
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

player.test("more", "a refused play gets the reason", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_play" ? { no: REFUSAL } : "yes";
  const client = await harness.client({ extras: { objectEncoding: 3 } });
  await client.createStream();
  await client.send({ ...amf3Command("play", 0, null, "livestream", -2, -1), streamId: 1 });
  const { level, code, description } = await client.status();
  assertEquals([level, code, description], ["error", "NetStream.Play.Failed", REFUSAL]);
  assertEquals(await client.closed, "fin");
});

const probe = new ClientRow({ client: "Load balancer probes" });

probe.test("more", "connect and leave, which is not an error", async () => {
  await using harness = RtmpHarness.start();
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: harness.port });
  conn.close();
  const { level } = await harness.logged("Client connected and left");
  assertEquals(level, "info");
});
