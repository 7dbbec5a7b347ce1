/**
 * The one writer of a connection, over a socket that takes what the test lets it take.
 *
 * @module
 */
import { assert, assertEquals, assertExists, assertStrictEquals } from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  outputOf,
  sound,
  videoHeader,
} from "../../support/stream/live_stream.ts";
import { block, receive, WriterHarness } from "../../support/stream/writer_harness.ts";

/** First byte of a chunk of sound: fmt 0, chunk stream 6. */
const SOUND = 6;

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
