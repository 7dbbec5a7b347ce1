/**
 * Peers that are gone without a word: a cut cable, with neither FIN nor RST. They end within the configured time,
 * and their endings are reported.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { decodeControl, isControl } from "../../../rtmp/wire/control.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import { RemoteHost } from "../../support/process/remote_host.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { type HarnessOptions, RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { SilentRelay } from "../../support/net/silent_relay.ts";

const QUICK: HarnessOptions = {
  limits: { pingIntervalMs: 300, pingTimeoutMs: 700 },
  publish: { normalTimeoutMs: 700 },
};
/** Interval, timeout, and a look once a second for each, milliseconds. */
const WITHIN_MS = 4000;

/** Resolves when the server has received more than `bytes`. */
async function receivedMore(harness: RtmpHarness, bytes: number): Promise<void> {
  while (await receivedBytes(harness) <= bytes) await harness.clock.skip(0);
}

async function receivedBytes(harness: RtmpHarness): Promise<number> {
  return (await harness.server.snapshot()).usage.recvBytes;
}

for (const live of [false, true]) {
  Deno.test(`a player whose cable is cut ends, reason timeout, ${live ? "while media flows" : "while it waits"}`, async () => {
    // The publisher of the test sends by another clock.
    await using harness = RtmpHarness.start({ ...QUICK, publish: { normalTimeoutMs: 3_600_000 } });
    await using relay = SilentRelay.to(harness.port);
    const player = await harness.client({ port: relay.port });
    await player.play("livestream");
    const publisher = await harness.client();
    await publisher.publish("livestream");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    let at = 0;
    const source = live ? setInterval(() => publisher.sendVideo(avcKeyFrame(), at += 40), 40) : undefined;
    if (!live) await publisher.leave("livestream");
    relay.cut();
    const cutMs = harness.clock.now();
    const { request, ending } = await harness.clock.skipUntil(harness.hooks.next("on_stop"));
    clearInterval(source);
    assertEquals([request.client.clientId, ending?.reason], [1, "timeout"]);
    assertLess(harness.clock.now() - cutMs, WITHIN_MS);
    assertEquals(harness.hooks.linesOf(1).slice(-1).length, 1);
    assertEquals(harness.server.limitCounts().ping_timeout, 1);
  });
}

Deno.test("a publisher whose cable is cut ends, reason timeout, and its name is free", async () => {
  await using harness = RtmpHarness.start({ ...QUICK, limits: { pingIntervalMs: 0 } });
  await using relay = SilentRelay.to(harness.port);
  const publisher = await harness.client({ port: relay.port });
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  await publisher.sendAudio(aacFrame(), 0);
  // What is on its way at the cut would be lost.
  await player.waitFor(({ typeId }) => typeId === MessageType.Audio, "the publisher's media");
  relay.cut();
  const { ending } = await harness.clock.skipUntil(harness.hooks.next("on_unpublish"));
  assertEquals(ending?.reason, "timeout");
  assertEquals((await harness.hooks.next("on_close")).ending?.reason, "timeout");
  assertEquals(harness.server.limitCounts()["publish.normal_timeout"], 1);
  const next = await harness.client();
  assertEquals((await next.publish("livestream")).code, "NetStream.Publish.Start");
});

Deno.test("a client that answers pings is never ended by them", async () => {
  await using harness = RtmpHarness.start(QUICK);
  const player = await harness.client();
  await player.play("livestream");
  for (let i = 0; i < 3; i++) {
    const bytes = await receivedBytes(harness);
    await harness.clock.skip(1000);
    await player.waitForControl("pingRequest");
    await receivedMore(harness, bytes);
  }
  assertEquals(harness.server.limitCounts().ping_timeout, 0);
  assertEquals(harness.hooks.open, 2);
});

Deno.test("a relay that waits for a publisher gets a byte long before it would hang up, others do not", async () => {
  await using harness = RtmpHarness.start();
  const relay = await harness.client({
    args: [Amf0Object.of({ srs_sig: "SRS", srs_server: "SRS/6.0.157(Hang)" })],
  });
  const player = await harness.client();
  for (const client of [relay, player]) await client.play("livestream");
  for (let i = 0; i < 2; i++) await harness.clock.skipUntil(relay.waitForControl("pingRequest"));
  const pings = player.pending.filter((message) => {
    return isControl(message.typeId) && decodeControl(message).kind === "pingRequest";
  });
  assertEquals(pings, []);
});

