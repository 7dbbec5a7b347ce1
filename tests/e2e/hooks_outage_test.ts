/**
 * The service is down while publishers come and go, and gets all of their events once it is back.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "../support/assert.ts";
import { assertPairs, withoutRepeats } from "../support/hooks/hook_record.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { pause, percentile, random, showFigure, shown } from "../support/process/show.ts";

const OUTAGE_MS = shown(60_000, 6000);
const PUBLISHERS = 50;
const BREAKER_OPEN_MS = 1000;

/** The service's no, where it can say it. */
const UNWANTED = "unwanted";

Deno.test(`the service is down for ${OUTAGE_MS / 1000} s while ${PUBLISHERS} publishers come and go: it gets the events of each`, async () => {
  await using stage = await HookHarness.open({
    hooks: ['on_error = "allow"', `breaker_open = ${BREAKER_OPEN_MS / 1000}`],
    sections: ["[vhost.__defaultVhost__.publish]", 'takeover = "never"'],
  });
  const { receiver, port } = stage;
  receiver.reply("on_publish", ({ json }) => json.stream === UNWANTED ? 1 : 0);
  const accepted: string[] = [];
  /** Accepted when the service was back, which may have answered by itself then. */
  const late = new Set<string>();
  let isBack = false;
  const refused: string[] = [];
  const refuse = async (name: string): Promise<void> => {
    await using client = await RtmpTestClient.connect({ port });
    const { code } = await client.publish(name);
    refused.push(code);
  };
  const visit = async (name: string, fromMs: number, toMs: number): Promise<void> => {
    await pause(fromMs);
    const publisher = await LivePublisher.publish(port, name);
    accepted.push(name);
    if (isBack) late.add(name);
    await refuse(name);
    await pause(toMs - fromMs);
    if (random(2) === 0) await publisher.leave(name);
    await publisher[Symbol.asyncDispose]();
  };

  // A tenth is there before, a tenth stays after; the rest comes and goes inside.
  const before = await LivePublisher.publish(port, "before");
  accepted.push("before");
  await refuse(UNWANTED);
  await receiver.stop();
  const from = performance.now();
  const visits = Array.from({ length: PUBLISHERS - 1 }, (_, index) => {
    const comes = random(OUTAGE_MS * 0.9);
    const leaves = index < PUBLISHERS / 10 ? OUTAGE_MS + 500 : comes + random(OUTAGE_MS - comes);
    return visit(`stream${index}`, comes, leaves);
  });
  await pause(OUTAGE_MS / 2);
  await before.leave("before");
  await pause(OUTAGE_MS - (performance.now() - from));
  const duringDown = receiver.requests.length;
  isBack = true;
  receiver.listen();
  const back = performance.now();
  await Promise.all(visits);
  await stage.settled();
  const settledMs = performance.now() - back;
  // The breaker may have opened right before the service was back: until it lets a probe through, on_error admits.
  await pause(BREAKER_OPEN_MS * 1.2);
  await refuse(UNWANTED);
  await stage.settled();

  assertEquals(accepted.length, PUBLISHERS);
  assertEquals(refused.filter((code) => code === "NetStream.Publish.BadName").length, PUBLISHERS - 1);
  assertEquals(refused.filter((code) => code === "NetStream.Publish.Rejected").length, 2);
  const isNo = (ask: { action: string; json: Readonly<Record<string, unknown>> }) =>
    ask.action === "on_publish" && ask.json.stream === UNWANTED;
  const counts = assertPairs(receiver.requests, isNo);
  assertEquals([counts.refused, counts.unseen], [2, 0]);
  // Each publisher's stream and connection, and the connections of the refused.
  assertEquals(counts.pairs, PUBLISHERS * 2 + refused.length);

  const events = withoutRepeats(receiver.requests);
  for (const name of accepted) {
    const starts = events.filter(({ action, json }) => action === "on_publish" && json.stream === name);
    assertEquals(starts.length, 1, `${name} was reported ${starts.length} times`);
    const verdict = starts[0]?.headers["srs-verdict"];
    if (!late.has(name) || verdict !== undefined) {
      assertEquals(verdict, name === "before" ? undefined : "allowed", name);
    }
  }
  assertGreaterOrEqual(events.length, duringDown);
  showFigure(
    `outage of ${
      OUTAGE_MS / 1000
    } s, ${PUBLISHERS} publishers, ${refused.length} refused: ${counts.pairs} pairs, ` +
      `${counts.repeats} repeats, all delivered ${Math.round(settledMs)} ms after it was back`,
  );
});

Deno.test("an ending that is always answered with 500 blocks no name", async () => {
  await using stage = await HookHarness.open();
  const { receiver, port } = stage;
  receiver.reply("on_unpublish", { status: 500 });
  const rounds = shown(200, 10);
  const waits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    const publisher = await LivePublisher.publish(port, "poisoned");
    waits.push(performance.now() - from);
    await publisher.leave("poisoned");
  }
  assertEquals(receiver.requests.filter(({ action }) => action === "on_publish").length, rounds);
  assertLess(percentile(waits, 0.5), 1000);
  const { undelivered } = await stage.outboxUntil((outbox) => outbox.undelivered >= rounds, "what is owed");
  // Each connection's ending waits behind its stream's.
  assertGreaterOrEqual(undelivered, rounds);
  receiver.reply("on_unpublish", 0);
  // A stop attempts everything once more, whatever its pause.
  await stage.stop();
  const { pairs, repeats } = assertPairs(receiver.requests);
  assertEquals(pairs, rounds * 2);
  assert(repeats >= rounds, `${repeats} repeats`);
  showFigure(
    `${rounds} publishers behind poisoned endings: ${percentile(waits, 0.5).toFixed(1)} ms (median)`,
  );
});
