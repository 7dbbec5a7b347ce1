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
import { interFrame, keyFrame, liveSource, sound, videoHeader } from "../../support/stream/live_stream.ts";

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

class Bench {
  readonly socket = new TestSocket();
  readonly failures: unknown[] = [];
  nowMs = 0;
  readonly writer = new ConnectionWriter(this.socket, () => this.nowMs, (error) => this.failures.push(error));

  /** First bytes of each write so far. */
  get heads(): number[] {
    return this.socket.writes.map((bytes) => bytes[0] ?? -1);
  }

  play(source: Source): Consumer {
    const consumer = new Consumer(source, this.writer);
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
  const bench = new Bench();
  const { socket, writer } = bench;
  writer.send(block(10, 1));
  writer.send(block(20, 2));
  writer.send(block(30, 3));
  assertEquals([socket.underWay, bench.heads], [1, [1]]);
  await socket.take();
  assertEquals(socket.writes.map(({ length }) => length), [10, 50]);
  assertEquals([socket.writes[1]?.[0], socket.writes[1]?.[49]], [2, 3]);
  await socket.take();
  assertEquals([socket.underWay, writer.sentBytes], [0, 60]);
});

Deno.test("ConnectionWriter goes on where a partial write ended", async () => {
  const { socket, writer } = new Bench();
  writer.send(Uint8Array.of(1, 2, 3, 4));
  await socket.take(1);
  await socket.take(2);
  assertEquals(socket.writes.map((bytes) => [...bytes]), [[1, 2, 3, 4], [2, 3, 4], [4]]);
  assertEquals(writer.sentBytes, 3);
});

Deno.test("ConnectionWriter writes what its player has due, and again when more is flushed", async () => {
  const bench = new Bench();
  const source = liveSource();
  bench.play(source);
  receive(source, "a1");
  receive(source, "a2");
  assertEquals(bench.socket.underWay, 1);
  await bench.socket.take();
  assertEquals(bench.heads, [SOUND, SOUND]);
  await bench.socket.take();
  assertEquals(bench.socket.underWay, 0);
  receive(source, "a3");
  assertEquals(bench.socket.underWay, 1);
  await bench.socket.take();
  assertEquals(bench.writer.sentBytes, source.log.head);
});

Deno.test("ConnectionWriter writes replies before media that is not yet being written", async () => {
  const bench = new Bench();
  const source = liveSource();
  bench.play(source);
  receive(source, "a1");
  receive(source, "a2");
  bench.writer.send(block(5, 99));
  await bench.socket.take();
  await bench.socket.take();
  await bench.socket.take();
  assertEquals(bench.heads, [SOUND, 99, SOUND]);
});

Deno.test("ConnectionWriter finishes a message before it writes replies", async () => {
  const bench = new Bench();
  const source = liveSource();
  bench.play(source);
  receive(source, "a1");
  bench.writer.send(block(5, 99));
  await bench.socket.take(3);
  assertEquals(bench.heads.length, 2);
  assert(bench.heads[1] !== 99);
  await bench.socket.take();
  assertEquals(bench.heads[2], 99);
});

Deno.test("ConnectionWriter puts the reply, the headers and the first picture into one write", async () => {
  const bench = new Bench();
  const source = liveSource();
  source.receive(videoHeader("h"), 0);
  source.receive(keyFrame("k", 0), 0);
  const behindPicture = source.log.head;
  source.receive(interFrame("p", 40), 40);
  source.flush();
  bench.play(source);
  bench.writer.send(block(5, 99));
  assertEquals(bench.socket.writes.map(({ length }) => length), [5 + behindPicture]);
  await bench.socket.take();
  const slice = source.log.slice(behindPicture);
  assertExists(slice);
  assertEquals(bench.socket.writes[1]?.length, slice.to - slice.from);
  assertStrictEquals(bench.socket.writes[1]?.buffer, slice.bytes.buffer, "no copy was made");
});

Deno.test("ConnectionWriter begins with small writes, then writes whole slices", async () => {
  const bench = new Bench();
  const source = liveSource();
  for (let i = 0; i < 10; i++) source.receive(sound("a", 0, 50_000), 0);
  source.flush();
  const player = bench.play(source);
  for (let i = 0; i < 40; i++) source.receive(sound("a", 0, 50_000), 0);
  source.flush();
  while (bench.socket.underWay > 0) await bench.socket.take();
  const sizes = bench.socket.writes.map(({ length }) => length);
  assert(sizes.slice(0, 2).every((size) => size <= 64 * 1024), `${sizes}`);
  assert(sizes.some((size) => size > 200_000), `${sizes}`);
  assertEquals(player.position, source.log.head);
});

Deno.test("ConnectionWriter leaves the player's position where it is until a whole slice is out", async () => {
  const bench = new Bench();
  const source = liveSource();
  const player = bench.play(source);
  receive(source, "a1");
  await bench.socket.take(4);
  assertEquals(player.position, 0);
  await bench.socket.take();
  assertEquals(player.position, source.log.head);
});

