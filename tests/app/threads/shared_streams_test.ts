/**
 * Streams over threads: who gets which bytes, when players and publishers come and go on any of them.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import { JoinedThreads } from "../../support/stream/joined_threads.ts";
import {
  interFrame,
  metadataMessage,
  outputOf,
  sound,
  soundHeader,
  videoHeader,
} from "../../support/stream/live_stream.ts";
import { gop, labelNameOf, timeOf } from "./support.ts";

for (const chunkSize of [128, 4096, 60_000]) {
  Deno.test(`SharedStreams: players of all threads read the same bytes, in chunks of ${chunkSize}`, () => {
    const house = new JoinedThreads(3, { chunkSize });
    const plays = house.threads.map((thread) => thread.play());
    house.settle();
    const publish = house.thread(0).publish();
    publish.send(metadataMessage("m"), videoHeader("v"), soundHeader("a"));
    for (let i = 0; i < 20; i++) {
      publish.send(...gop(`g${i}-`, i * 1000, 5, 9000), sound(`s${i}`, i * 1000 + 170));
      house.settle();
      for (const play of plays) play.read();
    }
    const [own, ...others] = plays.map(({ player }) => player.bytes);
    assertLess(500_000, own?.length ?? 0);
    for (const bytes of others) assertEquals(bytes, own);
  });
}

Deno.test("SharedStreams: a player elsewhere joins in the middle of a GOP, headers first", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  publish.send(metadataMessage("m"), videoHeader("v"), soundHeader("a"), ...gop("a", 0), ...gop("b", 1000));
  const play = house.thread(1).play();
  assertEquals(play.read(), []);
  house.settle();
  const here = house.thread(0).play();
  const expected = ["b0", "b1", "b2"];
  const labels = play.read();
  assertEquals(labels.slice(0, 3), ["m@0", "a@1000", "v@1000"]);
  assertEquals(labels.slice(3).map(labelNameOf), expected);
  assertEquals(labels.slice(3), here.read().slice(3), "and at the same times");
});

Deno.test("SharedStreams: one flush over many segments reaches who waits elsewhere, whole", () => {
  const house = new JoinedThreads(2);
  const waiting = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  const here = house.thread(0).play();
  publish.send(...gop("a", 0, 100, 20_000));
  house.settle();
  assertEquals(waiting.read().length, 100);
  here.read();
  assertEquals(waiting.player.bytes, here.player.bytes);
});

Deno.test("SharedStreams: a second player elsewhere joins from its own thread, with nothing asked", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  const first = house.thread(1).play();
  publish.send(videoHeader("v"), ...gop("a", 0), ...gop("b", 1000));
  house.settle();
  first.read();
  const said = house.said.length;
  const second = house.thread(1).play();
  assertEquals(second.read().map(labelNameOf), ["v", "b0", "b1", "b2"]);
  assertEquals(house.said.length, said);
});

Deno.test("SharedStreams: who joins before the first bytes of a stream elsewhere gets its headers", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  publish.send(metadataMessage("m"), soundHeader("a"), sound("s1", 20));
  const first = house.thread(1).play();
  house.settle();
  const second = house.thread(1).play();
  publish.send(sound("s2", 40));
  house.settle();
  assertEquals(first.read().map(labelNameOf), ["m", "a", "s2"]);
  assertEquals(second.read().map(labelNameOf), ["m", "a", "s2"]);
});

Deno.test("SharedStreams: gop_cache off is obeyed on every thread", () => {
  const house = new JoinedThreads(2, { gopCache: false });
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), ...gop("a", 0));
  const play = house.thread(1).play();
  house.settle();
  publish.send(interFrame("x", 160));
  house.settle();
  assertEquals(play.read().map(labelNameOf), ["v", "x"]);
  publish.send(...gop("b", 1000));
  house.settle();
  const late = house.thread(1).play();
  publish.send(interFrame("y", 1200));
  house.settle();
  assertEquals(late.read().map(labelNameOf), ["v", "y"]);
});

Deno.test("SharedStreams: a player that is too slow jumps to a key frame on its own thread", () => {
  const house = new JoinedThreads(2, { queueLengthMs: 1000 });
  const publish = house.thread(0).publish();
  const slow = house.thread(1).play();
  house.settle();
  publish.send(videoHeader("v"), ...gop("a", 0));
  house.settle();
  assertEquals(slow.read().map(labelNameOf), ["v", "a0", "a1", "a2"]);
  for (let i = 1; i < 30; i++) {
    publish.send(...gop(`g${i}-`, i * 200));
    house.settle();
  }
  assertEquals(slow.read().map(labelNameOf), ["g29-0", "g29-1", "g29-2"]);
  assertEquals(slow.player.consumer.jumps, 1);
});

Deno.test("SharedStreams: a player that jumped goes on with the sound of a stream that has no pictures any more", () => {
  const house = new JoinedThreads(2, { queueLengthMs: 1000 });
  const publish = house.thread(0).publish();
  const slow = house.thread(1).play();
  house.settle();
  publish.send(videoHeader("v"), ...gop("a", 0));
  house.settle();
  assertEquals(slow.read().map(labelNameOf), ["v", "a0", "a1", "a2"]);
  for (let time = 1000; time <= 6000; time += 20) publish.send(sound(`s${time}`, time));
  house.settle();
  slow.read();
  publish.send(sound("b", 6020));
  house.settle();
  assertEquals(slow.read().map(labelNameOf), ["b"]);
  assertEquals(slow.player.consumer.jumps, 1);
});

Deno.test("SharedStreams: players stay over a republish on another thread, and time goes on", () => {
  for (const backwards of [false, true]) {
    const house = new JoinedThreads(3);
    const plays = house.threads.map((thread) => thread.play());
    house.settle();
    const times: number[][] = plays.map(() => []);
    for (const [round, thread] of house.threads.entries()) {
      const publish = thread.publish();
      house.settle({ backwards });
      publish.send(videoHeader(`v${round}`, round * 50_000), ...gop(`g${round}`, round * 50_000));
      house.settle({ backwards });
      for (const [i, play] of plays.entries()) {
        const labels = play.read();
        assertEquals(labels.map(labelNameOf), [`v${round}`, `g${round}0`, `g${round}1`, `g${round}2`]);
        times[i]?.push(...labels.map(timeOf));
      }
      publish.end();
      house.settle({ backwards });
    }
    for (const seen of times) assertEquals(seen, [0, 0, 40, 80, 90, 90, 130, 170, 180, 180, 220, 260]);
  }
});

Deno.test("SharedStreams: the next publisher's message may overtake the last one's end", () => {
  const house = new JoinedThreads(3);
  const play = house.thread(2).play();
  house.settle();
  const first = house.thread(0).publish();
  first.send(videoHeader("v0"), ...gop("a", 0));
  house.settle();
  first.end();
  const second = house.thread(1).publish();
  second.source.advance(80);
  second.send(videoHeader("v1"), ...gop("b", 7000));
  house.settle({ backwards: true });
  second.send(interFrame("b3", 7120));
  house.settle({ backwards: true });
  const labels = play.read();
  assertEquals(labels.map(labelNameOf), ["v0", "a0", "a1", "a2", "v1", "b0", "b1", "b2", "b3"]);
  assertEquals(labels.map(timeOf), labels.map(timeOf).sort((a, b) => a - b));
});

Deno.test("SharedStreams: what nobody plays elsewhere is not sent there", () => {
  const house = new JoinedThreads(2);
  const play = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(...gop("a", 0));
  house.settle();
  assert(house.said.some(({ kind }) => kind === "batch"));
  play.end();
  house.settle();
  const said = house.said.length;
  publish.send(...gop("b", 1000));
  assertEquals(house.said.length, said);
  const again = house.thread(1).play();
  house.settle();
  assertEquals(again.read().map(labelNameOf), ["b0", "b1", "b2"]);
});

Deno.test("SharedStreams: players that come and go while messages are under way get a whole stream", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), ...gop("a", 0));
  for (let i = 0; i < 5; i++) {
    const fleeting = house.thread(1).play();
    publish.send(interFrame(`f${i}`, 200 + i * 40));
    fleeting.end();
  }
  const play = house.thread(1).play();
  house.settle({ backwards: true });
  assertEquals(play.read().map(labelNameOf), ["v", "a0", "a1", "a2", "f0", "f1", "f2", "f3", "f4"]);
});

Deno.test("SharedStreams: the end of a publish ends it on all threads, and a player that joins then waits", () => {
  const house = new JoinedThreads(2);
  const play = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), ...gop("a", 0));
  house.settle();
  assert(play.source.live);
  publish.end();
  house.settle();
  assert(!play.source.live);
  assertEquals(play.read().map(labelNameOf), ["v", "a0", "a1", "a2"], "all of it arrived first");
  assertEquals(house.thread(1).play().read(), []);
  assertEquals(house.thread(0).sources.size, 0);
});

Deno.test("SharedStreams: a publish begins where its stream was followed, and the other way round", () => {
  const house = new JoinedThreads(2);
  const plays = house.threads.map((thread) => thread.play());
  house.settle();
  const first = house.thread(0).publish();
  first.send(videoHeader("v"), ...gop("a", 0));
  house.settle();
  first.end();
  const second = house.thread(1).publish();
  second.send(videoHeader("v"), ...gop("b", 0));
  house.settle();
  const [own, followed] = plays.map((play) => play.read().map(labelNameOf));
  assertEquals(own, ["v", "a0", "a1", "a2", "v", "b0", "b1", "b2"]);
  assertEquals(followed, own);
});

Deno.test("SharedStreams: the headers of a stream are known on all threads", () => {
  const house = new JoinedThreads(2);
  const play = house.thread(1).play();
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(metadataMessage("the encoder"), videoHeader("v"), soundHeader("a"));
  house.settle();
  const [here, there] = [outputOf(publish.source), outputOf(play.source)];
  assertEquals(there.headers.list.map(({ slot }) => slot), ["metadata", "8:0:0", "9:0:0"]);
  assertEquals(there.headers.list, here.headers.list);
});
