/**
 * A connection by TLS, which can say what has arrived by now: one read of it brings one or two of the sender's records,
 * however many more are there.
 *
 * @module
 */
import type { ClientConn } from "./client_conn.ts";
import type { TlsTransport } from "./tls_transport.ts";

/** Largest record of TLS. */
const AHEAD_BYTES = 16 * 1024;
/** A read that finds its bytes in the process or in the socket settles within 4 turns of the microtask queue. */
const TURNS = 6;
const NOTHING = new Uint8Array(0);

/** Wraps a connection that was accepted. */
export class TlsClientConn implements ClientConn {
  readonly #conn: TlsTransport;
  /** Where a read that is under way puts what it brings. */
  #room = NOTHING;
  /** Was read and not taken. */
  #ahead = NOTHING;
  #pending: Promise<void> | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** Takes the connection over. */
  constructor(conn: TlsTransport) {
    this.#conn = conn;
  }

  /** Settled when it was closed and its socket belongs to this process no longer; absent from then on. Never rejects. */
  get released(): Promise<void> | undefined {
    return this.#conn.released;
  }

  /** The client's address. */
  get remoteAddr(): ClientConn["remoteAddr"] {
    return this.#conn.remoteAddr;
  }

  /** Where it arrived. */
  get localAddr(): ClientConn["localAddr"] {
    return this.#conn.localAddr;
  }

  /** The handshake; the protocol that the client has chosen, `undefined` where it was not asked. */
  async handshake(): Promise<string | undefined> {
    return (await this.#conn.handshake()).alpnProtocol ?? undefined;
  }

  /** Bytes of one record or two, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.hasShaken ? this.#conn.read(buffer) : this.#readFirst(buffer);
  }

  /** Everything that has arrived, as far as `buffer` has room. */
  async readArrived(buffer: Uint8Array): Promise<number | null> {
    for (let filled = 0;;) {
      filled += this.#take(buffer.subarray(filled));
      if (filled === buffer.length) return filled;
      this.#readAhead();
      if (filled === 0) await this.#pending;
      else for (let turn = 0; turn < TURNS && this.#pending !== undefined; turn++) await null;
      if (this.#ahead.length > 0) continue;
      if (filled > 0) return filled;
      if (this.#failure !== undefined) throw this.#failure.error;
      return null;
    }
  }

  /** Bytes that were written, at least 1 and at most all. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** Say that nothing more is sent. */
  closeWrite(): Promise<void> {
    return this.#conn.hasShaken ? this.#conn.closeWrite() : Promise.resolve();
  }

  /** Close; what is under way fails at once. May be called again. */
  close(): void {
    this.#conn.close();
  }

  async #readFirst(buffer: Uint8Array): Promise<number | null> {
    await this.#conn.handshake();
    return await this.#conn.read(buffer);
  }

  #take(buffer: Uint8Array): number {
    const taken = this.#ahead.subarray(0, buffer.length);
    buffer.set(taken);
    this.#ahead = this.#ahead.subarray(taken.length);
    return taken.length;
  }

  #readAhead(): void {
    if (this.#pending !== undefined || this.#ended) return;
    if (this.#room === NOTHING) this.#room = new Uint8Array(AHEAD_BYTES);
    const room = this.#room;
    this.#pending = this.read(room).then((length) => {
      this.#pending = undefined;
      if (length === null) this.#ended = true;
      else this.#ahead = room.subarray(0, length);
    }, (error: unknown) => {
      this.#pending = undefined;
      this.#ended = true;
      this.#failure = { error };
    });
  }
}
