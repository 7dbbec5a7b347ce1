/**
 * Attacks by connections: those that do nothing, those that are too many, those that do not read.
 *
 * @module
 */
import { MessageType } from "../../rtmp/wire/message.ts";
import { assert, assertEquals, assertLess } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { bytes } from "../support/bytes.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import {
  commandBody,
  endedByLimit,
  fullHeader,
  sendUntilEnded,
  underAttack,
  unlessEnded,
} from "./support.ts";

const CHATTER_MS = 20;
const MIB = 1024 * 1024;

/** A little later. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CHATTER_MS));
}

/** Whether the server closes without a byte. */
async function isClosed(conn: Deno.Conn): Promise<boolean> {
  return await conn.read(new Uint8Array(1)).catch((error: unknown) => {
    if (error instanceof Deno.errors.ConnectionReset) return null;
    throw error;
  }) === null;
}

/** Whether the server turns away a client that connects now. */
async function isRefused(port: number): Promise<boolean> {
  using conn = await Deno.connect({ port });
  return await isClosed(conn);
}

attackTest(
  11,
  "a handshake of a byte at a time ends in time",
  () =>
    underAttack({ limits: { handshakeTimeoutMs: 300 } }, async (harness) => {
      using conn = await Deno.connect({ port: harness.port });
      const ended = isClosed(conn);
      let over = false;
      void ended.then(() => over = true);
      const isOver = (): boolean => over;
      for (let i = 0; !isOver(); i++) {
        await unlessEnded(conn.write(Uint8Array.of(i === 0 ? 3 : 0)));
        await pause();
      }
      assertEquals((await harness.logged("Limit reached")).fields.limit, "handshake_timeout");
    }),
);

attackTest(
  11,
  "pings and unknown commands in the place of connect put nothing off",
  () =>
    underAttack({ limits: { connectTimeoutMs: 300 } }, async (harness) => {
      const client = await harness.open();
      await sendUntilEnded(client, async () => {
        await client.sendControl({ kind: "pingRequest", timestamp: 0 });
        await client.streamCommand("hello");
        await pause();
      });
      await endedByLimit(harness, client, "connect_timeout");
    }),
);

attackTest(
  11,
  "createStream, pause and deleteStream in the place of a stream put nothing off",
  () =>
    underAttack({ limits: { idleTimeoutMs: 1500, maxCommandsPerSecond: 0 } }, async (harness) => {
      const client = await harness.client();
      await sendUntilEnded(client, async () => {
        await client.streamCommand("createStream");
        await client.streamCommand("pause", Boolean(1), 0);
        await client.streamCommand("deleteStream", 1);
        await pause();
      });
      await endedByLimit(harness, client, "idle_timeout");
    }),
);

attackTest(
  11,
  "a publish without media puts nothing off, however often",
  () =>
    underAttack(
      { limits: { idleTimeoutMs: 1500, maxStartsPerMinute: 0, maxCommandsPerSecond: 0 } },
      async (harness) => {
        const client = await harness.client();
        await sendUntilEnded(client, async () => {
          await client.streamCommand("publish", "nothing", "live");
          await client.streamCommand("deleteStream", 1);
          await pause();
        });
        await endedByLimit(harness, client, "idle_timeout");
      },
    ),
);

for (const command of ["publish", "play"] as const) {
  const what = command === "publish" ? "publishes without media" : "plays that are withdrawn";
  attackTest(
    11,
    `${what}, one right behind the other, put nothing off`,
    () =>
      underAttack(
        { limits: { idleTimeoutMs: 1500, maxStartsPerMinute: 0, maxCommandsPerSecond: 0 } },
        async (harness) => {
          harness.hooks.answer = ({ event }) => event === "on_play" ? new Promise(() => {}) : "yes";
          const client = await harness.client();
          await sendUntilEnded(client, async () => {
            await client.streamCommand("createStream");
            await client.streamCommand(command, "nothing", "live");
            await pause();
            await client.streamCommand("deleteStream", 1);
          });
          await endedByLimit(harness, client, "idle_timeout");
          assert(harness.hooks.records.filter(({ name }) => name === "live/nothing").length > 3);
        },
      ),
  );
}

attackTest(
  11,
  "pings and empty media of a publisher put nothing off",
  () =>
    underAttack({ publish: { firstpktTimeoutMs: 300 } }, async (harness) => {
      const client = await harness.client();
      await client.publish("nothing");
      await sendUntilEnded(client, async () => {
        await client.sendControl({ kind: "pingRequest", timestamp: 0 });
        await client.sendAudio(new Uint8Array(0), 0);
        await pause();
      });
      await endedByLimit(harness, client, "publish.firstpkt_timeout");
    }),
);

attackTest(12, "connections in their handshake count", async () => {
  await using harness = RtmpHarness.start({ maxConnections: 3 });
  using _first = await Deno.connect({ port: harness.port });
  using second = await Deno.connect({ port: harness.port });
  await second.write(new Uint8Array([3, 0, 0]));
  const third = await harness.open();
  assert(await isRefused(harness.port));
  assertEquals((await harness.logged("Limit reached")).fields.limit, "max_connections");
  await third.close();
});

