/**
 * A player by RTMP whose socket takes what the test permits.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import { RtmpReader } from "../../../rtmp/server/rtmp_reader.ts";
import type { Source } from "../../../stream/live/source.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";
import {
  holder,
  interFrame,
  keyFrame,
  liveSource,
  newSource,
  outputOf,
  receiveAll,
} from "../../support/stream/live_stream.ts";
import { WriterHarness } from "../../support/stream/writer_harness.ts";

const SEND_TIMEOUT_MS = 3500;

/** A reader of this player. */
function readerOf(source: Source, { writer }: WriterHarness, ends: string[] = []): RtmpReader {
  const client = {
    ip: "192.0.2.7",
    writer,
    server: { limits: counters().limits },
    log: () => {},
    endForLimit: (_limit: string, reason: EndReason, text: string) => void ends.push(`${reason}: ${text}`),
  };
  const session = { urgent: true, vhost: { play: { sendTimeoutMs: SEND_TIMEOUT_MS } } };
  return new RtmpReader(client, session, outputOf(source));
}

Deno.test("RtmpReader has an edge learn that the publish is over while it waits for a key frame", async () => {
  const source = newSource({ queueLengthMs: 1000 });
  const publisher = holder();
  source.reserve(publisher);
  source.begin();
  const player = new WriterHarness();
  const reader = readerOf(source, player);
  receiveAll(source, keyFrame("first", 0));
  // The client takes nothing for 3 s.
  for (let time = 100; time <= 3000; time += 100) receiveAll(source, interFrame("later", time));
  await player.socket.take();
  assert(reader.consumer.awaitsKeyFrame);
  assert(!reader.takeEnd());
  source.release(publisher);
  assertEquals([reader.takeEnd(), reader.takeEnd()], [true, false]);
  source.reserve(publisher);
  source.begin();
  receiveAll(source, keyFrame("again", 0));
  await player.socket.take();
  assertEquals([reader.consumer.awaitsKeyFrame, reader.takeEnd()], [false, false]);
  source.release(publisher);
  assertEquals([reader.takeEnd(), reader.takeEnd()], [true, false]);
  reader.leave();
});

Deno.test("RtmpReader ends a client that takes a little now and then of what has long been over", async () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = new WriterHarness();
  const ends: string[] = [];
  const reader = readerOf(source, player, ends);
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
