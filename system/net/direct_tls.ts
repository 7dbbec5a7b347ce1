/**
 * The runtime's own connection by TLS, and when it lets go of the socket.
 *
 * What is closed before its handshake is over, or while a write waits for a client that does not read, stays open in the
 * runtime until the client goes on or leaves, and the runtime says nothing of it. So such a one is closed when the
 * handshake or the write has ended, by which its end is known.
 *
 * @module
 */
import type { HeldSockets } from "./held_sockets.ts";
import type { TlsTransport } from "./tls_transport.ts";

/** Wraps a connection that was accepted. */
export class DirectTls implements TlsTransport {
  readonly #conn: Deno.TlsConn;
  readonly #held: HeldSockets;
  readonly #shaking: ReturnType<Deno.TlsConn["handshake"]>;
  /** Made for those that wait. */
  #gone: PromiseWithResolvers<void> | undefined;
  #hasShaken = false;
  #isClosed = false;
  #isReleased = false;
  #writes = 0;
  /** How the read and the writes that are under way fail when it is closed. */
  readonly #underWay = new Set<(error: Error) => void>();

  /**
   * Takes the connection over, and shakes hands.
   *
   * @param held Has it while the runtime would not let go of it.
   */
  constructor(conn: Deno.TlsConn, held: HeldSockets) {
    this.#conn = conn;
    this.#held = held;
    this.#shaking = conn.handshake();
    held.add(this);
    const ended = (): void => {
      this.#hasShaken = true;
      if (this.#isClosed) this.#release();
      else held.delete(this);
    };
    this.#shaking.then(ended, ended);
  }

  /** @inheritdoc */
  get released(): Promise<void> | undefined {
    if (this.#isReleased) return undefined;
    this.#gone ??= Promise.withResolvers();
    return this.#gone.promise;
  }

  /** @inheritdoc */
  get hasShaken(): boolean {
    return this.#hasShaken;
  }

  /** The client's address. */
  get remoteAddr(): Deno.NetAddr {
    return this.#conn.remoteAddr;
  }

  /** Where it arrived. */
  get localAddr(): Deno.NetAddr {
    return this.#conn.localAddr;
  }

  /** @inheritdoc */
  handshake(): ReturnType<Deno.TlsConn["handshake"]> {
    if (this.#hasShaken) return this.#shaking;
    return this.#isClosed ? Promise.reject(closed()) : this.#untilClosed(this.#shaking);
  }

  /** @inheritdoc */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#untilClosed(this.#conn.read(buffer));
  }

  /** @inheritdoc */
  write(bytes: Uint8Array): Promise<number> {
    this.#writes++;
    return this.#untilClosed(this.#conn.write(bytes), () => {
      this.#writes--;
      this.#release();
    });
  }

  /** @inheritdoc */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Close, at once where the runtime can; what is under way fails at once. May be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#release();
    if (!this.#isReleased) {
      this.#held.add(this);
      this.#held.giveUp();
    }
    // An error costs its stack, and mostly nobody waits.
    if (this.#underWay.size === 0) return;
    const error = closed();
    for (const fail of this.#underWay) fail(error);
    this.#underWay.clear();
  }

  /** The last of what kept it open may have ended. */
  #release(): void {
    if (!this.#isClosed || !this.#hasShaken || this.#writes > 0 || this.#isReleased) return;
    this.#isReleased = true;
    this.#conn.close();
    this.#held.delete(this);
    this.#gone?.resolve();
  }

  #untilClosed<Value>(work: Promise<Value>, ended?: () => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#underWay.add(reject);
      work.then((value) => {
        this.#underWay.delete(reject);
        resolve(value);
        ended?.();
      }, (error: unknown) => {
        this.#underWay.delete(reject);
        reject(error);
        ended?.();
      });
    });
  }
}

function closed(): Error {
  return new Deno.errors.Interrupted("The connection was closed");
}
