/**
 * What a client sends. A read is always under way, also while its request is served: that is how its leaving shows.
 * What arrives goes to the reader of heads, or to the handler that has taken the connection over.
 *
 * @module
 */
import { isHangUp } from "../../system/mod.ts";
import { HeadReader, MAX_HEAD_BYTES } from "./head_reader.ts";

/** Read at a time: the head of most requests. */
const READ_BYTES = 1024;

/**
 * How a client left: it closed its sending side, and may still read; it reset the connection, as one does that closes
 * over unread bytes; or the system found the connection broken, such as a host that does not answer any more.
 */
export type Leave = "end" | "reset" | "lost";

/** Gets what a client sends after its request. */
export interface InputReceiver {
  /** Bytes arrived; they are valid during the call alone. */
  received(bytes: Uint8Array): void;
  /** The client sends nothing more. */
  left(how: Leave): void;
}

/** Reads one client. */
export class ClientInput {
  /** Finds the heads in what arrived. */
  readonly heads: HeadReader = new HeadReader();
  readonly #conn: Pick<Deno.TcpConn, "read">;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #receivedBytes = 0;
  #reading = false;
  #left: Leave | undefined;
  #receiver: InputReceiver | undefined;
  #onLeave: ((how: Leave) => void) | undefined;
  #wake: (() => void) | undefined;
  readonly #onRead = (length: number | null): void => {
    this.#reading = false;
    if (length === null) return this.#over("end");
    this.#receivedBytes += length;
    const bytes = this.#buffer.subarray(0, length);
    if (this.#receiver === undefined) this.heads.push(bytes);
    else this.#receiver.received(bytes);
    this.#wakeUp();
    this.resume();
  };
  readonly #onFailed = (error: unknown): void => this.#over(isHangUp(error) ? "reset" : "lost");

  /** Reads `conn` from the first {@link ClientInput.resume} on. */
  constructor(conn: Pick<Deno.TcpConn, "read">) {
    this.#conn = conn;
  }

  /** All bytes so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** How the client left; `undefined` while it has not. */
  get leave(): Leave | undefined {
    return this.#left;
  }

  /** Read on, unless a read is under way, or more waits than a head may have: the rest stays in the socket. */
  resume(): void {
    if (this.#reading || this.#left !== undefined) return;
    if (this.#receiver === undefined && this.heads.pendingBytes > MAX_HEAD_BYTES) return;
    this.#reading = true;
    this.#conn.read(this.#buffer).then(this.#onRead, this.#onFailed);
  }

  /** Settles when something arrives, or the client leaves. */
  arrival(): Promise<void> {
    this.resume();
    return new Promise((resolve) => this.#wake = resolve);
  }

  /** Call back once when the client leaves, at once if it has; `undefined`: no longer. */
  onLeave(callback: ((how: Leave) => void) | undefined): void {
    this.#onLeave = callback;
    if (this.#left !== undefined) callback?.(this.#left);
  }

  /** From now on everything goes to `receiver`, what has not been taken first. */
  redirect(receiver: InputReceiver): void {
    this.#receiver = receiver;
    const waiting = this.heads.takeBytes(this.heads.pendingBytes);
    if (waiting.length > 0) receiver.received(waiting);
    if (this.#left !== undefined) receiver.left(this.#left);
    this.resume();
  }

  /** Throw everything away; settles when the client has left, or sent more than `maxBytes`. */
  discard(maxBytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let bytesLeft = maxBytes;
    this.redirect({
      received: ({ length }) => {
        bytesLeft -= length;
        if (bytesLeft < 0) resolve();
      },
      left: () => resolve(),
    });
    return promise;
  }

  #over(how: Leave): void {
    if (this.#left !== undefined) return;
    this.#left = how;
    this.#receiver?.left(how);
    this.#onLeave?.(how);
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
