/**
 * A player's place in the log: joining, lagging, jumping, pausing, leaving.
 *
 * @module
 */
import fc from "fast-check";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  metadataMessage,
  newSource,
  outputOf,
  receiveAll,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("Consumer joins at the GOP, its headers before it with time 0", () => {
  const source = liveSource();
  receiveAll(
    source,
    metadataMessage("m"),
    soundHeader("s"),
    videoHeader("h"),
    keyFrame("k1", 0),
    sound("a1", 20),
  );
  receiveAll(source, keyFrame("k2", 1000), interFrame("p2", 1040), sound("a2", 1050));
  const player = new TestPlayer(source);
  assert(player.consumer.due);
  assertStrictEquals(player.consumer.output, outputOf(source));
  assertEquals(player.read(), ["m@0", "s@0", "h@0", "k2@1000", "p2@1040", "a2@1050"]);
  assert(!player.consumer.due);
  assertEquals(player.consumer.position, outputOf(source).log.head);
});

Deno.test("Consumer gets the headers of its key frame first, changed ones where they changed", () => {
  const source = liveSource();
  receiveAll(source, videoHeader("h1"), keyFrame("k1", 0), interFrame("p1", 40));
  receiveAll(source, metadataMessage("m2"), videoHeader("h2", 80), interFrame("p2", 80));
  assertEquals(new TestPlayer(source).read(), ["h1@0", "k1@0", "p1@40", "m2@0", "h2@80", "p2@80"]);
});

Deno.test("Consumer joins at the head with the headers in force when there is no GOP", () => {
  const source = liveSource({ gopCache: false });
  receiveAll(source, videoHeader("h"), keyFrame("k1", 0), interFrame("p1", 40));
  const player = new TestPlayer(source);
  assertEquals(player.read(), ["h@0"]);
  receiveAll(source, interFrame("p2", 80));
  assertEquals(player.read(), ["p2@80"]);
});

Deno.test("Consumer of pure audio joins at the head", () => {
  const source = liveSource();
  receiveAll(source, soundHeader("s"), sound("a1", 0), sound("a2", 20));
  const player = new TestPlayer(source);
  receiveAll(source, sound("a3", 40));
  assertEquals(player.read(), ["s@0", "a3@40"]);
});

Deno.test("Consumer of a stream that nobody publishes waits and gets all from its beginning", () => {
  const source = newSource();
  const player = new TestPlayer(source);
  assert(!player.consumer.due);
  assertEquals(player.read(), []);
  source.begin();
  receiveAll(source, metadataMessage("m"), videoHeader("h"), keyFrame("k", 0));
  assert(player.consumer.due);
  assertEquals(player.read(), ["m@0", "h@0", "k@0"]);
});

Deno.test("Consumer.due follows the flush, not the arrival", () => {
  const source = liveSource();
  receiveAll(source, keyFrame("k", 0));
  const player = new TestPlayer(source);
  player.read();
  source.receive(sound("a1", 0), 0);
  assert(!player.consumer.due);
  source.flush();
  assert(player.consumer.due);
});

Deno.test("Consumer that joins is due at once, flushed or not", () => {
  const source = liveSource();
  source.receive(keyFrame("k", 0), 0);
  const player = new TestPlayer(source);
  assert(player.consumer.due);
  assertEquals(player.read(), ["k@0"]);
});

Deno.test("Consumer.take() gives all that waits in one piece per segment", () => {
  const source = liveSource();
  const player = new TestPlayer(source);
  player.read();
  for (let i = 0; i < 10; i++) receiveAll(source, sound(`a${i}`, i));
  assertEquals(player.readOnce()?.length, 10);
  assertEquals(player.readOnce(), undefined);
});

Deno.test("Consumers at one position get the very same array", () => {
  const source = liveSource();
  const players = [new TestPlayer(source), new TestPlayer(source)];
  for (const player of players) player.read();
  receiveAll(source, sound("a", 0));
  const [first, second] = players.map(({ consumer }) => consumer.take());
  assertStrictEquals(first, second);
});

