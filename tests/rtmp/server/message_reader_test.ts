/**
 * What a reader makes of a connection's bytes, over a socket that gives what the test gives it.
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
  const seen = { handshakeBytes: 0, received: 0, reads: [] as string[][] };
  const work: { pause: Promise<void> | undefined } = { pause: undefined };
  const events = {
    handshake: ({ length }: Uint8Array) => void (seen.handshakeBytes += length),
    received: () => void seen.received++,
    messages: (messages: readonly RtmpMessage[]) => {
      seen.reads.push(messages.map(labelOf));
      return work.pause;
    },
  };
  const decoder = new MessageDecoder({ environment: fixedWireEnvironment() });
  return { reader: new MessageReader(source, decoder, events, gate, buffers), seen, work };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("MessageReader answers the handshake and gives the messages of each read together", async () => {
  const bytes = clientBytes(sound("a1", 0), sound("a2", 20));
  const { reader, seen } = newReader(new TestSource(bytes));
  await reader.run();
  assertEquals(seen.reads, [["a1@0", "a2@20"]]);
  // S0, S1 and S2
  assertEquals([seen.handshakeBytes, seen.received], [1 + 1536 + 1536, 3]);
});

Deno.test("MessageReader reads on while no message is whole", async () => {
  const [c0c1, c2, chunks] = clientBytes(sound("a1", 0, 400));
  assert(c0c1 !== undefined && c2 !== undefined && chunks !== undefined);
  const pieces = [...chunks].map((byte) => Uint8Array.of(byte));
  const { reader, seen } = newReader(new TestSource([c0c1, c2, ...pieces]));
  await reader.run();
  assertEquals(seen.reads, [["a1@0"]]);
  assertEquals(seen.received, 2 + pieces.length);
});

Deno.test("MessageReader reads nothing more before its messages have been worked through", async () => {
  const source = new TestSource(clientBytes(sound("a1", 0)));
  const { reader, seen, work } = newReader(source);
  const pause = Promise.withResolvers<void>();
  work.pause = pause.promise;
  const run = reader.run();
  await turns();
  assertEquals([seen.reads, source.bufferSizes.length], [[["a1@0"]], 3]);
  pause.resolve();
  await run;
  assertEquals(source.bufferSizes.length, 4);
});

Deno.test("MessageReader gives its buffer back for the next connection, unless it has grown", async () => {
  const buffers = new ReadBuffers();
  const first = buffers.take();
  buffers.giveBack(first);
  await newReader(new TestSource([]), undefined, buffers).reader.run();
  assert(buffers.take() === first);
  buffers.giveBack(first);
  const publisher = newReader(new TestSource(clientBytes(sound("a".repeat(4096), 0))), undefined, buffers);
  publisher.reader.expectMedia();
  await publisher.reader.run();
  assert(buffers.take() !== first);
});

Deno.test("MessageReader reads a publisher in larger pieces once it has more than fits", async () => {
  const source = new TestSource(
    clientBytes(...Array.from({ length: 8 }, (_, i) => sound("a".repeat(4096), i))),
  );
  const { reader } = newReader(source);
  reader.expectMedia();
  await reader.run();
  assertEquals([...new Set(source.bufferSizes)], [2, 4, 8, 16, 32].map((kib) => kib * 1024));

  const quiet = new TestSource([]);
  const waiting = newReader(quiet).reader;
  waiting.expectMedia();
  await waiting.run();
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
  const { reader, seen } = newReader(source);
  reader.schedule = schedule;
  const run = reader.run();
  for (const reads of [1, 2]) {
    while (!schedule.resting) await Promise.resolve();
    assertEquals([source.bufferSizes.length, drained, seen.reads.length], [reads, reads, 0]);
    schedule.tick();
  }
  while (!schedule.resting) await Promise.resolve();
  assertEquals([source.bufferSizes.length, drained, seen.reads.length], [4, 3, 1]);
  schedule.end();
  await run;
});

Deno.test("MessageReader leaves the socket unread while its gate is full, and reads little while the gate waits", async () => {
  const large = sound("a".repeat(4096), 0);
  const source = new TestSource(clientBytes(...Array.from({ length: 8 }, () => large)));
  let open = Promise.withResolvers<void>();
  let full: Promise<void> | undefined;
  const gate = { waits: true, full: () => full };
  const { reader, seen, work } = newReader(source, gate);
  reader.expectMedia();
  const pause = Promise.withResolvers<void>();
  work.pause = pause.promise;
  const run = reader.run();
  while (seen.reads.length === 0) await Promise.resolve();
  full = open.promise;
  pause.resolve();
  work.pause = undefined;
  const reads = source.bufferSizes.length;
  await turns();
  assertEquals(source.bufferSizes.length, reads);
  // It may have filled up again before it is looked at.
  const again = Promise.withResolvers<void>();
  full = again.promise;
  open.resolve();
  await turns();
  assertEquals(source.bufferSizes.length, reads);
  open = again;
  full = undefined;
  open.resolve();
  await run;
  assertEquals([seen.reads.length, ...new Set(source.bufferSizes)], [8, 2 * 1024]);
});

Deno.test("MessageReader ends with what the decoder and the socket throw", async () => {
  const wrong = newReader(new TestSource([Uint8Array.of(0x47, 0x45, 0x54)]));
  await assertRejects(() => wrong.reader.run(), ProtocolError);
  const reset = newReader(new TestSource([], new Deno.errors.ConnectionReset("reset")));
  await assertRejects(() => reset.reader.run(), Deno.errors.ConnectionReset, "reset");
  await newReader(new TestSource([])).reader.run();
});

Deno.test("MessageReader gives no buffer back that a read which failed may still write to", async () => {
  const buffers = new ReadBuffers();
  const first = buffers.take();
  buffers.giveBack(first);
  const failing = new TestSource([], new Deno.errors.Interrupted("The connection was closed"));
  await assertRejects(() => newReader(failing, undefined, buffers).reader.run(), Deno.errors.Interrupted);
  assert(buffers.take() !== first);
});
