/**
 * A TCP relay that can go silent: as where a cable is cut, neither side notices.
 *
 * @module
 */

/** One port in front of another. */
export class SilentRelay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #conns: Deno.TcpConn[] = [];
  readonly #pumps: Promise<void>[] = [];
  readonly #accepting: Promise<void>;
  #silent = false;

  private constructor(targetPort: number) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept(targetPort);
  }

  /** Relay to a port of loopback. */
  static to(targetPort: number): SilentRelay {
    return new SilentRelay(targetPort);
  }

  /** Where to connect. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Pass nothing on any more, in either direction, and close nothing. */
  cut(): void {
    this.#silent = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
    await this.#accepting;
    await Promise.all(this.#pumps);
  }

  async #accept(port: number): Promise<void> {
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#conns.push(near, far);
      this.#pumps.push(this.#pump(near, far), this.#pump(far, near));
    }
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (this.#silent) return;
        if (length === null) return await to.closeWrite();
        for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
      }
    } catch (error) {
      // Either side may have gone, or the test is over: that is what a relay sees of it.
      if (!(error instanceof Error)) throw error;
    }
  }
}
