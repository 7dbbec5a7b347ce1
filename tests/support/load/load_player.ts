/**
 * Players by the hundred in one process: each says all it has to say at once, then reads at a rhythm of its own and
 * keeps no more than what a test wants to look at.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { encodeCommand } from "../../../rtmp/wire/command.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { realWireEnvironment } from "../rtmp/wire_environment.ts";

const READ_BYTES = 64 * 1024;
/** A slow player reads so many times a second. */
const READS_PER_SECOND = 20;

/** How a player reads. */
export type Appetite =
  /** As fast as it can. */
  | { readonly kind: "fast" }
  /** Nothing any more, once it has seen the stream. */
  | { readonly kind: "stopped" }
  /** At a rate; all that it reads is kept, as `keep` gives it back. */
  | { readonly kind: "slow"; readonly bytesPerSecond: number; keep(message: RtmpMessage): RtmpMessage };

/** A pause between two reads of a fast player. */
export interface Silence {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One player. */
export class LoadPlayer {
  readonly appetite: Appetite;
  /** Bytes read. */
  bytes = 0;
  /** The server ended the connection. */
  ended = false;
  /** The longest time without anything, since `watch`. */
  longest: Silence = { fromMs: 0, toMs: 0 };
  /** Of a slow player: all messages. */
  readonly messages: RtmpMessage[] = [];
  readonly #conn: Deno.TcpConn;
  readonly #decoder: MessageDecoder;
  readonly #done: Promise<void>;
  #closedHere = false;
  #hurries = false;
  readonly #startedMs = performance.now();
  #readMs = 0;
  #waker: (() => void) | undefined;

  private constructor(conn: Deno.TcpConn, decoder: MessageDecoder, appetite: Appetite) {
    this.#conn = conn;
    this.#decoder = decoder;
    this.appetite = appetite;
    this.#done = this.#read();
  }

  /** Connect and play. The answers are not looked at: what comes or does not come tells. */
  static async play(port: number, stream: string, appetite: Appetite): Promise<LoadPlayer> {
    const environment = realWireEnvironment();
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay();
    const decoder = new MessageDecoder({
      environment,
      limits: DEFAULT_WIRE_LIMITS,
      handshake: new ClientHandshake(environment),
    });
    await sendOutput(conn, decoder);
    const buffer = new Uint8Array(READ_BYTES);
    while (!decoder.handshakeDone) {
      const size = await conn.read(buffer);
      if (size === null) throw new Error("The server ended the connection in its handshake");
      decoder.decode(buffer.subarray(0, size));
      await sendOutput(conn, decoder);
    }
    await writeAll(conn, requests(port, stream));
    return new LoadPlayer(conn, decoder, appetite);
  }

  /** Count silence from now on. */
  watch(): void {
    this.#readMs = performance.now();
    this.longest = { fromMs: this.#readMs, toMs: this.#readMs };
  }

  /** A slow player reads as fast as it can from now on. */
  hurry(): void {
    this.#hurries = true;
    this.#waker?.();
  }

  /** Leave. */
  async close(): Promise<void> {
    this.#closedHere = true;
    this.#waker?.();
    if (!this.ended) this.#conn.close();
    await this.#done;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    const { appetite } = this;
    try {
      for (let size; (size = await this.#conn.read(this.#portion(buffer))) !== null;) {
        this.bytes += size;
        if (appetite.kind === "fast") this.#note();
        else if (appetite.kind === "slow") {
          const messages = this.#decoder.decode(buffer.subarray(0, size));
          this.messages.push(...messages.map((message) => appetite.keep(message)));
          await this.#pause(appetite.bytesPerSecond);
        } else if (this.bytes > READ_BYTES) {
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    this.ended = !this.#closedHere;
    if (this.ended) this.#conn.close();
  }

  #portion(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { appetite } = this;
    return appetite.kind === "slow" && !this.#hurries
      ? buffer.subarray(0, Math.round(appetite.bytesPerSecond / READS_PER_SECOND))
      : buffer;
  }

  #note(): void {
    const nowMs = performance.now();
    const { fromMs, toMs } = this.longest;
    if (this.#readMs > 0 && nowMs - this.#readMs > toMs - fromMs) {
      this.longest = { fromMs: this.#readMs, toMs: nowMs };
    }
    this.#readMs = nowMs;
  }

  /** Until the next read; none while a busy machine has kept it below its rate. */
  async #pause(bytesPerSecond: number): Promise<void> {
    const dueBytes = (performance.now() - this.#startedMs) / 1000 * bytesPerSecond;
    if (this.#closedHere || this.#hurries || this.bytes < dueBytes) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waker = resolve;
    const timer = setTimeout(resolve, 1000 / READS_PER_SECOND);
    await promise;
    clearTimeout(timer);
  }
}

/** `connect`, `createStream`, `play`: the server keeps what comes before it has answered. */
function requests(port: number, stream: string): Uint8Array<ArrayBuffer> {
  const encoder = new ChunkEncoder();
  const connection = { streamId: 0, chunkStreamId: 3 };
  const object = Amf0Object.of({ app: "live", tcUrl: `rtmp://127.0.0.1:${port}/live` });
  encoder.write(encodeCommand({ name: "connect", transactionId: 1, args: [object] }, connection));
  encoder.write(encodeCommand({ name: "createStream", transactionId: 2, args: [null] }, connection));
  const netStream = { streamId: 1, chunkStreamId: 8 };
  encoder.write(encodeCommand({ name: "play", transactionId: 3, args: [null, stream, -2000] }, netStream));
  return encoder.takeOutput() ?? new Uint8Array(0);
}

async function sendOutput(conn: Deno.TcpConn, decoder: MessageDecoder): Promise<void> {
  const output = decoder.takeOutput();
  if (output !== undefined) await writeAll(conn, output);
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
