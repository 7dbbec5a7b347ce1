/**
 * What the log says of refusals and endings: who, where, by which rule, and the figures that the hooks have too.
 *
 * @module
 */
import type { LoggedLine } from "../../support/logged_line.ts";
import { type AccessOptions, OPEN_ACCESS } from "../../../stream/admission/access/options.ts";
import type { HookRequest } from "../../../core/mod.ts";
import { SecretNames } from "../../../stream/admission/names/secret_names.ts";
import { assert, assertEquals, assertGreater } from "../../support/assert.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const PLACE = { ip: "127.0.0.1", vhost: "__defaultVhost__", app: "live" };
const KEYED: AccessOptions = {
  ...OPEN_ACCESS,
  credentials: { ...OPEN_ACCESS.credentials, publishKeys: ["the-right-key-0001"] },
};
const CLOSED: AccessOptions = {
  ...OPEN_ACCESS,
  security: { enabled: true, allow: [], deny: [{ action: "play", from: "all" }] },
};

/** A line without what it does not say. */
function said({ level, fields }: LoggedLine): Record<string, unknown> {
  return { level, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}

const LINES = { on_connect: "Connect", on_publish: "Publish", on_play: "Play" } as const;

function refuseAt(event: HookRequest["event"]) {
  return (request: HookRequest) => request.event === event ? { no: "Not today" } : "yes" as const;
}

Deno.test("A vhost that is not there is refused with the way out in the log alone", async () => {
  await using harness = RtmpHarness.start({ vhost: { enabled: false } });
  const client = await harness.open();
  const reply = await client.connectApp({ port: harness.port, tcUrl: "rtmp://tv.test/live" });
  assert(!JSON.stringify(reply).includes("switched off"));
  assertEquals(said(await harness.logged("Connect refused")), {
    ...{ level: "trace", ...PLACE, rule: "vhost", description: "No vhost tv.test on this server" },
    way_out: "vhost __defaultVhost__ is switched off: set its enabled",
  });
});

Deno.test("A refused publish is logged with place, address and the rule, but without parameters", async () => {
  await using harness = RtmpHarness.start({ vhost: { access: KEYED } });
  await (await harness.client()).publish("cam?key=guess&x=1");
  assertEquals(said(await harness.logged("Publish refused")), {
    ...{ level: "warn", ...PLACE, stream: "cam", rule: "key" },
    delay_ms: 500,
    description: "The key is wrong",
  });
});

Deno.test("A refused play is logged with place, address and the rule", async () => {
  await using harness = RtmpHarness.start({ vhost: { access: CLOSED } });
  await (await harness.client()).play("cam?token=x");
  const description = "This address may not play";
  const expected = { level: "warn", ...PLACE, stream: "cam", rule: "security", description };
  assertEquals(said(await harness.logged("Play refused")), expected);
});

for (const event of ["on_connect", "on_publish", "on_play"] as const) {
  Deno.test(`A request that ${event} refused is logged with the event as its rule`, async () => {
    await using harness = RtmpHarness.start();
    harness.hooks.answer = refuseAt(event);
    const client = await harness.open();
    await client.connectApp({ port: harness.port });
    if (event === "on_publish") await client.publish("cam");
    if (event === "on_play") await client.play("cam");
    const line = await harness.logged(`${LINES[event]} refused`);
    const stream = event === "on_connect" ? {} : { stream: "cam" };
    assertEquals(said(line), { level: "trace", ...PLACE, ...stream, rule: event, description: "Not today" });
  });
}

Deno.test("A request at a limit is logged with the limit as its rule", async () => {
  await using harness = RtmpHarness.start({ limits: { maxPublishersPerVhost: 1, maxPlayersPerStream: 1 } });
  await (await harness.client()).publish("one");
  await (await harness.client()).publish("two");
  const publish = said(await harness.logged("Publish refused"));
  assertEquals([publish.stream, publish.rule], ["two", "max_publishers_per_vhost"]);
  await (await harness.client()).play("one");
  await (await harness.client()).play("one");
  const play = said(await harness.logged("Play refused"));
  assertEquals([play.stream, play.rule], ["one", "max_players_per_stream"]);
});

Deno.test("A request for a bad name or vhost is logged with what of it could be read", async () => {
  await using harness = RtmpHarness.start();
  await (await harness.client()).publish("a\u0001b");
  const { rule, app, ip } = said(await harness.logged("Publish refused"));
  assertEquals([rule, app, ip], ["name", "live", "127.0.0.1"]);
  const other = await harness.open();
  await other.connectApp({ port: harness.port, tcUrl: "rtmp://127.0.0.1/.." });
  assertEquals(said(await harness.logged("Connect refused")).rule, "name");
});

Deno.test("A stream name that the service replaces is a key, and in no line", async () => {
  await using harness = RtmpHarness.start({ publish: { takeover: "never" } });
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  await (await harness.client()).publish("secret-key");
  const second = await harness.client();
  assertEquals((await second.publish("secret-key")).code, "NetStream.Publish.BadName");
  assertEquals(said(await harness.logged("Publish refused")), {
    ...{ level: "trace", ...PLACE, stream: "***", rule: "name_taken" },
    description: "This stream is being published by somebody else",
  });
  harness.hooks.answer = refuseAt("on_publish");
  await (await harness.client()).publish("another-secret");
  assertEquals(said(await harness.logged("Publish refused")).stream, "***");
  assert(!JSON.stringify(harness.log).includes("secret"));
});

Deno.test("A key that breaks the rules of names is in no line either", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  await (await harness.client()).publish("secret-key");
  await (await harness.client()).publish("secret-key\u0001");
  assertEquals(said(await harness.logged("Publish refused")).stream, "***");
});

