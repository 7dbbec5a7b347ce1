/**
 * What a thread knows of a stream of another one before it answers a player.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { JoinedThreads } from "../../support/stream/joined_threads.ts";
import { interFrame, keyFrame, outputOf, rtmpOutput, videoHeader } from "../../support/stream/live_stream.ts";

Deno.test("SharedStreams.settled() waits until it is known whether another thread has the stream", async () => {
  const house = new JoinedThreads(3);
  const [home, there] = [house.thread(0), house.thread(1)];
  const publish = home.publish();
  publish.send(videoHeader("v"), keyFrame("k", 60_000));
  house.settle();
  assertEquals(home.streams.settled(publish.source), undefined);
  const source = there.acquire();
  const output = source.outputs.acquire(rtmpOutput());
  const settled = there.streams.settled(source);
  assert(settled !== undefined);
  house.settle();
  await settled;
  assert(source.live);
  assertEquals(there.streams.settled(source), undefined);
  assertEquals(output.cachedGop?.time, outputOf(publish.source).cachedGop?.time);
});

Deno.test("SharedStreams: who waits on a thread that never had the stream starts where it came to elsewhere", async () => {
  const house = new JoinedThreads(2);
  const waiting = house.thread(0).play();
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), keyFrame("k", 0), interFrame("p", 80));
  publish.end();
  house.settle();
  const source = house.thread(1).acquire();
  const settled = house.thread(1).streams.settled(source);
  house.settle();
  await settled;
  assertEquals(source.time, 80);
  assertEquals(waiting.read().at(-1), "p@80");
});

Deno.test("SharedStreams.settled() waits for no other thread once one has sent the stream", async () => {
  const house = new JoinedThreads(3);
  house.thread(0).publish().send(videoHeader("v"), keyFrame("k", 0), interFrame("p", 80));
  house.settle();
  const source = house.thread(2).acquire();
  source.outputs.acquire(rtmpOutput());
  const settled = house.thread(2).streams.settled(source);
  // The line to the first thread alone, and the one back: what it has, and that this was all.
  while (!source.live) house.deliver(0);
  for (let i = 0; i < 2; i++) house.deliver(0);
  await settled;
  assertEquals(house.thread(2).streams.settled(source), undefined);
});
