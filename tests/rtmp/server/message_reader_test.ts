/**
 * From a connection's bytes to messages, over a socket that gives what the test gives it.
 *
 * @module
 */
import { type ByteSource, MessageReader, type ReadGate } from "../../../rtmp/server/message_reader.ts";
import { ReadBuffers } from "../../../rtmp/server/read_buffers.ts";
import { ReadSchedule } from "../../../stream/schedule/read_schedule.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { labelOf, sound } from "../../support/stream/live_stream.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";

/** Gives one piece a read, cut to the buffer; then an end, or an error. */
class TestSource implements ByteSource {
  readonly bufferSizes: number[] = [];
  #rest: Uint8Array[];
  readonly #error: Error | undefined;

  constructor(pieces: readonly Uint8Array[], error?: Error) {
    this.#rest = [...pieces];
    this.#error = error;
  }

  readArrived(buffer: Uint8Array): Promise<number | null> {
    return this.read(buffer);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.bufferSizes.push(buffer.length);
    const piece = this.#rest.shift();
    if (piece === undefined) {
      return this.#error === undefined ? Promise.resolve(null) : Promise.reject(this.#error);
    }
    const size = Math.min(piece.length, buffer.length);
    if (size < piece.length) this.#rest.unshift(piece.subarray(size));
    buffer.set(piece.subarray(0, size));
    return Promise.resolve(size);
  }
}

/** What a client sends: C0 and C1, C2, then messages. */
function clientBytes(...messages: RtmpMessage[]): Uint8Array[] {
  const handshake = new ClientHandshake(fixedWireEnvironment());
  const first = handshake.takeOutput() ?? new Uint8Array(0);
  const encoder = new ChunkEncoder();
  for (const message of messages) encoder.write(message);
  return [first, new Uint8Array(1536), encoder.takeOutput() ?? new Uint8Array(0)];
}

function newReader(source: ByteSource, gate?: ReadGate, buffers?: ReadBuffers) {
  const seen = { handshakeBytes: 0, received: 0 };
  const reader = new MessageReader(
    source,
    new MessageDecoder({ environment: fixedWireEnvironment() }),
    {
      handshake: ({ length }) => seen.handshakeBytes += length,
      received: () => seen.received++,
    },
    gate,
    buffers,
  );
  return { reader, seen };
}

async function readAll(reader: MessageReader): Promise<string[][]> {
  const labels: string[][] = [];
  await reader.run({
    handle: (messages) => {
      labels.push(messages.map(labelOf));
      return undefined;
    },
  });
  return labels;
}

Deno.test("MessageReader answers the handshake and gives the messages of each read together", async () => {
  const bytes = clientBytes(sound("a1", 0), sound("a2", 20));
  const { reader, seen } = newReader(new TestSource(bytes));
  assertEquals(await readAll(reader), [["a1@0", "a2@20"]]);
  // S0, S1 and S2
  assertEquals([seen.handshakeBytes, seen.received], [1 + 1536 + 1536, 3]);
});

Deno.test("MessageReader reads on while no message is whole", async () => {
  const [c0c1, c2, chunks] = clientBytes(sound("a1", 0, 400));
  assert(c0c1 !== undefined && c2 !== undefined && chunks !== undefined);
  const pieces = [...chunks].map((byte) => Uint8Array.of(byte));
  const { reader, seen } = newReader(new TestSource([c0c1, c2, ...pieces]));
  assertEquals(await readAll(reader), [["a1@0"]]);
  assertEquals(seen.received, 2 + pieces.length);
});

Deno.test("MessageReader does not read on before what it read is worked through, and forgets it then", async () => {
  const source = new TestSource(clientBytes(sound("a1", 0)));
  const { reader } = newReader(source);
  await Promise.resolve();
  assertEquals(source.bufferSizes.length, 0);
  const handled = Promise.withResolvers<void>();
  let last: readonly RtmpMessage[] = [];
  const ended = reader.run({
    handle: (messages) => {
      last = messages;
      return handled.promise;
    },
  });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assertEquals([source.bufferSizes.length, last.map(labelOf)], [3, ["a1@0"]]);
  handled.resolve();
  await ended;
  assertEquals([source.bufferSizes.length, last.length], [4, 0]);
});

