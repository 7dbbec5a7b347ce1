/**
 * The one writer of a connection: control bytes first, then what its player has due, one write at a time.
 *
 * @module
 */
import type { Consumer } from "./consumer.ts";
import type { Wakeable } from "./reader.ts";

/** The part of a connection that can be written. */
export interface ByteSink {
  /** Bytes that were written, at least 1 and at most all. */
  write(bytes: Uint8Array): Promise<number>;
}

/** A write that took longer had to wait for the client to take what was sent before, milliseconds. */
const WAITED_MS = 20;

/**
 * Until this many bytes are out, a write is at most as large. Many clients look at the first frame and leave: a whole
 * GOP would be wasted on them.
 */
const FIRST_BYTES = 64 * 1024;

/** A client reads nothing, and more replies wait for it than may. */
export class ReplyOverflow extends Error {
  /** With the sizes in bytes. */
  constructor(waitingBytes: number, maxBytes: number) {
    super(
      `Cannot keep ${waitingBytes} bytes of replies for a client that reads nothing: the limit is ${maxBytes}`,
    );
  }
}

/** Serialises all that goes to one client. */
export class ConnectionWriter implements Wakeable {
  readonly #sink: ByteSink;
  readonly #now: () => number;
  readonly #onFailure: (error: unknown) => void;
  readonly #maxReplyBytes: number;
  readonly #control: Uint8Array<ArrayBuffer>[] = [];
  #controlBytes = 0;
  #consumer: Consumer | undefined;
  #current: Uint8Array<ArrayBufferLike> | undefined;
  #currentIsMedia = false;
  #consumerOfWrite: Consumer | undefined;
  #busySince = 0;
  #progressMs = -Infinity;
  #sentBytes = 0;
  #failed = false;
  #idleWaiters: (() => void)[] = [];
  readonly #written = (length: number): void => {
    try {
      this.#onWritten(length);
    } catch (error) {
      this.#fail(error);
    }
  };
  readonly #broken = (error: unknown): void => {
    this.#settleWrite();
    this.#fail(error);
  };

  /**
   * Nothing written yet.
   *
   * @param now Monotonic milliseconds.
   * @param onFailure The first failed write; nothing is written after it.
   * @param maxReplyBytes Replies that may wait for a client that does not read.
   */
  constructor(
    sink: ByteSink,
    now: () => number,
    onFailure: (error: unknown) => void,
    maxReplyBytes: number,
  ) {
    this.#sink = sink;
    this.#now = now;
    this.#onFailure = onFailure;
    this.#maxReplyBytes = maxReplyBytes;
  }

  /** Bytes that the socket took. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** How long the write under way has made no progress, milliseconds; 0 when there is none. */
  get stuckMs(): number {
    return this.#current === undefined ? 0 : this.#now() - this.#busySince;
  }

  /** When a write last began, monotonic milliseconds; 0 when none has. */
  get sentMs(): number {
    return this.#busySince;
  }

  /**
   * When the client last showed that it takes what is sent, monotonic milliseconds: a write went on that had waited
   * for room. Writes that find room at once tell nothing.
   */
  get progressMs(): number {
    return this.#progressMs;
  }

  /** What is played, if anything. */
  get consumer(): Consumer | undefined {
    return this.#consumer;
  }

  /** Play this consumer from the next bytes on, or none. */
  set consumer(consumer: Consumer | undefined) {
    this.#consumer = consumer;
  }

  /** Send control bytes, before any media that is not yet being written. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#controlBytes += bytes.length;
    if (this.#controlBytes > this.#maxReplyBytes) {
      return this.#fail(new ReplyOverflow(this.#controlBytes, this.#maxReplyBytes));
    }
    this.#control.push(bytes);
    this.wake();
  }

  /** Take what is due now, unless a write is under way. */
  wake(): void {
    if (this.#current !== undefined || this.#failed) return;
    try {
      this.#next();
    } catch (error) {
      // Called on the publisher's flush: a failure of this client must not reach the publisher.
      this.#fail(error);
    }
  }

  /** Settles when nothing is being written and no control bytes wait, or the connection is broken. */
  idle(): Promise<void> {
    if (this.#current === undefined || this.#failed) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #next(): void {
    const bytes = this.#takeControl() ?? this.#takeMedia();
    if (bytes === undefined) return this.#settleIdle();
    this.#current = bytes;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array<ArrayBufferLike>): void {
    this.#busySince = this.#now();
    const isWhole = this.#sentBytes > FIRST_BYTES || bytes.length <= FIRST_BYTES;
    const piece = isWhole ? bytes : bytes.subarray(0, FIRST_BYTES);
    this.#sink.write(piece).then(this.#written, this.#broken);
  }

  #onWritten(length: number): void {
    this.#sentBytes += length;
    const now = this.#now();
    if (now - this.#busySince > WAITED_MS) this.#progressMs = now;
    const current = this.#current;
    if (current === undefined) return;
    if (length < current.length && !this.#failed) {
      const rest = current.subarray(length);
      this.#current = rest;
      return this.#write(rest);
    }
    this.#settleWrite();
    if (this.#failed) return;
    if (this.#control.length > 0 || this.#consumer?.due === true) this.#next();
    else this.#settleIdle();
  }

  #takeControl(): Uint8Array<ArrayBuffer> | undefined {
    const first = this.#control[0];
    if (first === undefined) return undefined;
    this.#currentIsMedia = false;
    let bytes = first;
    if (this.#control.length > 1) {
      bytes = new Uint8Array(this.#controlBytes);
      let offset = 0;
      for (const part of this.#control) {
        bytes.set(part, offset);
        offset += part.length;
      }
    }
    this.#control.length = 0;
    this.#controlBytes = 0;
    return this.#consumer?.withInitData(bytes) ?? bytes;
  }

  #takeMedia(): Uint8Array<ArrayBufferLike> | undefined {
    const bytes = this.#consumer?.take();
    if (bytes === undefined) return undefined;
    this.#currentIsMedia = true;
    this.#consumerOfWrite = this.#consumer;
    return bytes;
  }

  /** The write under way is over; until here its bytes may be read, whatever else has failed. */
  #settleWrite(): void {
    this.#current = undefined;
    if (this.#currentIsMedia) this.#consumerOfWrite?.written();
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#settleIdle();
    this.#onFailure(error);
  }

  #settleIdle(): void {
    const waiters = this.#idleWaiters;
    if (waiters.length === 0) return;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
