/**
 * What is reported to those who follow the server: each change once, in its order, under public names alone.
 *
 * @module
 */
import type { ActivityEvent } from "../../../core/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { until } from "../../support/wait.ts";

function kindsOf(events: readonly ActivityEvent[]): string[] {
  return events.map(({ kind, clientId }) => `${kind} ${clientId}`);
}

Deno.test("connections, publishes and plays are reported from start to end", async () => {
  await using harness = RtmpHarness.start();
  const { events } = harness;
  const publisher = await harness.client({ tcUrl: "rtmp://127.0.0.1/live" });
  await publisher.publish("livestream?token=x");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  const player = await harness.client();
  await player.play("livestream");
  await player.close();
  await until(() => events.some(({ kind, clientId }) => kind === "on_close" && clientId === 2));
  await publisher.close();
  await until(() => events.filter(({ kind }) => kind === "on_close").length === 2);
  assertEquals(kindsOf(events), [
    "on_connect 1",
    "on_publish 1",
    "on_connect 2",
    "on_play 2",
    "on_stop 2",
    "on_close 2",
    // So short a publish is described at its end.
    "stream_format 1",
    "on_unpublish 1",
    "on_close 1",
  ]);
  const publish = events.find(({ kind }) => kind === "on_publish");
  const { vhost, app, stream, param, streamUrl, tcUrl, protocol, ip } = publish ?? {};
  assertEquals([vhost, app, stream, param, streamUrl], [
    "__defaultVhost__",
    "live",
    "livestream",
    "?token=x",
    "/live/livestream",
  ]);
  assertEquals([tcUrl, protocol, ip], ["rtmp://127.0.0.1/live", "rtmp", "127.0.0.1"]);
  const { ending } = events.find(({ kind }) => kind === "on_unpublish") ?? {};
  assert(ending !== undefined && ending.recvBytes > 3000 && ending.durationMs >= 0);
  assertEquals(events.find(({ kind }) => kind === "stream_format")?.format?.video, "H264");
});

Deno.test("a stream key that the service renames is in no event", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  const publisher = await harness.client({
    tcUrl: "rtmp://127.0.0.1/live/s3cr3t",
    extras: { pageUrl: "http://page/s3cr3t" },
  });
  await publisher.publish("s3cr3t?k=s3cr3t");
  await publisher.close();
  await until(() => harness.events.some(({ kind }) => kind === "on_close"));
  const publish = harness.events.find(({ kind }) => kind === "on_publish");
  assertEquals(publish?.stream, "public");
  assertEquals(harness.events.filter((event) => JSON.stringify(event).includes("s3cr3t")), []);
});

Deno.test("what is denied is reported with its rule, and neither begins nor ends", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_play" ? { no: "Not today" } : "yes";
  const player = await harness.client();
  await player.play("livestream").catch(() => {});
  await until(() => harness.events.some(({ kind }) => kind === "on_close"));
  assertEquals(kindsOf(harness.events).slice(0, 2), ["on_connect 1", "denied 1"]);
  const { denial, stream } = harness.events[1] ?? {};
  assertEquals([denial?.request, denial?.rule, denial?.description, stream], [
    "play",
    "on_play",
    "Not today",
    "livestream",
  ]);
  assert(!harness.events.some(({ kind }) => kind === "on_play" || kind === "on_stop"));
});

Deno.test("a connection that is denied is reported", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = () => ({ no: "Nobody" });
  await harness.client().catch(() => {});
  await until(() => harness.events.length > 0);
  const [event] = harness.events;
  assertEquals([event?.kind, event?.denial?.request, event?.app], ["denied", "connect", "live"]);
});