Deno.test("SecretNames informs the other threads once, and not of what comes from them", () => {
  const shared: string[] = [];
  const names = new SecretNames((vhost) => shared.push(vhost));
  names.learn("a");
  names.learn("a");
  names.take("b");
  names.learn("b");
  assertEquals([shared, names.shown("b", "cam")], [["a"], "***"]);
});

Deno.test("SecretNames hides the names of one vhost alone", () => {
  const names = new SecretNames();
  assertEquals(names.shown("a", "cam"), "cam");
  names.learn("a");
  assertEquals([names.shown("a", "cam"), names.shown("b", "cam")], ["***", "cam"]);
});

for (const clean of [true, false]) {
  Deno.test(`The hooks and the log have the same figures of an end ${clean ? "in order" : "without a word"}`, async () => {
    await using harness = RtmpHarness.start();
    const publisher = await harness.client();
    await publisher.publish("cam");
    const accepted = await harness.logged("Publish accepted");
    assertEquals([accepted.fields.url, accepted.fields.ip], ["/live/cam", "127.0.0.1"]);
    const player = await harness.client();
    await player.play("cam");
    assertEquals((await harness.logged("Play accepted")).fields.ip, "127.0.0.1");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    await publisher.sendVideo(avcKeyFrame({ size: 100_000 }), 0);
    await publisher.sendAudio(aacFrame(), 0);
    await publisher.command("_checkbw");
    // A rate takes a second.
    await harness.clock.skip(1000);
    await (clean ? publisher.leave("cam") : publisher.close());
    await player.close();
    const endings = [await harness.hooks.next("on_unpublish"), await harness.hooks.next("on_stop")];
    const lines = [await harness.logged("Publish ended"), await harness.logged("Play ended")];
    for (const [i, { fields }] of lines.entries()) {
      const ending = endings[i]?.ending;
      assertEquals(
        [fields.duration_ms, fields.send_bytes, fields.recv_bytes, fields.reason],
        [ending?.durationMs, ending?.sendBytes, ending?.recvBytes, ending?.reason],
      );
      assertEquals([fields.url, fields.ip], ["/live/cam", "127.0.0.1"]);
      assertGreater(Number(fields.kbps), 0);
    }
    assertEquals(lines[1]?.fields.protocol, "rtmp");
    assertEquals(lines.map(({ fields }) => fields.reason), [clean ? "client" : "network", "client"]);
    for (const closed of [await harness.hooks.next("on_close"), await harness.hooks.next("on_close")]) {
      const { clientId: id } = closed.request.client;
      const line = harness.log.find(({ message, clientId }) =>
        message === "Connection ended" && clientId === id
      );
      const { reason, durationMs, sendBytes, recvBytes } = closed.ending ?? {};
      const { fields } = line ?? {};
      assertEquals(
        [fields?.reason, fields?.duration_ms, fields?.send_bytes, fields?.recv_bytes, fields?.ip],
        [reason, durationMs, sendBytes, recvBytes, "127.0.0.1"],
      );
    }
  });
}

Deno.test("A connect whose tcUrl ends with the stream's name is logged without that name", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client({ tcUrl: "rtmp://127.0.0.1/live/secret-name?x=1" });
  const line = await harness.logged("Connect accepted");
  assertEquals([line.fields.tcUrl, line.fields.app], ["rtmp://127.0.0.1/live/***?x=1", "live"]);
  await client.publish("secret-name");
  assertEquals((await harness.hooks.next("on_publish")).name, "live/secret-name");
});
