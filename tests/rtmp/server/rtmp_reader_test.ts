/**
 * A player by RTMP whose socket takes what the test permits.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import { RtmpReader } from "../../../rtmp/server/rtmp_reader.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";
import { keyFrame, liveSource, outputOf, receiveAll } from "../../support/stream/live_stream.ts";
import { WriterHarness } from "../../support/stream/writer_harness.ts";

const SEND_TIMEOUT_MS = 3500;

Deno.test("RtmpReader ends a client that takes a little now and then of what has long been over", async () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = new WriterHarness();
  const ends: string[] = [];
  const client = {
    ip: "192.0.2.7",
    writer: player.writer,
    server: { limits: counters().limits },
    log: () => {},
    endForLimit: (_limit: string, reason: EndReason, text: string) => void ends.push(`${reason}: ${text}`),
  };
  const session = { urgent: true, vhost: { play: { sendTimeoutMs: SEND_TIMEOUT_MS } } };
  const reader = new RtmpReader(client, session, outputOf(source));
  receiveAll(source, keyFrame("first", 0, 100_000));
  for (let second = 1; second <= 10; second++) {
    assertEquals(ends, [], `after ${second - 1} s`);
    player.nowMs += 1000;
    for (const time of [player.nowMs - 500, player.nowMs]) {
      receiveAll(source, keyFrame("later", time, 100_000));
    }
    // A write that goes on: the client does take something.
    await player.socket.take(1000);
    reader.sweep(player.nowMs);
    if (ends.length > 0) break;
  }
  assertEquals(player.socket.underWay, 1);
  assertMatch(ends.join(), /^slow: The client lagged \d+ ms beyond the buffer$/);
  reader.leave();
});
