/**
 * The bit rate that a service allows a publisher: over ten seconds, and over a real connection.
 *
 * @module
 */
import { BitrateLimit } from "../../../../stream/admission/publish/bitrate_limit.ts";
import { assertEquals } from "../../../support/assert.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../../support/stream/media.ts";
import { RtmpHarness } from "../../../support/rtmp/rtmp_harness.ts";

/** When a guard of 1,000 kbit/s first objects to `bytesOf` each second, seconds; `undefined` for never in a minute. */
function firstObjection(bytesOf: (second: number) => number): number | undefined {
  const guard = new BitrateLimit(1000, 0);
  let bytes = 0;
  for (let second = 1; second <= 60; second++) {
    bytes += bytesOf(second);
    if (guard.exceeded(bytes, second * 1000)) return second;
  }
  return undefined;
}

const RATES = [
  { name: "exactly the limit", bytesOf: () => 125_000, objection: undefined },
  { name: "1 % more", bytesOf: () => 126_250, objection: 10 },
  {
    name: "one second of ten times the limit",
    bytesOf: (s: number) => s === 20 ? 1_250_000 : 0,
    objection: undefined,
  },
  {
    name: "bursts below the limit on average",
    bytesOf: (s: number) => s % 5 === 0 ? 600_000 : 0,
    objection: undefined,
  },
  {
    name: "more from the 30th second on",
    bytesOf: (s: number) => s >= 30 ? 250_000 : 100_000,
    objection: 31,
  },
];
for (const { name, bytesOf, objection } of RATES) {
  Deno.test(`BitrateLimit judges ${name}`, () => assertEquals(firstObjection(bytesOf), objection));
}

Deno.test("Publishing ends a publisher above max_bitrate_kbps, reason bitrate", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { maxBitrateKbps: 100 } } : "yes";
  const client = await harness.client();
  await client.publish("livestream");
  await client.sendVideo(avcSequenceHeader(), 0);
  await client.sendVideo(avcKeyFrame(), 0);
  let time = 0;
  const send = () => client.sendVideo(avcInterFrame(1, { size: 20_000 }), time += 200);
  // What is sent after the end fails.
  const sender = harness.clock.setInterval(() => void send().catch(() => {}), 200);
  await harness.clock.skipUntil(client.closed);
  sender.clear();
  const status = await client.status();
  assertEquals([status.level, status.code], ["error", "NetStream.Publish.Rejected"]);
  assertEquals(
    harness.hooks.records.find(({ event }) => event === "on_unpublish")?.ending?.reason,
    "bitrate",
  );
});
