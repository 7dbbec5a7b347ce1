/**
 * What ends a publish although its client stays: no media, no player, too much of it.
 *
 * @module
 */
import { averageKbps } from "../../../stream/admission/session_account.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { interFrame, keyFrame, TestPlayer } from "../../support/stream/live_stream.ts";
import { Pull } from "./pull.ts";
import { AdmissionHarness } from "./support.ts";

const NEVER = { normalTimeoutMs: 1e9, firstpktTimeoutMs: 1e9, kickoffForIdleMs: 0 };

/** A publish that was admitted just now. */
async function admitted(publish: Partial<typeof NEVER>): Promise<{ harness: AdmissionHarness; pull: Pull }> {
  const harness = new AdmissionHarness({ publish: { ...NEVER, ...publish } });
  const pull = new Pull(harness);
  assertEquals(await pull.start("cam"), "allow");
  return { harness, pull };
}

/** What was reported of its end; `undefined` while it goes on. */
function endOf(harness: AdmissionHarness): string | undefined {
  return harness.hooks.lines.find((line) => line.startsWith("on_unpublish"))?.split(" ").at(-1);
}

/** A second goes by, with a picture of `bytes`. */
async function passWithPicture(harness: AdmissionHarness, pull: Pull, bytes = 10): Promise<void> {
  pull.feed(interFrame("p", harness.clock.now(), bytes));
  await harness.pass(1);
}

Deno.test("PublishSession ends a client that sends no first media", async () => {
  const { harness, pull } = await admitted({ firstpktTimeoutMs: 2000 });
  await harness.pass(2);
  assertEquals(endOf(harness), undefined);
  await harness.pass(1);
  await pull.gone;
  assertEquals(endOf(harness), "timeout");
  const { "publish.firstpkt_timeout": first, "publish.normal_timeout": normal } = harness.context.limits
    .counts();
  assertEquals([first, normal], [1, 0]);
});

Deno.test("PublishSession gives a client that has sent media the longer time", async () => {
  const { harness, pull } = await admitted({ firstpktTimeoutMs: 1000, normalTimeoutMs: 4000 });
  pull.feed(keyFrame("k", 0));
  await harness.pass(4);
  pull.feed(interFrame("p", 4000));
  await harness.pass(4);
  assertEquals(endOf(harness), undefined);
  await harness.pass(1);
  await pull.gone;
  assertEquals(endOf(harness), "timeout");
  const { "publish.firstpkt_timeout": first, "publish.normal_timeout": normal } = harness.context.limits
    .counts();
  assertEquals([first, normal], [0, 1]);
});

Deno.test("PublishSession takes the bytes of an unfinished message for media, as long as more of them come", async () => {
  const { harness, pull } = await admitted({ firstpktTimeoutMs: 2000 });
  for (let second = 0; second < 10; second++) {
    pull.mediaInParts += 100;
    pull.lastReceivedMs = harness.clock.now();
    await harness.pass(1);
  }
  assertEquals(endOf(harness), undefined);
  // It still sends, but nothing of a message.
  for (let second = 0; second < 3; second++) {
    pull.lastReceivedMs = harness.clock.now();
    await harness.pass(1);
  }
  await pull.gone;
  assertEquals(endOf(harness), "timeout");
});

Deno.test("PublishSession without a player ends after kickoff_for_idle, counted from the last one", async () => {
  const { harness, pull } = await admitted({ kickoffForIdleMs: 3000 });
  const { source } = pull.session;
  assert(source !== undefined);
  await passWithPicture(harness, pull);
  await passWithPicture(harness, pull);
  const player = new TestPlayer(source);
  for (let second = 0; second < 10; second++) await passWithPicture(harness, pull);
  player.leave();
  for (let second = 0; second < 3; second++) await passWithPicture(harness, pull);
  assertEquals(endOf(harness), undefined);
  await passWithPicture(harness, pull);
  await pull.gone;
  assertEquals(endOf(harness), "idle");
});

Deno.test("PublishSession is not ended for want of players where kickoff_for_idle is 0", async () => {
  const { harness, pull } = await admitted({});
  for (let second = 0; second < 100; second++) await passWithPicture(harness, pull);
  assertEquals(endOf(harness), undefined);
  await harness.clients.drain();
});

Deno.test("PublishSession ends above the bitrate that the service allows, and not at it", async () => {
  for (const { kbps, ending } of [{ kbps: 80, ending: undefined }, { kbps: 160, ending: "bitrate" }]) {
    const harness = new AdmissionHarness({ publish: NEVER });
    harness.hooks.answer = () => ({ yes: { maxBitrateKbps: 100 } });
    const pull = new Pull(harness);
    await pull.start("cam");
    for (let second = 0; second < 15; second++) await passWithPicture(harness, pull, kbps * 1000 / 8);
    assertEquals(endOf(harness), ending);
    await harness.clients.drain();
  }
});

Deno.test("averageKbps() is bits in milliseconds, and says nothing of less than a second", () => {
  const averages = [[1000, 1000], [1_000_000, 1000], [1000, 16_000], [1000, 999], [0, 0]] as const;
  assertEquals(averages.map(([bytes, ms]) => averageKbps(bytes, ms)), [8, 8000, 1, undefined, undefined]);
});
