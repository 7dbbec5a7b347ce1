/**
 * What a client sends. A read is always under way, also while its request is served: that is how its leaving shows.
 * What arrives goes to the reader of heads, or to the handler that has taken the connection over.
 *
 * @module
 */
import { isHangUp } from "../../system/mod.ts";
import { HeadReader, MAX_HEAD_BYTES } from "./head_reader.ts";
import type { HeaderBlocks } from "./header_block.ts";

/** No read is under way. */
const NO_ROOM = new Uint8Array(0);

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
  readonly heads: HeadReader;
  readonly #conn: Pick<Deno.TcpConn, "read">;
  readonly #onChange: () => void;
  /** Where a read that is under way puts what it brings. */
  #room = NO_ROOM;
  #receivedBytes = 0;
  #left: Leave | undefined;
  #receiver: InputReceiver | undefined;
  #onLeave: ((how: Leave) => void) | undefined;
  #wake: (() => void) | undefined;
  readonly #onRead = (length: number | null): void => {
    const room = this.#room;
    this.#room = NO_ROOM;
    if (length === null) return this.#over("end");
    this.#receivedBytes += length;
    if (this.#receiver !== undefined) this.#receiver.received(room.subarray(0, length));
    else {
      this.heads.arrived(length);
      this.#changed();
    }
    this.resume();
  };
  readonly #onFailed = (error: unknown): void => this.#over(isHangUp(error) ? "reset" : "lost");

  /**
   * Reads `conn` from the first {@link ClientInput.resume} on.
   *
   * @param blocks Of the server's other clients.
   * @param onChange Called when something has arrived that nobody else gets, and when the client has left.
   */
  constructor(conn: Pick<Deno.TcpConn, "read">, blocks: HeaderBlocks, onChange: () => void) {
    this.#conn = conn;
    this.heads = new HeadReader(blocks);
    this.#onChange = onChange;
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
    if (this.#room !== NO_ROOM || this.#left !== undefined) return;
    if (this.#receiver === undefined && this.heads.pendingBytes > MAX_HEAD_BYTES) return;
    this.#room = this.heads.room();
    this.#conn.read(this.#room).then(this.#onRead, this.#onFailed);
  }

  /** All of a body that follows a head; `undefined` where the client leaves before. */
  async readBody(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const body = new Uint8Array(length);
    for (let filled = 0;;) {
      const more = this.heads.takeBytes(length - filled);
      body.set(more, filled);
      filled += more.length;
      if (filled === length) return body;
      if (this.#left !== undefined) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.resume();
      await promise;
      this.#wake = undefined;
    }
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
    this.#changed();
  }

  #changed(): void {
    this.#wake?.();
    this.#onChange();
  }
}
