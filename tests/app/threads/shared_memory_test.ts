import { isRetained } from "../../../stream/live/segment_memory.ts";
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import { JoinedThreads } from "../../support/stream/joined_threads.ts";
import { holder, interFrame, outputOf, videoHeader } from "../../support/stream/live_stream.ts";
import { gop, labelNameOf } from "./support.ts";

Deno.test("SharedStreams: a feed that was flushed too rarely for the log starts again at a key frame", () => {
  const house = new JoinedThreads(2, { maxLagBytes: 200_000 });
  const play = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), ...gop("a", 0));
  house.settle();
  assertEquals(play.read().map(labelNameOf), ["v", "a0", "a1", "a2"]);
  for (let i = 1; i <= 40; i++) {
    for (const message of gop(`g${i}-`, i * 1000, 3, 20_000)) {
      publish.source.receive(message, message.timestamp);
    }
  }
  publish.source.flush();
  house.settle();
  assertEquals(play.read().map(labelNameOf), ["v", "g40-0", "g40-1", "g40-2"]);
  publish.send(interFrame("x", 41_000));
  house.settle();
  assertEquals(play.read().map(labelNameOf), ["x"]);
});

Deno.test("SharedStreams: memory comes back from other threads and is used again", () => {
  const house = new JoinedThreads(3, { queueLengthMs: 2000 });
  const publish = house.thread(0).publish();
  const plays = [house.thread(1).play(), house.thread(2).play()];
  house.settle();
  for (let i = 0; i < 300; i++) {
    publish.send(...gop(`g${i}-`, i * 1000, 3, 20_000));
    house.settle();
    for (const play of plays) play.read();
  }
  // 18 MB went through.
  const bytes = house.thread(0).taken.reduce((sum, { length }) => sum + length, 0);
  assertLess(bytes, 3_000_000);
  for (const play of plays) play.end();
  house.settle();
  publish.end();
  house.settle();
  assertEquals(house.thread(0).taken.filter(isRetained), []);
});

Deno.test("SharedStreams: memory on its way to players that have left comes back as well", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  const play = house.thread(1).play();
  house.settle();
  publish.send(...gop("a", 0, 3, 20_000));
  play.end();
  house.settle();
  assertEquals(house.thread(0).taken.filter(isRetained), []);
  publish.end();
});

Deno.test("SharedStreams: a segment that is sent again to the same thread comes back as often", () => {
  const house = new JoinedThreads(2);
  const here = house.thread(0).play();
  const play = house.thread(1).play();
  house.settle();
  for (let round = 0; round < 3; round++) {
    const publish = house.thread(0).publish();
    // No headers: what is sent next goes on where the last publish ended.
    publish.send(...gop(`${round}-`, 0));
    house.settle();
    publish.end();
    house.settle();
    assertEquals(play.read().length, 3);
  }
  play.end();
  here.end();
  house.settle();
  assertEquals(house.thread(0).taken.length, 1);
  assertEquals(house.thread(0).taken.filter(isRetained), []);
});

Deno.test("SharedStreams: who joins while the next publisher is asked about waits, and gets nothing of the last one", () => {
  const house = new JoinedThreads(2);
  const waiting = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), ...gop("a", 0));
  house.settle();
  assert(waiting.source.reserve(holder()));
  publish.end();
  house.settle();
  assert(!waiting.source.live);
  assertEquals(house.thread(1).play().read(), []);
});

Deno.test("Source.releaseIdleMemory() gives memory of other threads back once all players have read it", () => {
  const house = new JoinedThreads(2);
  const play = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(...gop("a", 0, 30, 20_000));
  house.settle();
  publish.end();
  house.settle();
  play.source.releaseIdleMemory();
  assertEquals(play.read().length, 30);
  play.source.releaseIdleMemory();
  assertEquals(outputOf(play.source).log.heldBytes, 0);
  assertEquals(house.thread(0).taken.filter(isRetained), []);
});