Deno.test("MessageReader reads a publisher in larger pieces once it has more than fits", async () => {
  const source = new TestSource(
    clientBytes(...Array.from({ length: 8 }, (_, i) => sound("a".repeat(4096), i))),
  );
  const { reader } = newReader(source);
  reader.expectMedia();
  await readAll(reader);
  assertEquals([...new Set(source.bufferSizes)], [2, 4, 8, 16, 32].map((kib) => kib * 1024));

  const quiet = new TestSource([]);
  const waiting = newReader(quiet).reader;
  waiting.expectMedia();
  await readAll(waiting);
  assert(quiet.bufferSizes.every((size) => size === 2 * 1024), "who sends nothing gets no more");
});

Deno.test("MessageReader rests where a read left the socket empty, once what it brought is worked through", async () => {
  let drained = 0;
  const schedule = new ReadSchedule({
    emptied: () => drained++,
    isUrgent: () => false,
    isWatched: () => true,
  });
  // The last piece fills the buffer once: there is more behind it.
  const source = new TestSource(clientBytes(sound("a".repeat(2100), 0), sound("b", 1)));
  const { reader } = newReader(source);
  reader.schedule = schedule;
  const all = readAll(reader);
  for (const reads of [1, 2]) {
    while (!schedule.resting) await Promise.resolve();
    assertEquals([source.bufferSizes.length, drained], [reads, reads]);
    schedule.tick();
  }
  while (!schedule.resting) await Promise.resolve();
  assertEquals([source.bufferSizes.length, drained], [4, 3]);
  schedule.end();
  assertEquals((await all).map((labels) => labels.length), [2]);
});

Deno.test("MessageReader leaves the socket unread while its gate is full, and reads little while the gate waits", async () => {
  const large = sound("a".repeat(4096), 0);
  const source = new TestSource(clientBytes(...Array.from({ length: 8 }, () => large)));
  let open = Promise.withResolvers<void>();
  let full: Promise<void> | undefined;
  const gate = { waits: true, full: () => full };
  const { reader } = newReader(source, gate);
  reader.expectMedia();
  const counts: number[] = [];
  const ended = reader.run({
    handle: ({ length }) => {
      if (counts.push(length) === 1) full = open.promise;
      return undefined;
    },
  });
  while (counts.length === 0) await Promise.resolve();
  const reads = source.bufferSizes.length;
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assertEquals(source.bufferSizes.length, reads);
  // It may have filled up again before it is looked at.
  const again = Promise.withResolvers<void>();
  full = again.promise;
  open.resolve();
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assertEquals(source.bufferSizes.length, reads);
  open = again;
  full = undefined;
  open.resolve();
  await ended;
  assertEquals(counts, Array.from({ length: 8 }, () => 1));
  assertEquals([...new Set(source.bufferSizes)], [2 * 1024]);
});

Deno.test("MessageReader ends with what the decoder, the socket and the handler throw", async () => {
  const wrong = newReader(new TestSource([Uint8Array.of(0x47, 0x45, 0x54)]));
  await assertRejects(() => readAll(wrong.reader), ProtocolError);
  const reset = newReader(new TestSource([], new Deno.errors.ConnectionReset("reset")));
  await assertRejects(() => readAll(reset.reader), Deno.errors.ConnectionReset, "reset");
  assertEquals(await readAll(newReader(new TestSource([])).reader), []);
  const { reader } = newReader(new TestSource(clientBytes(sound("a1", 0))));
  const handle = (): never => {
    throw new RangeError("bug");
  };
  await assertRejects(() => reader.run({ handle }), RangeError, "bug");
});

Deno.test("MessageReader gives its buffer back for the next connection, unless it has grown", async () => {
  const buffers = new ReadBuffers();
  const first = buffers.take();
  buffers.giveBack(first);
  await readAll(newReader(new TestSource([]), undefined, buffers).reader);
  assert(buffers.take() === first);
  buffers.giveBack(first);
  const publisher = newReader(new TestSource(clientBytes(sound("a".repeat(4096), 0))), undefined, buffers);
  publisher.reader.expectMedia();
  await readAll(publisher.reader);
  assert(buffers.take() !== first);
});

Deno.test("MessageReader gives no buffer back that a read which failed may still write to", async () => {
  const buffers = new ReadBuffers();
  const first = buffers.take();
  buffers.giveBack(first);
  const failing = new TestSource([], new Deno.errors.Interrupted("The connection was closed"));
  await assertRejects(() => readAll(newReader(failing, undefined, buffers).reader), Deno.errors.Interrupted);
  assert(buffers.take() !== first);
});
