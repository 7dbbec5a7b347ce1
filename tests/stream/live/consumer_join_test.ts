/**
 * A player at its beginning: what it gets with the answer to its request, and its wait for the rest.
 *
 * @module
 */
import type { DeferredPlayer } from "../../../stream/live/reader.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assertEquals, assertStrictEquals } from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  outputOf,
  receiveAll,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("Consumer.withInitData() puts headers and first picture behind an answer, once", () => {
  const source = liveSource();
  receiveAll(source, videoHeader("h"), keyFrame("k", 0));
  const behindPicture = outputOf(source).log.head;
  receiveAll(source, interFrame("p", 40));
  const { consumer } = new TestPlayer(source);
  const answer = Uint8Array.of(1, 2, 3);
  consumer.paused = true;
  assertStrictEquals(consumer.withInitData(answer), answer);
  consumer.paused = false;
  const all = outputOf(source).log.slice(0)?.bytes.subarray(0, behindPicture) ?? [];
  assertEquals([...consumer.withInitData(answer)], [1, 2, 3, ...all]);
  assertStrictEquals(consumer.withInitData(answer), answer);
  assertEquals(consumer.take()?.length, outputOf(source).log.head - behindPicture);
});

/** A room in which players wait that have their first picture. */
class WaitingRoom {
  readonly waiting: DeferredPlayer[] = [];

  add(player: DeferredPlayer): void {
    this.waiting.push(player);
  }

  settleAll(): void {
    for (const player of this.waiting.splice(0)) player.settle();
  }
}

Deno.test("Consumer that has its first picture gets the rest when it is settled, flushes or not", () => {
  const joinDelay = new WaitingRoom();
  const source = liveSource({}, { joinDelay });
  receiveAll(source, videoHeader("h"), keyFrame("k", 0), interFrame("p1", 40));
  const player = new TestPlayer(source);
  assertEquals([player.read(), player.consumer.due], [["h@0", "k@0"], false]);
  receiveAll(source, interFrame("p2", 80));
  assertEquals(player.read(), []);
  source.receive(interFrame("p3", 120), 120);
  player.wakes = 0;
  joinDelay.settleAll();
  assertEquals([player.wakes, player.consumer.due], [1, true]);
  assertEquals(player.read(), ["p1@40", "p2@80", "p3@120"]);
});

Deno.test("Consumer does not wait where there is no picture to look at", () => {
  const joinDelay = new WaitingRoom();
  const tooLarge = 300 * 1024;
  for (
    const messages of [
      [soundHeader("s"), sound("a1", 0)],
      [videoHeader("h"), keyFrame("k", 0, tooLarge), interFrame("p", 40)],
    ]
  ) {
    const source = liveSource({}, { joinDelay });
    const player = new TestPlayer(source);
    player.consumer.leave();
    receiveAll(source, ...messages);
    assertEquals(new TestPlayer(source).read().length, messages[0]?.typeId === MessageType.Audio ? 1 : 3);
    assertEquals(joinDelay.waiting, []);
  }
});

Deno.test("Consumer that waits and leaves, is paused, or falls behind does what it does else", () => {
  const joinDelay = new WaitingRoom();
  const source = liveSource({ maxLagBytes: 1000 }, { joinDelay });
  receiveAll(source, videoHeader("h"), keyFrame("k1", 0), interFrame("p1", 40));
  const [leaves, pauses, lags] = [new TestPlayer(source), new TestPlayer(source), new TestPlayer(source)];
  for (const player of [leaves, pauses, lags]) player.read();
  leaves.consumer.leave();
  pauses.consumer.paused = true;
  receiveAll(source, interFrame("p2", 80, 1000), keyFrame("k2", 120), interFrame("p3", 160));
  joinDelay.settleAll();
  assertEquals([leaves.read(), pauses.read(), lags.read()], [[], [], ["k2@120", "p3@160"]]);
  assertEquals(lags.consumer.jumps, 1);
  pauses.consumer.paused = false;
  assertEquals(pauses.read(), ["k2@120", "p3@160"]);
});
