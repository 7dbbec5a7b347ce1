/**
 * A connection's bytes as a Web stream of whole messages.
 *
 * `pull` reads the socket into one small buffer of the connection's own and decodes it there: with 1,500 connections
 * this takes 36 KB each, where `conn.readable` takes 173 KB and a piped `TransformStream` 54 KB. A stream makes a kilobyte
 * of promises for each array that it hands over, which are old when the next one comes: what players acknowledge, all
 * that they send while they play, is read without that.
 *
 * @module
 */
import type { ReadMark } from "../../stream/live/mod.ts";
import type { ReadSchedule } from "../../stream/schedule/mod.ts";
import { isAcknowledgement, type MessageDecoder, type RtmpMessage } from "../wire/mod.ts";
import { ReadBuffers, SMALL_BUFFER_BYTES } from "./read_buffers.ts";

/** The most for a publisher: at 50 Mbit/s still few reads. */
const LARGE_BUFFER_BYTES = 64 * 1024;

/** The part of a connection that can be read. */
export interface ByteSource {
  /** Bytes read into `buffer`, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Everything that has arrived, as far as `buffer` has room: less says that nothing is left. */
  readArrived(buffer: Uint8Array): Promise<number | null>;
}

/** What the reader reports besides messages. */
export interface ReaderEvents {
  /** Bytes of the handshake that have to be sent. */
  handshake(bytes: Uint8Array<ArrayBuffer>): void;
  /** Something arrived; the decoder's `bytesReceived` has grown. */
  received(): void;
}

/** Says when a socket is left unread. */
export interface ReadGate {
  /** What is read has to wait in memory: read little at a time. */
  readonly waits: boolean;
  /** To be waited for before the next read; `undefined`: read on. */
  full(): Promise<void> | undefined;
}

/** Nothing is read before somebody waits for it. */
const UNBUFFERED = { highWaterMark: 0 };

const OPEN: ReadGate = { waits: false, full: () => undefined };

/** Reads and decodes one connection. It is the source of its own stream. */
export class MessageReader implements UnderlyingDefaultSource<RtmpMessage[]> {
  /**
   * Arrays of whole messages, in order, whose payloads are valid until the next one is read; it ends with the
   * connection, see {@link MessageReader.failure}. A read that brings acknowledgements alone brings no array.
   */
  readonly messages: ReadableStream<RtmpMessage[]>;
  readonly #source: ByteSource;
  readonly #decoder: MessageDecoder;
  readonly #events: ReaderEvents;
  readonly #gate: ReadGate;
  readonly #buffers: ReadBuffers;
  #buffer: Uint8Array<ArrayBuffer>;
  #publishes = false;
  #schedule: ReadSchedule | undefined;
  /** Bytes of the last read if it left the socket empty, else 0. */
  #drainedBytes = 0;
  #reads = 0;
  #drains = 0;
  #waiting = false;
  #failure: unknown;

  /**
   * @param gate Open when absent.
   * @param buffers Where its first buffer comes from, and goes to at the end.
   */
  constructor(
    source: ByteSource,
    decoder: MessageDecoder,
    events: ReaderEvents,
    gate: ReadGate = OPEN,
    buffers: ReadBuffers = new ReadBuffers(),
  ) {
    this.#source = source;
    this.#decoder = decoder;
    this.#events = events;
    this.#gate = gate;
    this.#buffers = buffers;
    this.#buffer = buffers.take();
    this.messages = new ReadableStream<RtmpMessage[]>(this, UNBUFFERED);
  }

  /** Called by the stream when its reader waits for messages: read until there are some. */
  async pull(controller: ReadableStreamDefaultController<RtmpMessage[]>): Promise<void> {
    const gate = this.#gate;
    try {
      for (;;) {
        // Here what the last read brought has been worked through.
        const rest = this.#drainedBytes === 0 ? undefined : this.#schedule?.onSocketEmpty(this.#drainedBytes);
        if (rest !== undefined) await rest;
        for (let full = gate.full(); full !== undefined; full = gate.full()) await full;
        const buffer = gate.waits ? this.#buffer.subarray(0, SMALL_BUFFER_BYTES) : this.#buffer;
        this.#waiting = true;
        const source = this.#source;
        const length = await (this.#publishes ? source.readArrived(buffer) : source.read(buffer));
        this.#waiting = false;
        if (length === null) return this.#close(controller);
        const messages = this.#decode(buffer, length);
        if (!this.#asksNothing(messages)) return controller.enqueue(messages);
      }
    } catch (error) {
      // The stream is not errored: it would keep the error and, through its stack, the whole connection past the
      // garbage collector's quick rounds.
      this.#failure = error;
      this.#close(controller);
    }
  }

  /** The decoder's `ProtocolError` or the socket's error that ended the stream; `undefined` while none did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** How far the socket has been read. */
  get mark(): ReadMark {
    return {
      reads: this.#reads,
      drains: this.#drains,
      drained: this.#drainedBytes > 0,
      waiting: this.#waiting,
    };
  }

  /** The client publishes: read in larger pieces once there is more to read than the small buffer takes. */
  expectMedia(): void {
    this.#publishes = true;
  }

  /** Read by this schedule from now on. */
  set schedule(schedule: ReadSchedule) {
    this.#schedule = schedule;
  }

  /** A read filled `buffer` up to `length`. */
  #decode(buffer: Uint8Array, length: number): RtmpMessage[] {
    this.#reads++;
    this.#drainedBytes = length < buffer.length ? length : 0;
    if (this.#drainedBytes > 0) this.#drains++;
    const messages = this.#decoder.decode(buffer.subarray(0, length));
    this.#events.received();
    const output = this.#decoder.takeOutput();
    if (output !== undefined) this.#events.handshake(output);
    if (this.#publishes && length === this.#buffer.length && !this.#gate.waits) this.#grow();
    return messages;
  }

  /** Acknowledgements that fill the buffer are handed over, so that others have their turn between them. */
  #asksNothing(messages: readonly RtmpMessage[]): boolean {
    return messages.length === 0 || this.#drainedBytes > 0 && messages.every(isAcknowledgement);
  }

  #close(controller: ReadableStreamDefaultController<RtmpMessage[]>): void {
    // A read that failed may still be under way: a connection by TLS fails it before the runtime lets go of the socket.
    if (!this.#waiting) this.#buffers.giveBack(this.#buffer);
    controller.close();
  }

  #grow(): void {
    const { length } = this.#buffer;
    if (length < LARGE_BUFFER_BYTES) this.#buffer = new Uint8Array(length * 2);
  }
}