attackTest(12, "one address has its share and no more, over IPv4 and as an IPv4-mapped one", async () => {
  await using harness = RtmpHarness.start({ hostname: "::", limits: { maxConnectionsPerIp: 2 } });
  using _first = await Deno.connect({ hostname: "127.0.0.1", port: harness.port });
  const second = harness.keep(
    await RtmpTestClient.open({ hostname: "::ffff:127.0.0.1", port: harness.port }),
  );
  using third = await Deno.connect({ hostname: "127.0.0.1", port: harness.port });
  assert(await isClosed(third));
  const { fields } = await harness.logged("Limit reached");
  assertEquals([fields.limit, fields.ip], ["max_connections_per_ip", "127.0.0.1"]);
  const other = harness.keep(await RtmpTestClient.open({ hostname: "::1", port: harness.port }));
  await Promise.all([second.close(), other.close()]);
});

attackTest(12, "players and publishers above their number are refused with a reason", async () => {
  await using harness = RtmpHarness.start({
    limits: { maxPlayersPerStream: 1, maxPlayersPerVhost: 2, maxPublishersPerVhost: 1 },
  });
  const play = async (name: string) => (await (await harness.client()).play(name)).code;
  assertEquals(await play("a"), "NetStream.Play.Start");
  assertEquals(await play("a"), "NetStream.Play.Failed");
  assertEquals(await play("b"), "NetStream.Play.Start");
  assertEquals(await play("c"), "NetStream.Play.Failed");
  const publisher = await harness.client();
  assertEquals((await publisher.publish("a")).code, "NetStream.Publish.Start");
  const second = await harness.client();
  assertEquals((await second.publish("b")).code, "NetStream.Publish.Rejected");
  await publisher.leave("a");
  await harness.hooks.next("on_unpublish");
  const third = await harness.client();
  assertEquals((await third.publish("b")).code, "NetStream.Publish.Start");
  const counts = harness.server.limitCounts();
  assertEquals(
    [counts.max_players_per_stream, counts.max_players_per_vhost, counts.max_publishers_per_vhost],
    [1, 1, 1],
  );
});

attackTest(12, "a publisher that comes back after its network was lost has its old place", async () => {
  await using harness = RtmpHarness.start({
    limits: { maxPublishersPerVhost: 1 },
    publish: { takeoverAfterMs: 300 },
  });
  const lost = await harness.client();
  assertEquals((await lost.publish("livestream")).code, "NetStream.Publish.Start");
  const back = await harness.client();
  assertEquals((await back.publish("livestream")).code, "NetStream.Publish.Start");
  assertEquals(harness.server.limitCounts().max_publishers_per_vhost, 0);
});

attackTest(14, "a player that stops reading costs the server no more than the log, then ends", async () => {
  await using harness = RtmpHarness.start({ limits: { maxLagBytes: 4 * MIB }, play: { sendTimeoutMs: 500 } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  const good = await harness.client();
  await good.play("livestream");
  const slow = await harness.client();
  await slow.play("livestream");
  slow.pauseReading();
  const before = Deno.memoryUsage().external;
  const frames = 400;
  // What is free already counts until it is collected: the least of many moments is what is held.
  let least = Infinity;
  for (let i = 1; i <= frames; i++) {
    await publisher.sendVideo(avcKeyFrame({ size: 200_000 }), i * 40);
    await good.waitFor(({ typeId, payload }) => typeId === MessageType.Video && payload.length === 200_000);
    if (i > frames / 2) least = Math.min(least, Deno.memoryUsage().external - before);
  }
  assertLess(least, 32 * MIB, "at least 40 MB had gone by");
  const { request, ending } = await harness.hooks.next("on_stop");
  assertEquals([request.client.clientId, ending?.reason], [3, "slow"]);
  const counts = harness.server.limitCounts();
  assertEquals([counts["play.send_timeout"], counts["play.queue_length"]], [1, 0]);
  await publisher.sendAudio(aacFrame(), frames * 40);
  await good.waitFor(({ typeId }) => typeId === MessageType.Audio);
});

attackTest(
  14,
  "replies that nobody reads end their connection",
  () =>
    // It neither publishes nor plays, and a busy machine may need longer than that allows to fill the sockets.
    underAttack({ limits: { maxCommandsPerSecond: 0, idleTimeoutMs: 120_000 } }, async (harness) => {
      const client = await harness.client();
      client.pauseReading();
      const body = commandBody("_checkbw", null);
      const typeId = MessageType.CommandAmf0;
      const command = bytes(fullHeader({ chunkStreamId: 3, length: body.length, typeId, streamId: 0 }), body);
      const commands = bytes(...Array.from({ length: 1000 }, () => command));
      const isReached = (): boolean => harness.log.some(({ message }) => message === "Limit reached");
      while (!isReached()) await unlessEnded(client.sendBytes(commands));
      assertEquals((await harness.logged("Limit reached")).fields.limit, "max_reply_bytes");
      client.resumeReading();
    }),
);
