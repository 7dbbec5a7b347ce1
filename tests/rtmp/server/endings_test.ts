/**
 * Pairs on every way out: whatever was admitted ends exactly once, the stream before its connection, with the reason.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeCommand } from "../../../rtmp/wire/command.ts";
import { type HarnessOptions, RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import type { Closing } from "../../support/rtmp/rtmp_connection.ts";

interface WayOut {
  readonly name: string;
  readonly reason: EndReason;
  /** Of a publish, where that is another one: an encoder that stops says so first. */
  readonly publishReason?: EndReason;
  readonly options?: HarnessOptions;
  /** How the client sees the connection end. */
  readonly closing: Closing;
  leave(client: RtmpTestClient, harness: RtmpHarness): Promise<void> | void;
}

/** Whatever a client does, its publish and its play end so. */
const WAYS_OUT: readonly WayOut[] = [
  {
    name: "FIN",
    reason: "client",
    publishReason: "network",
    closing: "fin",
    leave: (client) => client.closeWrite(),
  },
  {
    name: "RST",
    reason: "client",
    publishReason: "network",
    closing: "local",
    async leave(client) {
      // Closing over unread bytes resets the connection.
      client.pauseReading();
      for (let i = 0; i < 20; i++) await client.sendControl({ kind: "pingRequest", timestamp: i });
      await client.close();
    },
  },
  {
    name: "a protocol error",
    reason: "protocol",
    closing: "fin",
    // fmt 3 on a chunk stream that never began
    leave: (client) => client.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff)),
  },
  {
    name: "a kick",
    reason: "kicked",
    closing: "fin",
    leave: (_client, harness) =>
      harness.hooks.revoke("on_connect", { reason: "kicked", description: "Enough" }),
  },
  {
    name: "a lapsed lease",
    reason: "lease_expired",
    closing: "fin",
    leave: (_client, harness) =>
      harness.hooks.revoke("on_connect", { reason: "lease_expired", description: "Over" }),
  },
  {
    name: "the server's stop",
    reason: "shutdown",
    closing: "fin",
    leave: (_client, harness) => void harness.server.drain(),
  },
];

for (const { name, reason, publishReason = reason, closing, options = {}, leave } of WAYS_OUT) {
  Deno.test(`Connection ends its publish and itself after ${name}, reason ${publishReason}`, async () => {
    await using harness = RtmpHarness.start(options);
    const client = await harness.client();
    await client.publish("livestream?token=x");
    await client.sendVideo(avcKeyFrame(), 0);
    await leave(client, harness);
    const { ending } = await harness.hooks.next("on_close");
    assertEquals(harness.hooks.linesOf(1), [
      "on_connect live",
      "on_publish live/livestream",
      `on_unpublish live/livestream ${publishReason}`,
      `on_close live ${publishReason}`,
    ]);
    assertEquals([ending?.app, ending?.stream?.stream, ending?.stream?.param], [
      "live",
      "livestream",
      "?token=x",
    ]);
    assert(
      (ending?.recvBytes ?? 0) > 3000 && (ending?.sendBytes ?? 0) > 3000,
      "bytes of the handshake count",
    );
    assertEquals(await client.closed, closing);
  });

  Deno.test(`Connection ends its play and itself after ${name}, reason ${reason}`, async () => {
    await using harness = RtmpHarness.start(options);
    const client = await harness.client();
    await client.play("livestream");
    await leave(client, harness);
    await harness.hooks.next("on_close");
    assertEquals(harness.hooks.linesOf(1), [
      "on_connect live",
      "on_play live/livestream",
      `on_stop live/livestream ${reason}`,
      `on_close live ${reason}`,
    ]);
    assertEquals(await client.closed, closing);
  });

  Deno.test(`Connection without a stream ends itself after ${name}, reason ${reason}`, async () => {
    await using harness = RtmpHarness.start(options);
    const client = await harness.client();
    await leave(client, harness);
    const { ending } = await harness.hooks.next("on_close");
    assertEquals(harness.hooks.linesOf(1), ["on_connect live", `on_close live ${reason}`]);
    assertEquals([ending?.app, ending?.stream], [undefined, undefined]);
    assertEquals(await client.closed, closing);
  });
}

Deno.test("Connection tells nothing of a client that never got to connect", async () => {
  await using harness = RtmpHarness.start();
  const probe = await Deno.connect({ port: harness.port });
  probe.close();
  const { level } = await harness.logged("Client connected and left");
  assertEquals(level, "info");
  const opened = await harness.open();
  await opened.closeWrite();
  await opened.closed;
  assertEquals(harness.hooks.records, []);
  assert(harness.log.every((line) => line.level === "info" || line.level === "trace"));
});

Deno.test("Connection that never got to connect ends once", async () => {
  await using harness = RtmpHarness.start({ limits: { connectTimeoutMs: 50 } });
  const client = await harness.open();
  assertEquals(await harness.clock.skipUntil(client.closed), "fin");
  for (let i = 0; i < 5 && harness.server.connectionCount > 0; i++) await harness.clock.skip(1000);
  const lines = harness.log.filter(({ message }) => message.startsWith("Connection ended"));
  assertEquals(lines.map(({ fields }) => fields.reason), ["timeout"]);
});