Deno.test("a relay whose connect waits for its answer gets a byte before it would hang up", async () => {
  await using harness = RtmpHarness.start();
  const answer = Promise.withResolvers<"yes">();
  harness.hooks.answer = () => answer.promise;
  const relay = await RtmpTestClient.open({ port: harness.port });
  const connected = relay.connectApp({ port: harness.port, args: [Amf0Object.of({ srs_sig: "SRS" })] });
  await harness.clock.skipUntil(relay.waitForControl("pingRequest"));
  answer.resolve("yes");
  assertEquals((await connected).name, "_result");
  await relay.close();
});

Deno.test("a client that answers no ping is ended, however well it is connected", async () => {
  await using harness = RtmpHarness.start(QUICK);
  const player = await harness.client({ answersPings: false });
  await player.play("livestream");
  await harness.clock.skipUntil(player.waitForControl("pingRequest"));
  const { ending } = await harness.clock.skipUntil(harness.hooks.next("on_stop"));
  assertEquals(ending?.reason, "timeout");
});

/** At the end of a real cable where this process may lay one, else behind the relay of the other tests. */
async function farClient(harness: RtmpHarness, host: RemoteHost | undefined, what: "publish" | "play") {
  if (host !== undefined) {
    await host.run("remote_client.ts", what, host.address, String(harness.port));
    return { cut: () => host.cut(), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const relay = SilentRelay.to(harness.port);
  const client = await harness.client({ port: relay.port });
  if (what === "play") await client.play("livestream");
  else {
    await client.publish("livestream");
    await client.sendVideo(avcKeyFrame(), 0);
  }
  return {
    cut: () => Promise.resolve(relay.cut()),
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}

for (const what of ["publish", "play"] as const) {
  const ended = what === "publish" ? "on_unpublish" : "on_stop";
  Deno.test(`${what} from a host whose cable is cut ends, reason timeout, its endings reported`, async () => {
    await using stack = new AsyncDisposableStack();
    const host = await RemoteHost.isPossible() ? stack.use(await RemoteHost.make()) : undefined;
    const harness = stack.use(RtmpHarness.start({ ...QUICK, hostname: host?.address ?? "127.0.0.1" }));
    const client = stack.use(await farClient(harness, host, what));
    assertEquals(harness.hooks.open, 2);
    await client.cut();
    const cutMs = harness.clock.now();
    assertEquals((await harness.clock.skipUntil(harness.hooks.next(ended))).ending?.reason, "timeout");
    assertEquals((await harness.hooks.next("on_close")).ending?.reason, "timeout");
    assertLess(harness.clock.now() - cutMs, WITHIN_MS);
    assert(harness.log.some(({ message, fields }) => message === "Limit reached" && fields.ip !== ""));
  });
}

for (const first of [true, false]) {
  const limit = first ? "firstpkt_timeout" : "normal_timeout";
  Deno.test(`a publisher whose key frame takes longer than ${limit} is not ended while bytes of it come`, async () => {
    const publish = { normalTimeoutMs: 1500, firstpktTimeoutMs: 1500 };
    await using harness = RtmpHarness.start({ publish });
    const player = await harness.client();
    await player.play("livestream");
    const publisher = await harness.client();
    await publisher.publish("livestream");
    if (!first) await publisher.sendVideo(avcSequenceHeader(), 0);
    const encoder = new ChunkEncoder();
    const payload = avcKeyFrame({ size: 100_000 });
    encoder.write({ typeId: MessageType.Video, chunkStreamId: 6, streamId: 1, timestamp: 40, payload });
    const bytes = encoder.takeOutput() ?? new Uint8Array(0);
    const pieces = 20;
    const size = Math.ceil(bytes.length / pieces);
    for (let i = 0; i < pieces; i++) {
      const before = await receivedBytes(harness);
      await publisher.sendBytes(bytes.subarray(i * size, (i + 1) * size));
      await receivedMore(harness, before);
      await harness.clock.skip(250);
    }
    await player.waitFor(({ payload }) => payload.length === 100_000, "the key frame");
    // A message that is whole gives no more time than any other.
    const { ending } = await harness.clock.skipUntil(harness.hooks.next("on_unpublish"));
    assertEquals(ending?.reason, "timeout");
  });
}

Deno.test("nobody is ended for a time in which the server itself stood still", async () => {
  await using harness = RtmpHarness.start({ publish: { normalTimeoutMs: 1000 } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  let at = 0;
  const send = () => void publisher.sendVideo(avcKeyFrame(), at += 40).catch(() => undefined);
  const source = harness.clock.setInterval(send, 40);
  const player = await harness.client();
  await player.play("livestream");
  await player.waitFor(({ typeId }) => typeId === MessageType.Video);
  await harness.clock.stall(2500);
  await harness.clock.skip(3000);
  source.clear();
  assertEquals(harness.server.limitCounts()["publish.normal_timeout"], 0);
});
