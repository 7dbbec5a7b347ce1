/**
 * Several media threads behind one port, for real: one server to its clients and its operator.
 *
 * @module
 */
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";
import { LivePublisher } from "../../support/rtmp/live_client.ts";

const BAD_NAME = "NetStream.Publish.BadName";

function isVideo({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video;
}

async function publishGop(client: RtmpTestClient, fill: number, from = 0): Promise<Uint8Array[]> {
  const payloads = [
    avcSequenceHeader(),
    avcKeyFrame({ size: 30_000, fill }),
    avcInterFrame(1, { size: 3000, fill }),
    avcInterFrame(2, { size: 3000, fill }),
  ];
  for (const [i, payload] of payloads.entries()) {
    await client.sendVideo(payload, from + Math.max(0, i - 1) * 40);
  }
  return payloads;
}

async function take(player: RtmpTestClient, count: number): Promise<RtmpMessage[]> {
  const messages: RtmpMessage[] = [];
  for (let i = 0; i < count; i++) messages.push(await player.waitFor(isVideo, `video ${i} of ${count}`));
  return messages;
}

for (const threads of [2, 3]) {
  Deno.test(`ThreadedServer with ${threads} threads: published on one, played on all`, async () => {
    await using harness = await ThreadedHarness.start({ threads });
    for (let home = 0; home < threads; home++) {
      const publisher = await harness.clientOn(home);
      assertEquals((await publisher.publish(`stream${home}`)).code, "NetStream.Publish.Start");
      const early = await harness.clientsOnAll();
      for (const player of early) await player.play(`stream${home}`);
      const payloads = await publishGop(publisher, home + 1);
      for (const player of early) {
        assertEquals((await take(player, 4)).map(({ payload }) => payload), payloads);
      }
      const late = await harness.clientsOnAll();
      for (const player of late) await player.play(`stream${home}`);
      for (const player of late) {
        assertEquals((await take(player, 4)).map(({ payload }) => payload), payloads);
      }
    }
  });
}

Deno.test("ThreadedServer: the first player of a thread begins at the stream's newest key frame", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2, play: { timeJitter: "zero" } });
  const [publisher, player] = await harness.clientsOnAll();
  assert(publisher !== undefined && player !== undefined);
  await publisher.publish("livestream");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await publishGop(publisher, 1, 600_000);
  // Answered behind all that was sent before.
  await publisher.command("_checkbw");
  await player.play("livestream");
  const received = await take(player, 2);
  assertEquals(received.map(({ timestamp }) => timestamp), [0, 600_000]);
});

Deno.test("ThreadedServer: players stay over a republish on another thread, and time goes on", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const players = await harness.clientsOnAll();
  for (const player of players) await player.play("livestream");
  const times: number[][] = players.map(() => []);
  for (const [round, home] of [0, 1, 0].entries()) {
    const publisher = await harness.clientOn(home);
    await publisher.publish("livestream");
    const payloads = await publishGop(publisher, round + 1, round * 77_000);
    for (const [i, player] of players.entries()) {
      const messages = await take(player, 4);
      assertEquals(messages.map(({ payload }) => payload), payloads);
      times[i]?.push(...messages.map(({ timestamp }) => timestamp));
    }
    await publisher.leave("livestream");
    await harness.hooks.next("on_unpublish");
  }
  for (const seen of times) assertEquals(seen, [0, 0, 40, 80, 90, 90, 130, 170, 180, 180, 220, 260]);
});

Deno.test("ThreadedServer: a republish that follows at once keeps the time for players of a third thread", async () => {
  await using harness = await ThreadedHarness.start({ threads: 3, hooked: false });
  const player = await harness.clientOn(2);
  await player.play("livestream");
  const times: number[] = [];
  let publisher = await harness.clientOn(0);
  for (let round = 0; round < 10; round++) {
    const next = await harness.clientOn((round + 1) % 2);
    await next.createStream();
    assertEquals((await publisher.publish("livestream")).code, "NetStream.Publish.Start");
    await publishGop(publisher, 1, round * 50_000);
    times.push(...(await take(player, 4)).map(({ timestamp }) => timestamp));
    await publisher.streamCommand("closeStream");
    await harness.logged("Publish ended");
    publisher = next;
  }
  assertEquals(times, [...times].sort((a, b) => a - b));
});