Deno.test("Consumer past queueLengthMs goes on at the newest key frame, without headers that did not change", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, videoHeader("h1"), keyFrame("k1", 0));
  const player = new TestPlayer(source);
  assertEquals(player.read(), ["h1@0", "k1@0"]);
  for (let i = 1; i <= 4; i++) {
    receiveAll(source, interFrame(`p${i}`, i * 500 - 100), keyFrame(`k${i + 1}`, i * 500));
  }
  receiveAll(source, sound("a", 2010));
  assertEquals(player.read(), ["k5@2000", "a@2010"]);
  assertEquals([player.consumer.jumps, player.consumer.byteJumps], [1, 0]);
  assert(player.consumer.droppedMs > 0);
});

Deno.test("Consumer past maxLagBytes goes on at the newest key frame", () => {
  const source = liveSource({ maxLagBytes: 50_000 });
  receiveAll(source, videoHeader("h"), keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  for (let i = 1; i < 6; i++) receiveAll(source, interFrame(`p${i}`, i, 12_000));
  receiveAll(source, keyFrame("k2", 10, 12_000), interFrame("q", 11, 12_000));
  assertEquals(player.read(), ["k2@10", "q@11"]);
  assertEquals([player.consumer.jumps, player.consumer.byteJumps], [1, 1]);
});

Deno.test("Consumer within the limits loses nothing however slow it is", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, keyFrame("k1", 0));
  const player = new TestPlayer(source);
  for (let i = 1; i <= 25; i++) {
    receiveAll(source, i === 20 ? keyFrame("k2", 800) : interFrame(`p${i}`, i * 40));
  }
  assertEquals(player.read().length, 26);
  assertEquals([player.consumer.jumps, player.consumer.droppedMs], [0, 0]);
});

Deno.test("Consumer that jumps over changed headers gets them before the key frame", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, metadataMessage("m1"), videoHeader("h1"), keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  receiveAll(source, interFrame("p1", 900), videoHeader("h2", 1500), keyFrame("k2", 1500));
  receiveAll(source, keyFrame("k3", 2500), interFrame("p3", 2540));
  assertEquals(player.read(), ["m1@0", "h2@2500", "k3@2500", "p3@2540"]);
});

Deno.test("Consumer that jumps before it got its opening still gets it", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, videoHeader("h1"), keyFrame("k1", 0));
  const player = new TestPlayer(source);
  receiveAll(source, interFrame("p", 900), interFrame("p", 1800), keyFrame("k2", 2000));
  assertEquals(player.read(), ["h1@0", "k1@0", "k2@2000"]);
});

