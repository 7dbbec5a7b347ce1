/**
 * A publish without a socket, as a stream that this server pulls has it: a source that is fed by hand.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { keyFrame, sound, TestPlayer, videoHeader } from "../../support/stream/live_stream.ts";
import { data } from "../../support/rtmp/session_script.ts";
import { metadata } from "../../support/stream/media.ts";
import { OPEN_ACCESS } from "../../../stream/admission/access/options.ts";
import { Pull } from "./pull.ts";
import { AdmissionHarness } from "./support.ts";
import { clientsNow } from "../../support/stream/clients_now.ts";

Deno.test("PublishSession brings a stream that is fed by hand to its players, and the registry shows it", async () => {
  const harness = new AdmissionHarness();
  const pull = new Pull(harness);
  assertEquals(await pull.start("cam?token=x"), "allow");
  const { source } = pull.session;
  assert(source !== undefined);
  pull.feed(videoHeader("h1"), keyFrame("k1", 40));
  assertEquals(new TestPlayer(source).read().length, 2);
  const { clients, connections } = clientsNow(harness.clients);
  const [client] = clients;
  assertEquals([connections, client?.role, client?.protocol, client?.streamUrl], [
    1,
    "publish",
    "http-flv",
    "/live/cam",
  ]);
  assertEquals([client?.publication?.media.videoCodec, client?.recvBytes], ["H264", pull.recvBytes]);
  assertEquals(harness.hooks.records[0]?.request.client.protocol, "http-flv");
  await harness.clients.drain();
  assertEquals(harness.hooks.lines, ["on_publish 1 live/cam", "on_unpublish 1 live/cam shutdown"]);
  assertEquals(harness.hooks.records[1]?.ending?.recvBytes, pull.recvBytes);
  assertEquals([harness.clients.size, harness.context.sources.size, harness.clock.timers], [0, 0, 0]);
});

Deno.test("PublishSession without a socket ends by its deadlines, and frees its name", async () => {
  const harness = new AdmissionHarness({ publish: { normalTimeoutMs: 3000 } });
  const pull = new Pull(harness);
  await pull.start("cam");
  pull.feed(videoHeader("h1"), keyFrame("k1", 40));
  await harness.pass(5);
  await pull.gone;
  assertEquals(harness.hooks.lines.at(-1), "on_unpublish 1 live/cam timeout");
  assertEquals(harness.context.limits.counts()["publish.normal_timeout"], 1);
  assertEquals(await new Pull(harness).start("cam"), "allow");
  await harness.clients.drain();
});

Deno.test("PublishSession without a socket is kicked, and its name is kept from its address", async () => {
  const harness = new AdmissionHarness();
  const pull = new Pull(harness);
  await pull.start("cam");
  assert(harness.clients.kick(pull.clientId, { holdMs: 5000 }));
  await pull.gone;
  const reason = "The operator ended this client; this name is held for 5 s more";
  assertEquals(await new Pull(harness).start("cam"), `publish.kick_hold: ${reason}`);
  await harness.clock.advance(5000);
  assertEquals(await new Pull(harness).start("cam"), "allow");
  await harness.clients.drain();
});

Deno.test("PublishSession takes a public name, and the requested one is free again", async () => {
  const harness = new AdmissionHarness();
  harness.hooks.answer = () => ({ yes: { stream: "public" } });
  const pull = new Pull(harness);
  await pull.start("secret");
  assertEquals([pull.session.stream?.stream, harness.context.sources.size], ["public", 1]);
  assertEquals(clientsNow(harness.clients).clients[0]?.stream, "public");
  await harness.clients.drain();
  assertEquals(harness.hooks.lines, ["on_publish 1 live/secret", "on_unpublish 1 live/public shutdown"]);
});

Deno.test("PublishSession that is refused holds nothing", async () => {
  const harness = new AdmissionHarness({ limits: { maxPublishersPerVhost: 1 } });
  harness.hooks.answer = () => ({ no: "Not today" });
  assertEquals(await new Pull(harness).start("cam"), "on_publish: Not today");
  harness.hooks.answer = () => "yes";
  await harness.clock.advance(0);
  assertEquals(await new Pull(harness).start("cam"), "allow");
  assertEquals(await new Pull(harness).start("cam2"), "max_publishers_per_vhost: Publisher limit reached");
  await harness.clients.drain();
  assertEquals([harness.hooks.open, harness.context.sources.size], [0, 0]);
});

Deno.test("PublishSession whose client leaves while a wrong key delays its answer is aborted, not refused", async () => {
  const credentials = { ...OPEN_ACCESS.credentials, publishKeys: ["the-right-key-0001"] };
  const harness = new AdmissionHarness({ vhost: { access: { ...OPEN_ACCESS, credentials } } });
  const [patient, leaving] = [new Pull(harness), new Pull(harness)];
  const refused = patient.start("cam?key=wrong");
  const started = leaving.start("cam?key=wrong");
  leaving.end("client", "It left");
  assertEquals(await started, "aborted");
  await harness.clock.advance(500);
  assertEquals(await refused, "key: The key is wrong");
  assertEquals([harness.hooks.lines, harness.clock.timers], [[], 0]);
});

Deno.test("PublishSession whose client leaves while the service decides is aborted, and its ending is recorded", async () => {
  const harness = new AdmissionHarness();
  const decided = Promise.withResolvers<"yes">();
  harness.hooks.obeysAborts = false;
  harness.hooks.answer = () => decided.promise;
  const pull = new Pull(harness);
  const started = pull.start("cam");
  await harness.hooks.next("on_publish");
  pull.end("client", "It left");
  decided.resolve("yes");
  assertEquals(await started, "aborted");
  await pull.gone;
  assertEquals(harness.hooks.lines, ["on_publish 1 live/cam", "on_unpublish 1 live/cam client"]);
  assertEquals(harness.lines, []);
});

for (
  const { name, vhost, play, flushed } of [
    { name: "min_latency", vhost: { minLatency: true }, play: { mwLatencyMs: 350 }, flushed: true },
    { name: "mw_latency = 0", vhost: { minLatency: false }, play: { mwLatencyMs: 0 }, flushed: true },
    { name: "mw_latency above 0", vhost: { minLatency: false }, play: { mwLatencyMs: 350 }, flushed: false },
  ]
) {
  Deno.test(`PublishSession flushes ${flushed ? "with the read" : "later"} where the vhost has ${name}`, async () => {
    const harness = new AdmissionHarness({ vhost, play });
    const pull = new Pull(harness);
    await pull.start("cam");
    const { source } = pull.session;
    assert(source !== undefined);
    const player = new TestPlayer(source);
    pull.feed(videoHeader("h1"), keyFrame("k1", 40));
    assertEquals(player.wakes > 0, flushed);
    await harness.clients.drain();
  });
}

Deno.test("PublishSession logs the format of a stream once, with what its metadata tell", async () => {
  const harness = new AdmissionHarness();
  const pull = new Pull(harness);
  await pull.start("cam");
  const formats = () => harness.lines.filter(({ message }) => message === "Stream format");
  pull.feed(videoHeader("h1"), keyFrame("k1", 0), sound("s", 50));
  await harness.clock.advance(999);
  pull.sweep(harness.clock.now());
  assertEquals(formats(), []);
  pull.feed(data("onMetaData", metadata()));
  await harness.pass(3);
  await harness.clients.drain();
  assertEquals(formats(), [{
    level: "trace",
    message: "Stream format",
    fields: { url: "/live/cam", video: "H264", size: "64x64", fps: 25, audio: "AAC", encoder: "scripted" },
  }]);
});

Deno.test("PublishSession logs the format at the end of a stream that was short, and nothing of one without media", async () => {
  const harness = new AdmissionHarness();
  const [short, empty] = [new Pull(harness), new Pull(harness)];
  await short.start("short");
  await empty.start("empty");
  short.feed(videoHeader("h1"), keyFrame("k1", 0));
  await harness.clients.drain();
  const formats = harness.lines.filter(({ message }) => message === "Stream format");
  assertEquals(formats.map(({ fields: { url, video, size, audio } }) => [url, video, size, audio]), [
    ["/live/short", "H264", undefined, undefined],
  ]);
});
