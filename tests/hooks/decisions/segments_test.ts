/**
 * Segments of a publish: reported in its order with its facts, also after its end, and once by `on_hls_notify`.
 *
 * @module
 */
import type { FinishedSegment, Publication } from "../../../core/mod.ts";
import { noticeUrl } from "../../../hooks/contract/notice_url.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";

const VHOST = "__defaultVhost__";

function segment(sequence: number): FinishedSegment {
  return {
    sequence,
    durationMs: 2000,
    bytes: 1000,
    startMs: 0,
    url: `live/livestream-${sequence}.ts`,
    playlistUrl: "live/livestream.m3u8",
  };
}

function publicationOf({ service }: ServiceUnderTest, stream = "livestream"): Publication {
  const found = service.publications.find(VHOST, "live", stream);
  assert(found !== undefined);
  return found;
}

const numberOf = ({ json }: ReceivedHook) => json.seq_no;

Deno.test("Segments arrive in order before the ending, each with an id of its own and the facts of the publish", async () => {
  await using receiver = await HookReceiver.start();
  const url = receiver.url();
  const options = hooksOptions(vhostHooks({ ...allEvents(url), on_hls: url }));
  await using tested = await ServiceUnderTest.open(options);
  const lease = await tested.admitted("on_publish");
  const publication = publicationOf(tested);
  for (const sequence of [7, 8, 9]) publication.segmentFinished(segment(sequence));
  await lease.end(CLIENT_LEFT);
  await receiver.waitFor("on_unpublish");
  assertEquals(receiver.actions(), ["on_publish", "on_hls", "on_hls", "on_hls", "on_unpublish"]);
  const [start, ...reported] = receiver.requests.slice(0, 4);
  assertEquals(reported.map(numberOf), [7, 8, 9]);
  assertEquals(new Set(reported.map(({ headers }) => headers["webhook-id"])).size, 3);
  assertEquals(new Set(reported.map(({ json }) => json.session_id)), new Set([start?.json.session_id]));
});

Deno.test("A segment that is finished after its publish is reported with that publish, not with the next one", async () => {
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks({ on_hls: receiver.url() }));
  await using tested = await ServiceUnderTest.open(options);
  const lease = await tested.admitted("on_publish", { clientId: 4 });
  const first = publicationOf(tested);
  await lease.end(CLIENT_LEFT);
  await tested.admitted("on_publish", { clientId: 5 });
  first.segmentFinished(segment(1));
  publicationOf(tested).segmentFinished(segment(2));
  const found = await receiver.waitFor("on_hls", 2);
  assertEquals(found.map(({ json }) => [json.client_id, json.seq_no]).sort(), [[4, 1], [5, 2]]);
});

Deno.test("A publish is found by its public name, and not where nothing is reported", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_publish", { code: 0, data: { stream: "public" } });
  const urls = { on_publish: receiver.url(), on_hls: receiver.url() };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls)));
  const lease = await tested.admitted("on_publish", { stream: "key" });
  const facts = { stream: "public", param: "", streamUrl: "/live/public", streamId: "vid-0000000" };
  lease.rename("live", facts);
  assert(tested.service.publications.find(VHOST, "live", "key") === undefined);
  publicationOf(tested, "public").segmentFinished(segment(1));
  const [hls] = await receiver.waitFor("on_hls");
  assertEquals(hls?.json.stream, "public");

  await using plain = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  await plain.admitted("on_publish");
  assert(plain.service.publications.find(VHOST, "live", "livestream") === undefined);
});

Deno.test("Publishes that are over are forgotten with the next one", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_hls: receiver.url() })));
  for (let round = 0; round < 3; round++) {
    await (await tested.admitted("on_publish", { stream: `s${round}` })).end(CLIENT_LEFT);
  }
  await tested.admitted("on_publish");
  const { publications } = tested.service;
  assertEquals([0, 1, 2].map((round) => publications.find(VHOST, "live", `s${round}`)), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("Segments wait for a service that is down, and are then delivered once each", async () => {
  const receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_hls: receiver.url() })));
  await tested.admitted("on_publish");
  await receiver.stop();
  const publication = publicationOf(tested);
  for (let sequence = 1; sequence <= 20; sequence++) publication.segmentFinished(segment(sequence));
  receiver.listen();
  const found = await receiver.waitFor("on_hls", 20);
  await tested.settle();
  assertEquals(found.map(numberOf), Array.from({ length: 20 }, (_, index) => index + 1));
  assertEquals(receiver.requests.length, 20);
  await receiver[Symbol.asyncDispose]();
});

