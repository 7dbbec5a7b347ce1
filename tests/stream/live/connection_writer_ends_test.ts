import { Consumer } from "../../../stream/live/consumer.ts";
import { ConnectionWriter, ReplyOverflow } from "../../../stream/live/connection_writer.ts";
import { assert, assertEquals, assertInstanceOf } from "../../support/assert.ts";
import { keyFrame, liveSource, outputOf } from "../../support/stream/live_stream.ts";
import { block, receive, WriterHarness } from "../../support/stream/writer_harness.ts";

Deno.test("ConnectionWriter writes nothing of a player that is paused or was taken away", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  const player = harness.play(source);
  player.paused = true;
  receive(source, "a1");
  assertEquals(harness.socket.underWay, 0);
  player.paused = false;
  harness.writer.wake();
  assertEquals(harness.socket.underWay, 1);
  receive(source, "a2");
  harness.writer.consumer = undefined;
  await harness.socket.take();
  assertEquals(harness.socket.underWay, 0);
  assert(player.position < outputOf(source).log.head);
});

Deno.test("ConnectionWriter settles the write of a player that has left, then plays the next one", async () => {
  const harness = new WriterHarness();
  const first = liveSource();
  const player = harness.play(first);
  receive(first, "a1");
  const segment = outputOf(first).log.slice(0)?.segment;
  player.leave();
  const second = liveSource();
  harness.play(second);
  receive(second, "b1");
  assertEquals([harness.socket.underWay, segment?.writers], [1, 1]);
  await harness.socket.take();
  assertEquals([harness.socket.underWay, segment?.writers], [1, 0]);
  await harness.socket.take();
  assertEquals(harness.writer.sentBytes, outputOf(first).log.head + outputOf(second).log.head);
});

Deno.test("ConnectionWriter tells the first failure and writes nothing after it", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  harness.play(source);
  receive(source, "a1");
  const segment = outputOf(source).log.slice(0)?.segment;
  const broken = new Error("broken");
  await harness.socket.break(broken);
  assertEquals([harness.failures, segment?.writers], [[broken], 0]);
  harness.writer.send(block(5, 1));
  receive(source, "a2");
  assertEquals([harness.socket.writes.length, harness.socket.underWay], [1, 0]);
});

Deno.test("ConnectionWriter refuses to keep replies without bound for a client that reads nothing", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  harness.play(source);
  receive(source, "a1");
  const segment = outputOf(source).log.slice(0)?.segment;
  for (let i = 0; i < 4; i++) harness.writer.send(block(64 * 1024, 1));
  assertEquals(harness.failures, []);
  harness.writer.send(block(1, 1));
  harness.writer.send(block(1, 1));
  assertEquals(harness.failures.length, 1);
  assertInstanceOf(harness.failures[0], ReplyOverflow);
  assertEquals(segment?.writers, 1, "its bytes are still being read");
  await harness.socket.take(2);
  assertEquals([segment?.writers, harness.socket.writes.length], [0, 1]);
});

Deno.test("ConnectionWriter.stuckMs tells how long a write has made no progress", async () => {
  const harness = new WriterHarness();
  assertEquals(harness.writer.stuckMs, 0);
  harness.nowMs = 100;
  harness.writer.send(block(10, 1));
  harness.nowMs = 350;
  assertEquals(harness.writer.stuckMs, 250);
  await harness.socket.take(1);
  assertEquals(harness.writer.stuckMs, 0);
  harness.nowMs = 400;
  assertEquals(harness.writer.stuckMs, 50);
  await harness.socket.take();
  harness.nowMs = 900;
  assertEquals(harness.writer.stuckMs, 0);
});

Deno.test("ConnectionWriter.idle() settles when nothing waits, and when the connection breaks", async () => {
  const harness = new WriterHarness();
  await harness.writer.idle();
  harness.writer.send(block(1, 1));
  harness.writer.send(block(1, 2));
  let idle = 0;
  const waiting = [harness.writer.idle(), harness.writer.idle()].map((promise) => promise.then(() => idle++));
  await harness.socket.take();
  assertEquals(idle, 0);
  await harness.socket.take();
  await Promise.all(waiting);

  harness.writer.send(block(1, 3));
  const broken = harness.writer.idle();
  await harness.socket.break(new Error("broken"));
  await broken;
  await harness.writer.idle();
});

Deno.test("ConnectionWriter.wake() hands what is thrown to its own connection, not to the caller of the flush", () => {
  const failures: unknown[] = [];
  const sink = {
    write(): Promise<number> {
      throw new TypeError("the sink is broken");
    },
  };
  const writer = new ConnectionWriter(sink, () => 0, (error) => failures.push(error), 1000);
  const source = liveSource();
  writer.consumer = new Consumer(outputOf(source), writer);
  source.receive(keyFrame("k", 0), 0);
  source.flush();
  assertEquals(failures.map(String), ["TypeError: the sink is broken"]);
});

Deno.test("ConnectionWriter.progressMs tells when a write went on that had waited", async () => {
  const harness = new WriterHarness();
  harness.writer.send(block(10, 1));
  harness.nowMs = 10;
  await harness.socket.take();
  assertEquals(harness.writer.progressMs, -Infinity);
  harness.writer.send(block(10, 2));
  harness.nowMs = 100;
  await harness.socket.take(1);
  assertEquals(harness.writer.progressMs, 100);
  await harness.socket.take();
});
