/**
 * A client's socket and the ways to part with it: at once, or when the client has read the last words.
 *
 * @module
 */
import { type Clock, errorStack, type Timer } from "../../core/mod.ts";
import { deadline } from "../timers.ts";
import type { ClientConn } from "./client_conn.ts";

/** How long a client that got a reason may take to read it and hang up, milliseconds. */
const LINGER_MS = 1000;
/** How long what is queued may take to leave before the socket is closed, milliseconds. */
const LAST_WRITE_MS = 1000;
/** Read at a time of what nobody wants any more. */
const DISCARD_BYTES = 64 * 1024;
/** The most that is read of it: more than a second of any encoder. */
const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;
/** What `setNoDelay` takes to give TCP_NODELAY up. */
const WITH_DELAY = false;

/** One client's connection; it can be closed any number of times. */
export class ClientSocket {
  readonly #conn: ClientConn;
  readonly #clock: Clock;
  #closed = false;
  #onClosed: (() => void) | undefined;
  #lingerTimer: Timer | undefined;

  /** Takes the connection over, with TCP_NODELAY: it is closed by this object alone. */
  constructor(conn: ClientConn, clock: Clock) {
    this.#conn = conn;
    this.#clock = clock;
    // Answers are small and written whole: waiting for a delayed acknowledgement would cost a client 40 ms each.
    conn.setNoDelay?.();
  }

  /** The client's address, as the system writes it. */
  get address(): string {
    return this.#conn.remoteAddr.hostname;
  }

  /** Bytes read into `buffer`, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  /** Everything that has arrived, as far as `buffer` has room; once it was called, `read` is not. */
  readArrived(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.readArrived?.(buffer) ?? this.#conn.read(buffer);
  }

  /** Bytes that were written, at least 1 and at most all. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** Give TCP_NODELAY up: what does not fill a packet waits for the acknowledgement of what went before. */
  delaySmallSends(): void {
    if (!this.#closed) this.#conn.setNoDelay?.(WITH_DELAY);
  }

  /**
   * Let the client read what was sent, then close. Closing with unread bytes would discard the reason. A client that does
   * not take what is being written would not read the reason either, and the end of what is sent would wait for it.
   *
   * @param sent Settles when nothing is left to be written.
   * @param onFault Called with what went wrong; the socket is closed all the same.
   */
  async hangUp(sent: Promise<void>, onFault: (error: string) => void): Promise<void> {
    const isStuck = await deadline(this.#clock, sent, { maxMs: LAST_WRITE_MS }) === "expired";
    if (this.#closed) return;
    if (isStuck) return this.close();
    this.#lingerTimer = this.#clock.setTimeout(() => this.close(), LINGER_MS);
    try {
      await this.#conn.closeWrite();
    } catch (error) {
      onFault(errorStack(error));
    }
  }

  /**
   * Throw away what the client still sends, until the socket is closed: closing over unread bytes would take the last
   * words away. Never rejects.
   */
  async discard(): Promise<void> {
    if (this.#closed) return;
    const buffer = new Uint8Array(DISCARD_BYTES);
    try {
      for (let left = MAX_DISCARDED_BYTES; left > 0;) {
        const length = await this.#conn.read(buffer);
        if (length === null) return;
        left -= length;
      }
    } catch {
      // Closed at the end of its time, or by the client.
      return this.close();
    }
    // A client that sends without end is left unread for the rest of the time.
    if (!this.#closed) await new Promise<void>((resolve) => this.#onClosed = resolve);
  }

  /** Close at once. A read or write under way fails. */
  close(): void {
    this.#lingerTimer?.clear();
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
    this.#onClosed?.();
  }
}