Deno.test("on_hls_notify is one GET whose answer is read in part, whatever it is", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("*", "endless");
  const template = receiver.url("/hls/[server_id]/[app]/[stream]/[ts_url][param]");
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_hls_notify: template })));
  await tested.admitted("on_publish", { param: "?token=a b&x=%41" });
  publicationOf(tested).segmentFinished(segment(1));
  const [get] = await receiver.waitFor(({ method }) => method === "GET");
  assertEquals(get?.path, "/hls/vid-858kb84/live/livestream/live/livestream-1.ts?token=a%20b&x=%41");
  assertEquals([get?.body, get?.headers["content-type"]], ["", undefined]);
  assertMatch(get?.headers["webhook-id"] ?? "", /-on_hls_notify-0-1$/);
  const [line] = await tested.log.waitFor("event=on_hls_notify");
  assertEquals(line?.fields.verdict, "delivered");

  receiver.reply("*", { status: 500 });
  publicationOf(tested).segmentFinished(segment(2));
  const [rejected] = await tested.log.waitFor("status=500");
  assertEquals([rejected?.fields.verdict, rejected?.fields.cause], ["delivered", undefined]);
  await tested.settle();
  assertEquals(receiver.requests.length, 2);

  await receiver.stop();
  publicationOf(tested).segmentFinished(segment(3));
  const failed = (await tested.log.waitFor("event=on_hls_notify", 3)).at(-1);
  assertMatch(`${failed?.fields.verdict}: ${failed?.fields.cause}`, /^error: .*refused/i);
});

Deno.test("on_hls_notify is left out where max_concurrency is reached", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("*", "hang");
  const urls = { on_hls_notify: receiver.url() };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls, { maxConcurrency: 2 })));
  await tested.admitted("on_publish");
  for (const sequence of [1, 2, 3]) publicationOf(tested).segmentFinished(segment(sequence));
  await tested.log.waitFor("cause=max_concurrency is reached", 2);
  await receiver.waitFor(({ method }) => method === "GET");
  assertEquals(receiver.requests.length, 1);
});

Deno.test("noticeUrl() replaces each variable once, and lets no value leave its place", () => {
  const facts = {
    ...{ sessionId: "s", serverId: "vid-1", serviceId: "svc", clientId: 1, ip: "::1", vhost: VHOST },
    ...{ app: "live/a", tcUrl: "", pageUrl: "", startedAt: 0 },
    protocol: "rtmp",
    stream: { stream: "[param]&b=c", param: "?k=#x\n", streamUrl: "", streamId: "" },
  } as const;
  const url = noticeUrl("http://h/[service_id]/[app]?s=[stream]&p=[param]&[other]", facts, segment(1));
  assertEquals(url, "http://h/svc/live/a?s=%5Bparam%5D%26b%3Dc&p=?k=%23x%0A&[other]");
});

Deno.test("A segment of a publish whose addresses were forgotten goes to today's, or becomes a dead letter", async () => {
  await using receiver = await HookReceiver.start();
  const hlsAt = (...urls: readonly string[]) => hooksOptions(vhostHooks({ on_hls: urls }));
  await using tested = await ServiceUnderTest.open(hlsAt(receiver.url("/old")));
  await tested.admitted("on_publish");
  const publication = publicationOf(tested);
  // More than are remembered.
  await tested.service.reload(hlsAt(...Array.from({ length: 1500 }, (_, i) => receiver.url(`/${i}`))));
  await tested.service.reload(hlsAt(receiver.url("/today")));
  publication.segmentFinished(segment(1));
  assertEquals((await receiver.waitFor("on_hls")).map(({ path }) => path), ["/today"]);
  await tested.service.reload(hooksOptions(vhostHooks({ on_play: receiver.url() })));
  for (const round of ["a", "b"]) {
    const others = Array.from({ length: 1500 }, (_, i) => receiver.url(`/${round}${i}`));
    await tested.service.reload(hooksOptions(vhostHooks({ on_play: others })));
  }
  publication.segmentFinished(segment(2));
  assertEquals(tested.service.snapshot().outbox.dead, 1);
});
