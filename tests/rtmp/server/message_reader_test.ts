/**
 * A connection's bytes as a stream of messages, over a socket that gives what the test gives it.
 *
 * @module
 */
import { type ByteSource, MessageReader, type ReadGate } from "../../../rtmp/server/message_reader.ts";
import { ReadBuffers } from "../../../rtmp/server/read_buffers.ts";
import { ReadSchedule } from "../../../stream/schedule/read_schedule.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { encodeControl } from "../../../rtmp/wire/control.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals } from "../../support/assert.ts";
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
  for await (const messages of reader.messages) labels.push(messages.map(labelOf));
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

Deno.test("MessageReader gives no array of acknowledgements alone, unless they come without end", async () => {
  const acknowledgement = encodeControl({ kind: "acknowledgement", sequenceNumber: 5_000_000 });
  const [c0c1, c2, alone] = clientBytes(acknowledgement);
  const [, , mixed] = clientBytes(acknowledgement, sound("a1", 0));
  const [, , flood] = clientBytes(...Array.from({ length: 1000 }, () => acknowledgement));
  assert(c0c1 !== undefined && c2 !== undefined && alone !== undefined);
  assert(mixed !== undefined && flood !== undefined);
  const { reader, seen } = newReader(new TestSource([c0c1, c2, alone, alone, mixed, flood]));
  const lengths: number[] = [];
  for await (const messages of reader.messages) lengths.push(messages.length);
  assertEquals(lengths[0], 2);
  assert(lengths.length > 2, "what fills the buffer is given");
  assert(seen.received >= 6);
});

Deno.test("MessageReader does not read ahead of its reader", async () => {
  const source = new TestSource(clientBytes(sound("a1", 0)));
  const { reader } = newReader(source);
  await Promise.resolve();
  assertEquals(source.bufferSizes.length, 0);
  await readAll(reader);
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
  const messages = reader.messages.getReader();
  const first = messages.read();
  for (const reads of [1, 2]) {
    while (!schedule.resting) await Promise.resolve();
    assertEquals([source.bufferSizes.length, drained], [reads, reads]);
    schedule.tick();
  }
  assertEquals((await first).value?.map((message) => message.timestamp), [0, 1]);
  assertEquals([source.bufferSizes.length, drained], [4, 2]);
  const second = messages.read();
  while (!schedule.resting) await Promise.resolve();
  assertEquals([source.bufferSizes.length, drained], [4, 3]);
  schedule.end();
  assert((await second).done);
});

Deno.test("MessageReader leaves the socket unread while its gate is full, and reads little while the gate waits", async () => {
  const large = sound("a".repeat(4096), 0);
  const source = new TestSource(clientBytes(...Array.from({ length: 8 }, () => large)));
  let open = Promise.withResolvers<void>();
  let full: Promise<void> | undefined;
  const gate = { waits: true, full: () => full };
  const { reader } = newReader(source, gate);
  reader.expectMedia();
  const messages = reader.messages.getReader();
  await messages.read();
  full = open.promise;
  const next = messages.read();
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
  assertEquals((await next).value?.length, 1);
  assertEquals([...new Set(source.bufferSizes)], [2 * 1024]);
  await messages.cancel();
});

Deno.test("MessageReader ends with what the decoder and the socket throw", async () => {
  const wrong = newReader(new TestSource([Uint8Array.of(0x47, 0x45, 0x54)]));
  assertEquals([await readAll(wrong.reader), wrong.reader.failure instanceof ProtocolError], [[], true]);
  const reset = newReader(new TestSource([], new Deno.errors.ConnectionReset("reset")));
  assertEquals([await readAll(reset.reader), String(reset.reader.failure)], [[], "ConnectionReset: reset"]);
  const left = newReader(new TestSource([]));
  assertEquals([await readAll(left.reader), left.reader.failure], [[], undefined]);
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
  await readAll(newReader(failing, undefined, buffers).reader);
  assert(buffers.take() !== first);
});