Deno.test("ConnectionWriter writes nothing of a player that is paused or was taken away", async () => {
  const bench = new Bench();
  const source = liveSource();
  const player = bench.play(source);
  player.paused = true;
  receive(source, "a1");
  assertEquals(bench.socket.underWay, 0);
  player.paused = false;
  bench.writer.flush();
  assertEquals(bench.socket.underWay, 1);
  receive(source, "a2");
  bench.writer.consumer = undefined;
  await bench.socket.take();
  assertEquals(bench.socket.underWay, 0);
  assert(player.position < source.log.head);
});

Deno.test("ConnectionWriter settles the write of a player that has left, then plays the next one", async () => {
  const bench = new Bench();
  const first = liveSource();
  const player = bench.play(first);
  receive(first, "a1");
  const segment = first.log.slice(0)?.segment;
  player.leave();
  const second = liveSource();
  bench.play(second);
  receive(second, "b1");
  assertEquals([bench.socket.underWay, segment?.writers], [1, 1]);
  await bench.socket.take();
  assertEquals([bench.socket.underWay, segment?.writers], [1, 0]);
  await bench.socket.take();
  assertEquals(bench.writer.sentBytes, first.log.head + second.log.head);
});

Deno.test("ConnectionWriter tells the first failure and writes nothing after it", async () => {
  const bench = new Bench();
  const source = liveSource();
  bench.play(source);
  receive(source, "a1");
  const segment = source.log.slice(0)?.segment;
  const broken = new Error("broken");
  await bench.socket.break(broken);
  assertEquals([bench.failures, segment?.writers], [[broken], 0]);
  bench.writer.send(block(5, 1));
  receive(source, "a2");
  assertEquals([bench.socket.writes.length, bench.socket.underWay], [1, 0]);
});

Deno.test("ConnectionWriter refuses to keep replies without bound for a client that reads nothing", async () => {
  const bench = new Bench();
  const source = liveSource();
  bench.play(source);
  receive(source, "a1");
  const segment = source.log.slice(0)?.segment;
  for (let i = 0; i < 4; i++) bench.writer.send(block(64 * 1024, 1));
  assertEquals(bench.failures, []);
  bench.writer.send(block(1, 1));
  bench.writer.send(block(1, 1));
  assertEquals(bench.failures.length, 1);
  assertInstanceOf(bench.failures[0], ProtocolError);
  assertEquals(segment?.writers, 1, "its bytes are still being read");
  await bench.socket.take(2);
  assertEquals([segment?.writers, bench.socket.writes.length], [0, 1]);
});

Deno.test("ConnectionWriter.stuckMs tells how long a write has made no progress", async () => {
  const bench = new Bench();
  assertEquals(bench.writer.stuckMs, 0);
  bench.nowMs = 100;
  bench.writer.send(block(10, 1));
  bench.nowMs = 350;
  assertEquals(bench.writer.stuckMs, 250);
  await bench.socket.take(1);
  assertEquals(bench.writer.stuckMs, 0);
  bench.nowMs = 400;
  assertEquals(bench.writer.stuckMs, 50);
  await bench.socket.take();
  bench.nowMs = 900;
  assertEquals(bench.writer.stuckMs, 0);
});

Deno.test("ConnectionWriter.idle() settles when nothing waits, and when the connection breaks", async () => {
  const bench = new Bench();
  await bench.writer.idle();
  bench.writer.send(block(1, 1));
  bench.writer.send(block(1, 2));
  let idle = 0;
  const waiting = [bench.writer.idle(), bench.writer.idle()].map((promise) => promise.then(() => idle++));
  await bench.socket.take();
  assertEquals(idle, 0);
  await bench.socket.take();
  await Promise.all(waiting);

  bench.writer.send(block(1, 3));
  const broken = bench.writer.idle();
  await bench.socket.break(new Error("broken"));
  await broken;
  await bench.writer.idle();
});

Deno.test("ConnectionWriter.flush() hands what is thrown to its own connection, not to who flushes", () => {
  const failures: unknown[] = [];
  const sink = {
    write(): Promise<number> {
      throw new TypeError("the sink is broken");
    },
  };
  const writer = new ConnectionWriter(sink, () => 0, (error) => failures.push(error));
  const source = liveSource();
  writer.consumer = new Consumer(source, writer);
  source.receive(keyFrame("k", 0), 0);
  source.flush();
  assertEquals(failures.map(String), ["TypeError: the sink is broken"]);
});

Deno.test("ConnectionWriter.progressMs tells when a write went on that had waited", async () => {
  const bench = new Bench();
  bench.writer.send(block(10, 1));
  bench.nowMs = 10;
  await bench.socket.take();
  assertEquals(bench.writer.progressMs, -Infinity);
  bench.writer.send(block(10, 2));
  bench.nowMs = 100;
  await bench.socket.take(1);
  assertEquals(bench.writer.progressMs, 100);
  await bench.socket.take();
});
