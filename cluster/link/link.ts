/**
 * One connection to another server: moves bytes between its socket and a client session.
 *
 * @module
 */
import type { ByteCounters, Clock } from "../../core/mod.ts";
import type { ClientEvent, ClientSession } from "../../rtmp/client/mod.ts";
import { ConnectionWriter, type ReadMark } from "../../stream/live/mod.ts";
import { deadline } from "../../system/mod.ts";
import type { LinkSocket } from "./dial.ts";

/** Read at a time. */
const READ_BYTES = 32 * 1024;
/** Silence after which the server is pinged, milliseconds. */
const PING_AFTER_MS = 10_000;
/** Silence after which it is lost, milliseconds. */
const LOST_AFTER_MS = 15_000;
/**
 * The same of a server that has not said a word: it has only been the system that took the connection. Short enough for
 * the next origin to accept a publish in time.
 */
const MUTE_AFTER_MS = 3000;
/** Of commands that may wait for a server that does not read, bytes. */
const MAX_WAITING_BYTES = 64 * 1024;
/** How long what the server has not yet taken of the stream may take to leave, and after it the last words, milliseconds. */
const LAST_BYTES_MS = 500;

/** What a read brought. */
export interface LinkRead {
  /** In their order; media payloads are used again after the call. */
  readonly events: readonly ClientEvent[];
  /** Bytes of it. */
  readonly length: number;
  /** Nothing is left in the socket. */
  readonly emptied: boolean;
}

/** A connection to another server. */
export class RtmpLink {
  /** To it, media too. */
  readonly writer: ConnectionWriter;
  readonly #session: ClientSession;
  readonly #socket: LinkSocket;
  readonly #clock: Clock;
  #lastReceivedMs: number;
  /** When a server that gets a stream last took some of it. */
  #lastTakenMs = -Infinity;
  #sentBytes = 0;
  #pinged = false;
  /** Whether it has ever answered a ping. */
  #answersPings = false;
  #failure: unknown;
  #closed = false;
  #leaving: Promise<void> | undefined;
  #reads = 0;
  #drains = 0;
  #drained = false;
  #waiting = false;

  /** Takes an open socket over. */
  constructor(socket: LinkSocket, session: ClientSession, clock: Clock) {
    this.#socket = socket;
    this.#session = session;
    this.#clock = clock;
    this.#lastReceivedMs = clock.now();
    this.writer = new ConnectionWriter(
      socket,
      () => clock.now(),
      (error) => this.fail(error),
      MAX_WAITING_BYTES,
    );
  }

  /** The other server's address. */
  get address(): string {
    return this.#socket.address;
  }

  /** When anything last came, monotonic milliseconds. */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** Bytes so far, seen from here. */
  get bytes(): ByteCounters {
    return { sendBytes: this.writer.sentBytes, recvBytes: this.#session.bytesReceived };
  }

  /** How far the socket has been read. */
  get reads(): ReadMark {
    return { reads: this.#reads, drains: this.#drains, drained: this.#drained, waiting: this.#waiting };
  }

  /** Bytes of media that came before their message was whole. */
  get mediaInParts(): number {
    return this.#session.mediaInParts;
  }

  /**
   * Read until the connection ends.
   *
   * @param take Called with each read; the next read waits for it.
   * @throws What ended the connection, where that was not the server's FIN or {@link RtmpLink.close}.
   */
  async run(take: (read: LinkRead) => Promise<void> | undefined): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      this.flush();
      while (!this.#closed) {
        this.#waiting = true;
        const length = await this.#socket.read(buffer);
        this.#waiting = false;
        if (length === null || this.#closed) break;
        this.#lastReceivedMs = this.#clock.now();
        this.#pinged = false;
        this.#reads++;
        const emptied = this.#drained = length < READ_BYTES;
        if (emptied) this.#drains++;
        const events = this.#session.receive(buffer.subarray(0, length));
        this.#answersPings ||= events.some(({ kind }) => kind === "pong");
        this.flush();
        const taken = take({ events, length, emptied });
        if (taken !== undefined) await taken;
      }
    } catch (error) {
      if (!this.#closed) this.#failure ??= error;
    } finally {
      this.#closed = true;
      await this.#leaving;
      this.#socket.close();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Send what the session has to say. */
  flush(): void {
    const output = this.#session.takeOutput();
    if (output !== undefined && !this.#closed) this.writer.send(output);
  }

  /** Check its liveness; called about once a second. */
  sweep(nowMs: number): void {
    const sent = this.writer.sentBytes;
    if (this.writer.consumer !== undefined && sent > this.#sentBytes) this.#lastTakenMs = nowMs;
    this.#sentBytes = sent;
    const silentMs = nowMs - this.#lastReceivedMs;
    const maxMs = this.#reads === 0 ? MUTE_AFTER_MS : LOST_AFTER_MS;
    // Some servers have nothing to say to a publisher, not even by an answer to a ping: that they take media will do. One
    // that is gone takes none, once the sockets are full.
    const isTaking = !this.#answersPings && nowMs - this.#lastTakenMs < maxMs;
    if (silentMs >= maxMs && !isTaking) {
      return this.fail(new Deno.errors.TimedOut(`Nothing came for ${maxMs} ms`));
    }
    if (silentMs < PING_AFTER_MS || this.#pinged) return;
    this.#pinged = true;
    this.#session.ping();
    this.flush();
  }

  /** It is of no use any more: {@link RtmpLink.run} throws this. */
  fail(error: unknown): void {
    if (this.#closed) return;
    this.#failure ??= error;
    this.#closed = true;
    this.#socket.close();
  }

  /** Send what is due of the stream, say that it is over, and close. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#leaving = this.#leave();
    }
    await this.#leaving;
  }

  async #leave(): Promise<void> {
    // Commands overtake media: after the end of the stream the server would take none of it.
    await this.#sent();
    this.writer.consumer = undefined;
    this.#session.leave();
    const output = this.#session.takeOutput();
    if (output !== undefined) this.writer.send(output);
    await this.#sent();
    this.#socket.close();
  }

  async #sent(): Promise<void> {
    await deadline(this.#clock, this.writer.idle(), { maxMs: LAST_BYTES_MS });
  }
}
