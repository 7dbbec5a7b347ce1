/**
 * The one writer of a connection, over a socket that takes what the test lets it take.
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import type { Source } from "../../../stream/live/source.ts";
import { type ByteSink, ConnectionWriter } from "../../../rtmp/server/connection_writer.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import {
  assert,
  assertEquals,
  assertExists,
  assertInstanceOf,
  assertStrictEquals,
} from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  outputOf,
  sound,
  videoHeader,
} from "../../support/stream/live_stream.ts";

/** A socket: a write waits until the test takes bytes or breaks it. */
class TestSocket implements ByteSink {
  readonly writes: Uint8Array[] = [];
  readonly #pending: PromiseWithResolvers<number>[] = [];

  write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes);
    const pending = Promise.withResolvers<number>();
    this.#pending.push(pending);
    return pending.promise;
  }

  /** Writes that wait: 0 or 1 where the writer keeps its promise. */
  get underWay(): number {
    return this.#pending.length;
  }

  /** Take all of the oldest write, or so many bytes of it. */
  async take(length?: number): Promise<void> {
    const pending = this.#pending.shift();
    const bytes = this.writes[this.writes.length - this.#pending.length - 1];
    assertExists(bytes);
    pending?.resolve(length ?? bytes.length);
    await turn();
  }

  async break(error: Error): Promise<void> {
    this.#pending.shift()?.reject(error);
    await turn();
  }
}

/** Promise reactions have run. */
async function turn(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

class WriterHarness {
  readonly socket = new TestSocket();
  readonly failures: unknown[] = [];
  nowMs = 0;
  readonly writer = new ConnectionWriter(this.socket, () => this.nowMs, (error) => this.failures.push(error));

  /** First bytes of each write so far. */
  get heads(): number[] {
    return this.socket.writes.map((bytes) => bytes[0] ?? -1);
  }

  play(source: Source): Consumer {
    const consumer = new Consumer(outputOf(source), this.writer);
    this.writer.consumer = consumer;
    return consumer;
  }
}

function block(length: number, fill: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(fill);
}

/** First byte of a chunk of sound: fmt 0, chunk stream 6. */
const SOUND = 6;

function receive(source: Source, ...labels: string[]): void {
  for (const label of labels) source.receive(sound(label, 0), 0);
  source.flush();
}

Deno.test("ConnectionWriter writes one thing at a time, what waited together in the next", async () => {
  const harness = new WriterHarness();
  const { socket, writer } = harness;
  writer.send(block(10, 1));
  writer.send(block(20, 2));
  writer.send(block(30, 3));
  assertEquals([socket.underWay, harness.heads], [1, [1]]);
  await socket.take();
  assertEquals(socket.writes.map(({ length }) => length), [10, 50]);
  assertEquals([socket.writes[1]?.[0], socket.writes[1]?.[49]], [2, 3]);
  await socket.take();
  assertEquals([socket.underWay, writer.sentBytes], [0, 60]);
});

Deno.test("ConnectionWriter goes on where a partial write ended", async () => {
  const { socket, writer } = new WriterHarness();
  writer.send(Uint8Array.of(1, 2, 3, 4));
  await socket.take(1);
  await socket.take(2);
  assertEquals(socket.writes.map((bytes) => [...bytes]), [[1, 2, 3, 4], [2, 3, 4], [4]]);
  assertEquals(writer.sentBytes, 3);
});

Deno.test("ConnectionWriter writes what its player has due, and again when more is flushed", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  harness.play(source);
  receive(source, "a1");
  receive(source, "a2");
  assertEquals(harness.socket.underWay, 1);
  await harness.socket.take();
  assertEquals(harness.heads, [SOUND, SOUND]);
  await harness.socket.take();
  assertEquals(harness.socket.underWay, 0);
  receive(source, "a3");
  assertEquals(harness.socket.underWay, 1);
  await harness.socket.take();
  assertEquals(harness.writer.sentBytes, outputOf(source).log.head);
});

Deno.test("ConnectionWriter writes replies before media that is not yet being written", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  harness.play(source);
  receive(source, "a1");
  receive(source, "a2");
  harness.writer.send(block(5, 99));
  await harness.socket.take();
  await harness.socket.take();
  await harness.socket.take();
  assertEquals(harness.heads, [SOUND, 99, SOUND]);
});

Deno.test("ConnectionWriter finishes a message before it writes replies", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  harness.play(source);
  receive(source, "a1");
  harness.writer.send(block(5, 99));
  await harness.socket.take(3);
  assertEquals(harness.heads.length, 2);
  assert(harness.heads[1] !== 99);
  await harness.socket.take();
  assertEquals(harness.heads[2], 99);
});

Deno.test("ConnectionWriter puts the reply, the headers and the first picture into one write", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  source.receive(videoHeader("h"), 0);
  source.receive(keyFrame("k", 0), 0);
  const behindPicture = outputOf(source).log.head;
  source.receive(interFrame("p", 40), 40);
  source.flush();
  harness.play(source);
  harness.writer.send(block(5, 99));
  assertEquals(harness.socket.writes.map(({ length }) => length), [5 + behindPicture]);
  await harness.socket.take();
  const slice = outputOf(source).log.slice(behindPicture);
  assertExists(slice);
  assertEquals(harness.socket.writes[1]?.length, slice.to - slice.from);
  assertStrictEquals(harness.socket.writes[1]?.buffer, slice.bytes.buffer, "no copy was made");
});

Deno.test("ConnectionWriter begins with small writes, then writes whole slices", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  for (let i = 0; i < 10; i++) source.receive(sound("a", 0, 50_000), 0);
  source.flush();
  const player = harness.play(source);
  for (let i = 0; i < 40; i++) source.receive(sound("a", 0, 50_000), 0);
  source.flush();
  while (harness.socket.underWay > 0) await harness.socket.take();
  const sizes = harness.socket.writes.map(({ length }) => length);
  assert(sizes.slice(0, 2).every((size) => size <= 64 * 1024), `${sizes}`);
  assert(sizes.some((size) => size > 200_000), `${sizes}`);
  assertEquals(player.position, outputOf(source).log.head);
});

Deno.test("ConnectionWriter leaves the player's position where it is until a whole slice is out", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  const player = harness.play(source);
  receive(source, "a1");
  await harness.socket.take(4);
  assertEquals(player.position, 0);
  await harness.socket.take();
  assertEquals(player.position, outputOf(source).log.head);
});

Deno.test("ConnectionWriter writes nothing of a player that is paused or was taken away", async () => {
  const harness = new WriterHarness();
  const source = liveSource();
  const player = harness.play(source);
  player.paused = true;
  receive(source, "a1");
  assertEquals(harness.socket.underWay, 0);
  player.paused = false;
  harness.writer.flush();
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
  assertInstanceOf(harness.failures[0], ProtocolError);
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

Deno.test("ConnectionWriter.flush() hands what is thrown to its own connection, not to the caller of the flush", () => {
  const failures: unknown[] = [];
  const sink = {
    write(): Promise<number> {
      throw new TypeError("the sink is broken");
    },
  };
  const writer = new ConnectionWriter(sink, () => 0, (error) => failures.push(error));
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
