/**
 * The bytes of one connection: its socket, what is read and decoded of it, and what is written to it.
 *
 * @module
 */
import { type ClientConn, ClientSocket } from "../../system/mod.ts";
import { ConnectionWriter } from "../../stream/live/mod.ts";
import { HeldInput } from "./held_input.ts";
import { MessageReader, type ReaderEvents } from "./message_reader.ts";
import type { ServerContext } from "./server_context.ts";
import type { RtmpSession } from "../session/mod.ts";
import { MessageDecoder } from "../wire/mod.ts";

/** What happens to the bytes. */
export interface IoEvents {
  /** Something arrived after the handshake. */
  received(): void;
  /** The socket is left unread until a request is answered. */
  unread(): void;
  /** A write failed, or the client takes no replies. */
  failed(error: unknown): void;
}

/** Reads and writes one connection. */
export class ConnectionIo implements ReaderEvents {
  readonly socket: ClientSocket;
  readonly decoder: MessageDecoder;
  readonly held: HeldInput;
  readonly reader: MessageReader;
  readonly writer: ConnectionWriter;
  readonly #events: IoEvents;
  readonly #now: () => number;
  #lastReceivedMs: number;

  /** @param session Says whether what arrives has to be held. */
  constructor(conn: ClientConn, session: RtmpSession, server: ServerContext, events: IoEvents) {
    const { clock, environment, options: { limits, wireLimits } } = server;
    this.#events = events;
    this.#now = environment.now;
    this.#lastReceivedMs = environment.now();
    this.socket = new ClientSocket(conn, clock);
    this.decoder = new MessageDecoder({ environment, limits: wireLimits, borrowed: true });
    this.held = new HeldInput(session, this.decoder, limits.maxHeldBytes, () => events.unread());
    const failed = (error: unknown): void => events.failed(error);
    this.writer = new ConnectionWriter(this.socket, environment.now, failed, limits.maxReplyBytes);
    this.reader = new MessageReader(this.socket, this.decoder, this, this.held, server.readBuffers);
  }

  /** When anything was last received, monotonic milliseconds. */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** @inheritdoc */
  handshake(bytes: Uint8Array<ArrayBuffer>): void {
    this.writer.send(bytes);
  }

  /** @inheritdoc */
  received(): void {
    this.#lastReceivedMs = this.#now();
    if (this.decoder.handshakeDone) this.#events.received();
  }

  /** When the client last gave a sign of life, monotonic milliseconds. */
  get aliveMs(): number {
    return Math.max(this.#lastReceivedMs, this.writer.progressMs);
  }

  /** Bytes that were written so far, handshake included. */
  get sentBytes(): number {
    return this.writer.sentBytes;
  }

  /** Bytes that were decoded so far, handshake included. */
  get receivedBytes(): number {
    return this.decoder.bytesReceived;
  }
}
