import { RtmpLink } from "../../cluster/link/link.ts";
import { ClientSession } from "../../rtmp/client/client_session.ts";
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../rtmp/wire/chunk_encoder.ts";
import { encodeCommand } from "../../rtmp/wire/command.ts";
import { encodeControl } from "../../rtmp/wire/control.ts";
import { Consumer } from "../../stream/live/consumer.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { fixedWireEnvironment } from "../support/rtmp/wire_environment.ts";
import { liveSource, outputOf } from "../support/stream/live_stream.ts";
import { receive, TestSocket } from "../support/stream/writer_harness.ts";
import { turn } from "../support/wait.ts";

/** S0, S1 and S2. */
const HANDSHAKE_BYTES = 1 + 2 * 1536;
/** First bytes of a chunk of sound and of a command. */
const SOUND = 6;
const COMMAND = 3;

/** A socket to a server; what it sends is what the test says. */
class ServerSocket extends TestSocket {
  readonly address = "127.0.0.1";
  closed = false;
  #waiting: { readonly buffer: Uint8Array; resolve(length: number | null): void } | undefined;

  read(buffer: Uint8Array): Promise<number | null> {
    return new Promise((resolve) => this.#waiting = { buffer, resolve });
  }

  async arrive(bytes: Uint8Array): Promise<void> {
    this.#waiting?.buffer.set(bytes);
    this.#waiting?.resolve(bytes.length);
    await turn();
  }

  close(): void {
    this.closed = true;
    this.#waiting?.resolve(null);
  }
}

function publishSession(): ClientSession {
  const environment = fixedWireEnvironment();
  const request = { kind: "publish", app: "live", tcUrl: "rtmp://a/live", streamName: "cam" } as const;
  return new ClientSession({ environment, request, flight: "joined", chunkSize: 60_000 });
}

Deno.test("RtmpLink.close() sends what is due of the stream before it says that it is over", async () => {
  const session = publishSession();
  const socket = new ServerSocket();
  const link = new RtmpLink(socket, session, new ManualClock());
  const running = link.run(() => undefined);
  await socket.take();
  const encoder = new ChunkEncoder();
  const args = [null, Amf0Object.of({ level: "status" })];
  encoder.write(
    encodeCommand({ name: "_result", transactionId: 1, args }, { streamId: 0, chunkStreamId: 3 }),
  );
  const connected = encoder.takeOutput() ?? new Uint8Array();
  const handshake = new Uint8Array(HANDSHAKE_BYTES + connected.length);
  handshake[0] = 3;
  handshake.set(connected, HANDSHAKE_BYTES);
  await socket.arrive(handshake);
  const source = liveSource();
  link.writer.consumer = new Consumer(outputOf(source), link.writer);
  receive(source, "a1");
  receive(source, "a2");
  const closing = link.close();
  // A server acknowledges what it has got at any time.
  encoder.write(encodeControl({ kind: "acknowledgement", sequenceNumber: 1 }));
  await socket.arrive(encoder.takeOutput() ?? new Uint8Array());
  const sent = socket.writes.length - 1;
  while (socket.underWay > 0) {
    await socket.take();
    await turn();
  }
  assertEquals(socket.writes.slice(sent).map(([first]) => first), [SOUND, SOUND, COMMAND]);
  await Promise.all([closing, running]);
  assert(socket.closed);
});

Deno.test("RtmpLink.close() does not wait for a server that takes nothing", async () => {
  const session = publishSession();
  const socket = new ServerSocket();
  const clock = new ManualClock();
  const link = new RtmpLink(socket, session, clock);
  const running = link.run(() => undefined);
  const closing = link.close();
  await clock.advance(1000);
  await Promise.all([closing, running]);
  assertEquals([socket.closed, clock.timers], [true, 0]);
});

Deno.test("RtmpLink gives up a server that says nothing at all after 3 s, and one that falls silent after 15 s", async () => {
  for (const [isMute, lostAfterMs] of [[true, 3000], [false, 15_000]] as const) {
    const clock = new ManualClock();
    const socket = new ServerSocket();
    const link = new RtmpLink(socket, publishSession(), clock);
    const running = assertRejects(() => link.run(() => undefined), Deno.errors.TimedOut, "Nothing came");
    await socket.take();
    if (!isMute) await socket.arrive(Uint8Array.of(3));
    await clock.advance(lostAfterMs - 1);
    link.sweep(clock.now());
    assert(!socket.closed);
    await clock.advance(1);
    link.sweep(clock.now());
    await running;
  }
});
