/**
 * Attacks by requests and keys: late answers, names of others, guesses, old signatures.
 *
 * @module
 */
import { OPEN_ACCESS } from "../../stream/admission/access/options.ts";
import { grantParameters } from "../../stream/admission/access/signed_url.ts";
import { assert, assertEquals, assertGreaterOrEqual } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import type { ScriptedAnswer } from "../support/hooks/hook_script.ts";
import { avcKeyFrame } from "../support/stream/media.ts";
import { type HarnessOptions, RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../support/rtmp/wire_environment.ts";

attackTest(19, "a no that comes late does not touch the request behind it", async () => {
  await using harness = RtmpHarness.start();
  const late = Promise.withResolvers<ScriptedAnswer>();
  harness.hooks.obeysAborts = false;
  harness.hooks.answer = ({ event, stream }) =>
    event === "on_play" && stream?.stream === "first" ? late.promise : "yes";
  const client = await harness.client();
  await client.createStream();
  await client.streamCommand("play", "first");
  await harness.hooks.next("on_play");
  await client.streamCommand("closeStream");
  // Answered behind closeStream: so that is done.
  await client.command("createStream");
  await client.streamCommand("play", "second");
  late.resolve({ no: "too late" });
  assertEquals((await client.status("NetStream.Play.Start")).level, "status");
  assertEquals((await harness.hooks.next("on_play")).name, "live/second");
  await client.command("createStream");
  assertEquals(harness.hooks.linesOf(1).filter((line) => line.startsWith("on_stop")), []);
});

attackTest(20, "two that race for a name: one is asked about, the other gets BadName", async () => {
  await using harness = RtmpHarness.start();
  const answer = Promise.withResolvers<ScriptedAnswer>();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? answer.promise : "yes";
  const first = await harness.client();
  const second = await harness.client();
  const started = first.publish("livestream");
  await harness.hooks.next("on_publish");
  assertEquals((await second.publish("livestream")).code, "NetStream.Publish.BadName");
  answer.resolve("yes");
  assertEquals((await started).code, "NetStream.Publish.Start");
  assertEquals(harness.hooks.records.filter(({ event }) => event === "on_publish").length, 1);
});

attackTest(20, "a publisher that still sends keeps its name", async () => {
  await using harness = RtmpHarness.start();
  const holder = await harness.client();
  await holder.publish("livestream");
  let at = 0;
  const source = setInterval(() => holder.sendVideo(avcKeyFrame(), at += 40), 40);
  try {
    for (let i = 0; i < 3; i++) {
      const thief = await harness.client();
      assertEquals((await thief.publish("livestream")).code, "NetStream.Publish.BadName");
    }
  } finally {
    clearInterval(source);
  }
  assertEquals(harness.hooks.linesOf(1), ["on_connect live", "on_publish live/livestream"]);
});

const KEY = "the-right-key-0001";

function keyed(limits: HarnessOptions["limits"] = {}): HarnessOptions {
  const credentials = { ...OPEN_ACCESS.credentials, publishKeys: [KEY] };
  return { vhost: { access: { ...OPEN_ACCESS, credentials } }, limits };
}

attackTest(28, "each wrong key waits twice as long for its answer, and no hook is called", async () => {
  const guessing = { maxWrongKeys: 20, windowMs: 600_000, delayMs: 50, maxDelayMs: 5000 };
  await using harness = RtmpHarness.start(keyed({ guessing }));
  for (const least of [50, 100, 200, 400]) {
    const client = await harness.client();
    const at = performance.now();
    const status = await client.publish(`livestream?key=guess-${least}`);
    assertEquals([status.code, status.description], ["NetStream.Publish.Rejected", "The key is wrong"]);
    assertGreaterOrEqual(performance.now() - at, least - 1);
    const { fields } = await harness.logged("Publish refused");
    assertEquals([fields.rule, fields.ip, fields.delay_ms], ["key", "127.0.0.1", least]);
  }
  const client = await harness.client();
  assertEquals((await client.publish(`livestream?key=${KEY}`)).code, "NetStream.Publish.Start");
  assertEquals(harness.hooks.records.filter(({ event }) => event === "on_publish").length, 1);
  assert(!JSON.stringify(harness.log).includes("guess-"), "no key is in the log");
});

attackTest(28, "past its budget an address is not listened to, and the log says so", async () => {
  const guessing = { maxWrongKeys: 3, windowMs: 600_000, delayMs: 0, maxDelayMs: 0 };
  await using harness = RtmpHarness.start(keyed({ guessing }));
  for (let i = 0; i < 3; i++) {
    const client = await harness.client();
    assertEquals((await client.publish(`livestream?key=guess-${i}`)).description, "The key is wrong");
  }
  const client = await harness.client();
  const status = await client.publish(`livestream?key=${KEY}`);
  assertEquals(status.description, "Too many wrong keys from this address");
  const { fields } = await harness.logged("Limit reached");
  assertEquals([fields.limit, fields.ip], ["max_wrong_keys", "127.0.0.1"]);
  const player = await harness.client();
  assertEquals((await player.play("livestream")).code, "NetStream.Play.Start");
});

attackTest(28, "a client that leaves does not wait, and its guess counts", async () => {
  const guessing = { maxWrongKeys: 1, windowMs: 600_000, delayMs: 60_000, maxDelayMs: 60_000 };
  await using harness = RtmpHarness.start(keyed({ guessing }));
  const client = await harness.client();
  await client.createStream();
  await client.streamCommand("publish", "livestream?key=guess");
  await harness.logged("Publish refused");
  await client.close();
  await harness.hooks.next("on_close");
  const again = await harness.client();
  assertEquals(
    (await again.publish(`livestream?key=${KEY}`)).description,
    "Too many wrong keys from this address",
  );
});

const SECRET = "the-secret-of-signed-urls";
const SIGNED: HarnessOptions = {
  vhost: {
    access: {
      ...OPEN_ACCESS,
      credentials: {
        ...OPEN_ACCESS.credentials,
        urlSecrets: [SECRET],
        signedPublish: true,
        signedPlay: true,
      },
    },
  },
};

function signed(action: "publish" | "play", seconds: number, ip = ""): string {
  const expires = Math.floor(Date.now() / 1000) + seconds;
  const grant = { action, vhost: "__defaultVhost__", app: "live", stream: "livestream", expires, ip };
  return grantParameters(grant, SECRET, realWireEnvironment().hmacSha256);
}

attackTest(30, "a signature publishes its stream, and neither plays it nor publishes another", async () => {
  await using harness = RtmpHarness.start(SIGNED);
  const parameters = signed("publish", 60);
  const publisher = await harness.client();
  assertEquals((await publisher.publish(`livestream?${parameters}`)).code, "NetStream.Publish.Start");
  const player = await harness.client();
  assertEquals((await player.play(`livestream?${parameters}`)).code, "NetStream.Play.Failed");
  const other = await harness.client();
  assertEquals((await other.publish(`other?${parameters}`)).code, "NetStream.Publish.Rejected");
  assert(!JSON.stringify(harness.log).includes(SECRET));
});

attackTest(30, "a signature has its end, and its address where one is wanted", async () => {
  await using harness = RtmpHarness.start(SIGNED);
  const expired = await harness.client();
  const status = await expired.play(`livestream?${signed("play", -2)}`);
  assertEquals(status.description, "The signed address has expired");
  const elsewhere = await harness.client();
  assertEquals(
    (await elsewhere.play(`livestream?${signed("play", 60, "192.0.2.1")}`)).code,
    "NetStream.Play.Failed",
  );
  const here = await harness.client();
  assertEquals(
    (await here.play(`livestream?${signed("play", 60, "127.0.0.1")}`)).code,
    "NetStream.Play.Start",
  );
});

attackTest(30, "where the signature stands, in the tcUrl or behind the stream, is all the same", async () => {
  await using harness = RtmpHarness.start(SIGNED);
  const tcUrl = `rtmp://127.0.0.1/live?${signed("publish", 60)}`;
  const client = await harness.client({ tcUrl });
  assertEquals((await client.publish("livestream")).code, "NetStream.Publish.Start");
});