const TIMEOUTS: readonly {
  name: string;
  reason: EndReason;
  options: HarnessOptions;
  act(harness: RtmpHarness): Promise<RtmpTestClient>;
  says: string;
}[] = [
  {
    name: "without connect",
    reason: "timeout",
    options: { limits: { connectTimeoutMs: 50 } },
    act: (harness) => harness.open(),
    says: "No connect within 50 ms",
  },
  {
    name: "that does nothing",
    reason: "idle",
    options: { limits: { idleTimeoutMs: 50 } },
    act: (harness) => harness.client(),
    says: "Neither publish nor play within 50 ms",
  },
  {
    name: "that publishes nothing",
    reason: "timeout",
    options: { publish: { firstpktTimeoutMs: 50 } },
    async act(harness) {
      const client = await harness.client();
      await client.publish("livestream");
      return client;
    },
    says: "No first media within 50 ms",
  },
  {
    name: "that stops to publish",
    reason: "timeout",
    options: { publish: { normalTimeoutMs: 50 } },
    async act(harness) {
      const client = await harness.client();
      await client.publish("livestream");
      await client.sendAudio(aacFrame(), 0);
      return client;
    },
    says: "No media for 50 ms",
  },
  {
    name: "that nobody watches",
    reason: "idle",
    options: { publish: { kickoffForIdleMs: 50 } },
    async act(harness) {
      const client = await harness.client();
      await client.publish("livestream");
      return client;
    },
    says: "No player for 50 ms",
  },
  {
    name: "whose play has lasted as long as it asked for",
    reason: "duration",
    options: {},
    async act(harness) {
      const client = await harness.client();
      await client.createStream();
      await client.streamCommand("play", "livestream", -2000, 50);
      await client.status("NetStream.Play.Start");
      return client;
    },
    says: "The play's duration of 50 ms is over",
  },
];

for (const { name, reason, options, act, says } of TIMEOUTS) {
  Deno.test(`Connection ends a client ${name}, reason ${reason}`, async () => {
    await using harness = RtmpHarness.start(options);
    const client = await act(harness);
    assertEquals(await harness.clock.skipUntil(client.closed), "fin");
    const { fields } = await harness.logged("Connection ended");
    assertEquals([fields.reason, fields.description], [reason, says]);
    for (const { ending } of harness.hooks.records) {
      if (ending !== undefined) assertEquals(ending.reason, reason);
    }
  });
}

Deno.test("Connection ends a player that takes nothing for send_timeout, reason slow", async () => {
  await using harness = RtmpHarness.start({
    play: { sendTimeoutMs: 100 },
    publish: { normalTimeoutMs: 3_600_000 },
  });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  player.pauseReading();
  await publisher.sendVideo(avcSequenceHeader(), 0);
  // More than the buffers of both sockets hold.
  for (let i = 0; i < 12; i++) await publisher.sendVideo(avcKeyFrame({ size: 1_000_000 }), i * 40);
  const { ending } = await harness.clock.skipUntil(harness.hooks.next("on_stop"));
  assertEquals(ending?.reason, "slow");
  await harness.hooks.next("on_close");
  assertEquals(harness.hooks.linesOf(2).slice(-2), ["on_stop live/livestream slow", "on_close live slow"]);
  assertEquals(
    harness.hooks.linesOf(1),
    ["on_connect live", "on_publish live/livestream"],
    "the publisher goes on",
  );
});

Deno.test("Connection that is ended while its client takes nothing is gone a moment later", async () => {
  await using harness = RtmpHarness.start({ publish: { normalTimeoutMs: 3_600_000 } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  player.pauseReading();
  await publisher.sendVideo(avcSequenceHeader(), 0);
  // More than the buffers of both sockets hold.
  for (let i = 0; i < 12; i++) await publisher.sendVideo(avcKeyFrame({ size: 1_000_000 }), i * 40);
  assert(await harness.server.kick(2));
  assertEquals((await harness.hooks.next("on_close")).ending?.reason, "kicked");
  const isGone = () => harness.server.connectionCount === 1;
  for (let i = 0; i < 5 && !isGone(); i++) await harness.clock.skip(1000);
  assert(isGone(), "it counts no longer");
});

Deno.test("Connection ends a client that lets replies pile up", async () => {
  await using harness = RtmpHarness.start({ limits: { maxCommandsPerSecond: 0 } });
  const client = await harness.client();
  client.pauseReading();
  // The first message of a batch has a full header, so that the batch can be sent again and again.
  const encoder = new ChunkEncoder();
  const address = { streamId: 0, chunkStreamId: 3 };
  const command = encodeCommand({ name: "_checkbw", transactionId: 7, args: [null] }, address);
  for (let i = 0; i < 1000; i++) encoder.write(command);
  const batch = encoder.takeOutput() ?? new Uint8Array(0);
  const flood = async (): Promise<void> => {
    for (let i = 0; i < 1000; i++) await client.sendBytes(batch);
  };
  // It ends when the server closes.
  const flooded = flood().catch((error: unknown) => String(error));
  const { fields } = await harness.logged("Limit reached");
  assertEquals(fields.limit, "max_reply_bytes");
  assertStringIncludes(String(fields.detail), "reads nothing");
  client.resumeReading();
  await client.close();
  await flooded;
  assertEquals(harness.hooks.linesOf(1), ["on_connect live", "on_close live limit"]);
});