Deno.test("Consumer left behind by a publish goes on in the next one, with its headers", () => {
  const source = liveSource({ queueLengthMs: 1000, timeJitter: "full" });
  receiveAll(source, videoHeader("h1"), keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  receiveAll(source, interFrame("p1", 40));
  source.begin();
  receiveAll(source, videoHeader("h2", 0), keyFrame("k2", 0));
  for (let i = 1; i <= 30; i++) {
    receiveAll(source, i === 28 ? keyFrame("k3", i * 40) : interFrame("p", i * 40));
  }
  assertEquals(player.read().slice(0, 2).map((label) => label.split("@")[0]), ["h2", "k3"]);
});

Deno.test("Consumer paused takes nothing, then goes on from where it was", () => {
  const source = liveSource();
  receiveAll(source, keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  player.consumer.paused = true;
  receiveAll(source, interFrame("p1", 40));
  assert(!player.consumer.due);
  assertEquals(player.read(), []);
  player.consumer.paused = false;
  assert(player.consumer.due);
  assertEquals(player.read(), ["p1@40"]);
});

Deno.test("Consumer paused for longer than the log permits goes on at the newest key frame", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  player.consumer.paused = true;
  for (let i = 1; i <= 50; i++) {
    receiveAll(source, i % 25 === 0 ? keyFrame(`k${i}`, i * 40) : interFrame("p", i * 40));
  }
  player.consumer.paused = false;
  assertEquals(player.read(), ["k50@2000"]);
});

Deno.test("Consumer that leaves takes nothing more and is no longer counted", () => {
  const source = liveSource();
  receiveAll(source, keyFrame("k1", 0));
  const player = new TestPlayer(source);
  assertEquals(outputOf(source).consumers.size, 1);
  player.consumer.leave();
  player.consumer.leave();
  assertEquals([outputOf(source).consumers.size, player.consumer.due, player.read()], [0, false, []]);
});

Deno.test("Consumer that leaves in the middle of a write keeps the bytes of that write", () => {
  const source = liveSource({ gopCache: false }, { pool: new SegmentPool() });
  const player = new TestPlayer(source);
  player.read();
  receiveAll(source, sound("a", 0, 1000));
  const bytes = player.consumer.take();
  assert(bytes !== undefined);
  const before = bytes.slice();
  player.consumer.leave();
  for (let i = 1; i < 400; i++) receiveAll(source, sound("b", i, 10_000));
  assertEquals(bytes.slice(), before);
  player.consumer.written();
  player.consumer.written();
});

Deno.test("Consumers read the same bytes whatever their rhythm, and lose nothing within the limits", () => {
  const step = fc.record({
    kind: fc.constantFrom("key", "inter", "inter", "sound", "sound", "header", "metadata"),
    size: fc.oneof(fc.nat(300), fc.nat(70_000)),
    flush: fc.boolean(),
    /** Which of three players read after it. */
    readers: fc.nat(7),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(128, 4096, 60_000), (steps, chunkSize) => {
      const source = liveSource({ chunkSize });
      const players = [0, 1, 2].map(() => new TestPlayer(source, chunkSize));
      const labels: string[] = [];
      steps.forEach(({ kind, size, flush, readers }, i) => {
        const make =
          { key: keyFrame, inter: interFrame, sound, header: videoHeader, metadata: metadataMessage }[kind];
        const message = make === undefined ? undefined : make(`${kind}${i}`, i * 20, size);
        if (message === undefined) return;
        source.receive(message, i * 20);
        labels.push(`${kind}${i}`);
        if (flush) source.flush();
        players.forEach((player, bit) => {
          if ((readers >> bit & 1) === 1) player.readOnce();
        });
      });
      source.flush();
      for (const player of players) player.read();
      const [first, second, third] = players.map(({ bytes }) => bytes);
      assertEquals(first, second);
      assertEquals(first, third);
      const late = new TestPlayer(source, chunkSize);
      const read = late.read().map((label) => label.split("@")[0]);
      const lastKey = labels.findLastIndex((label) => label.startsWith("key"));
      if (lastKey >= 0) assertEquals(read.slice(-(labels.length - lastKey)), labels.slice(lastKey));
    }),
    { numRuns: 60 },
  );
});

Deno.test("Consumer is not late for time in which nothing was sent, however far the clock skips", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = new TestPlayer(source);
  source.receive(metadataMessage("m"), 0);
  source.receive(keyFrame("k1", 5_000_000), 0);
  source.receive(interFrame("i1", 5_000_500), 0);
  source.receive(interFrame("i2", 9_000_000), 0);
  source.receive(interFrame("i3", 9_000_400), 0);
  assertEquals(player.read(), ["m@0", "k1@5000000", "i1@5000500", "i2@9000000", "i3@9000400"]);
  assertEquals(player.consumer.jumps, 0);
  for (let time = 9_000_500; time <= 9_002_000; time += 100) source.receive(keyFrame(`k${time}`, time), 0);
  assertEquals(player.read(), ["k9002000@9002000"], "but for what was");
  assertEquals(player.consumer.jumps, 1);
});

Deno.test("Consumer.overdue tells of a write whose bytes are older than anybody may be", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = new TestPlayer(source);
  receiveAll(source, keyFrame("k1", 0));
  assert(player.consumer.take() !== undefined);
  receiveAll(source, keyFrame("k2", 900));
  assert(!player.consumer.overdue);
  receiveAll(source, keyFrame("k3", 1800), keyFrame("k4", 2800));
  assert(player.consumer.overdue);
  player.consumer.written();
  assert(!player.consumer.overdue);
  assertEquals(player.read(), ["k4@2800"]);
});