Deno.test("ThreadedServer: hooks see one server, in pairs, with a number for each client", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const seen = new Set<number>();
  for (let home = 0; home < 2; home++) {
    const publisher = await harness.clientOn(home);
    await publisher.publish(`stream${home}`);
    const player = await harness.clientOn(1 - home);
    await player.play(`stream${home}`);
    await publishGop(publisher, 1);
    await take(player, 4);
    await player.close();
    assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
    await publisher.leave(`stream${home}`);
    const { ending, request } = await harness.hooks.next("on_unpublish");
    assert((ending?.recvBytes ?? 0) > 36_000);
    seen.add(request.client.clientId);
  }
  assertEquals(seen.size, 2);
  const ids = harness.hooks.records.filter(({ event }) => event === "on_connect")
    .map(({ request }) => request.client.clientId);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("ThreadedServer: one stream has one id on all threads", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  for (const player of await harness.clientsOnAll()) await player.play("livestream");
  const ids = harness.hooks.records.filter(({ event }) => event === "on_play")
    .map(({ request }) => request.stream?.streamId);
  assertEquals([ids.length, new Set(ids).size], [2, 1]);
  assertMatch(ids[0] ?? "", /^vid-[0-9a-z]{7}$/);
});

Deno.test("ThreadedServer: a name that is taken on one thread is BadName on another, and nobody is asked", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const [first, second] = await harness.clientsOnAll();
  assert(first !== undefined && second !== undefined);
  await first.publish("livestream");
  const source = await LivePublisher.begin(first);
  assertEquals((await second.publish("livestream")).code, BAD_NAME);
  source.stop();
  assertEquals(harness.hooks.records.filter(({ event }) => event === "on_publish").length, 1);
  await first.leave("livestream");
  await harness.hooks.next("on_unpublish");
  const third = await harness.clientOn(1);
  assertEquals((await third.publish("livestream")).code, "NetStream.Publish.Start");
});

Deno.test("ThreadedServer: of many that publish one name at once on all threads, one gets it", async () => {
  await using harness = await ThreadedHarness.start({
    threads: 3,
    hooked: false,
    publish: { takeover: "never" },
  });
  const clients = [
    ...await harness.clientsOnAll(),
    ...await harness.clientsOnAll(),
    ...await harness.clientsOnAll(),
  ];
  for (const client of clients) await client.createStream();
  const codes = (await Promise.all(clients.map((client) => client.publish("livestream"))))
    .map(({ code }) => code);
  assertEquals(codes.filter((code) => code === "NetStream.Publish.Start").length, 1, codes.join(" "));
  assertEquals(codes.filter((code) => code === BAD_NAME).length, clients.length - 1);
});

Deno.test("ThreadedServer: a silent holder on another thread is taken over, its ending reported first", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2, publish: { takeoverAfterMs: 200 } });
  const [silent, claimant] = await harness.clientsOnAll();
  assert(silent !== undefined && claimant !== undefined);
  await silent.publish("livestream");
  const { request } = await harness.hooks.next("on_publish");
  await silent.sendVideo(avcSequenceHeader(), 0);
  assertEquals((await claimant.publish("livestream")).code, "NetStream.Publish.Start");
  await silent.closed;
  assertEquals(harness.hooks.linesOf(request.client.clientId).slice(-3), [
    "on_publish live/livestream",
    "on_unpublish live/livestream replaced",
    "on_close live replaced",
  ]);
  const events = harness.hooks.records.map(({ event }) => event);
  assert(events.indexOf("on_unpublish") < events.lastIndexOf("on_publish"));
});

Deno.test("ThreadedServer: a revocation ends the session on whatever thread", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const clients = await harness.clientsOnAll();
  for (const [i, client] of clients.entries()) await client.publish(`stream${i}`);
  harness.hooks.revoke("on_publish", { reason: "kicked", description: "Out" });
  await Promise.all(clients.map(({ closed }) => closed));
  const endings = [await harness.hooks.next("on_unpublish"), await harness.hooks.next("on_unpublish")];
  assertEquals(endings.map(({ ending }) => ending?.reason), ["kicked", "kicked"]);
});

Deno.test("ThreadedServer: a kicked publisher is kept away on every thread", async () => {
  await using harness = await ThreadedHarness.start({ threads: 3 });
  const [client] = await harness.clientsOnAll();
  await client?.publish("livestream");
  const { request } = await harness.hooks.next("on_publish");
  assert(await harness.server.kick(request.client.clientId, { holdMs: 60_000 }));
  for (const again of await harness.clientsOnAll()) {
    const { code, description } = await again.publish("livestream");
    assertEquals([code, /held for \d+ s more$/.test(description)], ["NetStream.Publish.Rejected", true]);
  }
  assertEquals(harness.hooks.records.filter(({ event }) => event === "on_publish").length, 1);
});
