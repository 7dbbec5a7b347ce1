import { assert, assertEquals } from "../../support/assert.ts";
import {
  holder,
  interFrame,
  keyFrame,
  liveSource,
  newSource,
  outputOf,
  receiveAll,
  sound,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("Source.flush() wakes its players once for everything new, and not for nothing", () => {
  const source = liveSource();
  const player = new TestPlayer(source);
  const left = new TestPlayer(source);
  left.consumer.leave();
  source.flush();
  assertEquals(player.wakes, 0);
  receiveAll(source, sound("a1", 0), sound("a2", 20));
  source.flush();
  assertEquals([player.wakes, left.wakes], [1, 0]);
});

Deno.test("Source.releaseIdleMemory() gives memory back between two publishes, but nothing that a player has yet to read", () => {
  const source = newSource();
  const publisher = holder();
  source.reserve(publisher);
  source.begin();
  const player = new TestPlayer(source);
  const late = new TestPlayer(source);
  for (let i = 0; i < 100; i++) receiveAll(source, interFrame(`p${i}`, i * 40, 20_000));
  player.read();
  source.releaseIdleMemory();
  assert(outputOf(source).log.heldBytes > 2_000_000, "not while it is published");
  source.release(publisher);
  source.releaseIdleMemory();
  assert(outputOf(source).log.heldBytes > 2_000_000, "one player has read nothing");
  assertEquals(late.readOnce()?.length, 1);
  const under = late.consumer.take();
  source.releaseIdleMemory();
  assert(outputOf(source).log.heldBytes > 1_900_000, "a write is under way");
  assertEquals(under?.length, outputOf(source).log.slice(late.consumer.position)?.bytes.length);
  late.consumer.written();
  late.read();
  source.releaseIdleMemory();
  assertEquals(outputOf(source).log.heldBytes, 0);

  source.reserve(publisher);
  source.begin();
  receiveAll(source, videoHeader("h", 0), keyFrame("k", 0));
  assertEquals(player.read(), ["h@0", "k@0"]);
  assertEquals(late.read(), ["h@0", "k@0"]);
});

for (const timeJitter of ["off", "zero"] as const) {
  Deno.test(`Source: a clock that is set back far leaves nobody behind forever, ${timeJitter}`, () => {
    const source = liveSource({ timeJitter, queueLengthMs: 1000 });
    receiveAll(source, sound("a0", 0), sound("a1", 0xff_ffff));
    const slow = new TestPlayer(source);
    receiveAll(source, sound("b0", 0), sound("b1", 20));
    const joined = new TestPlayer(source);
    receiveAll(source, sound("b2", 40));
    assertEquals(joined.read(), ["b2@40"]);
    assertEquals(slow.read(), ["b0@0", "b1@20", "b2@40"], "not late for the step back");
    for (let i = 3; i <= 200; i++) receiveAll(source, sound(`b${i}`, i * 20));
    slow.read();
    assertEquals(slow.consumer.jumps, 1, "but for what came after it");
  });
}

Deno.test("Source: sound far behind the pictures makes nobody late", () => {
  const source = liveSource({ timeJitter: "off", queueLengthMs: 1000 });
  const player = new TestPlayer(source);
  const labels: string[] = [];
  for (let i = 0; i < 20; i++) {
    labels.push(`v${i}@${50_000 + i * 40}`, `a${i}@${i * 40}`);
    receiveAll(source, keyFrame(`v${i}`, 50_000 + i * 40), sound(`a${i}`, i * 40));
  }
  assertEquals(player.read(), labels);
});

Deno.test("Source.flush() wakes many players over some turns, each of them once", () => {
  const turns: (() => void)[] = [];
  const source = liveSource({}, { nextTurn: (task) => turns.push(task) });
  let woken = 0;
  for (let i = 0; i < 500; i++) {
    outputOf(source).consumers.add({
      position: 0,
      index: -1,
      wakeable: { wake: () => woken++ },
    });
  }
  source.receive(sound("a", 0), 0);
  source.flush();
  assert(woken > 0 && woken < 500, `${woken} in the first turn`);
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
  assertEquals(woken, 500);
});

Deno.test("Source.watched counts its players here and its relays to other threads", () => {
  const source = liveSource();
  const reader = { position: 0, index: -1, urgent: false, wakeable: { wake: () => undefined } };
  assertEquals([source.watched], [false]);
  for (const readers of [outputOf(source).consumers, outputOf(source).relays]) {
    readers.add(reader);
    assertEquals([source.watched], [true]);
    readers.delete(reader);
  }
  assertEquals([source.watched], [false]);
});
