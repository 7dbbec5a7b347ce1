/**
 * A cable that can be cut: connections to the server go through it.
 *
 * @module
 */

/** One connection: to the client, and to the server. */
interface Link {
  readonly client: Deno.TcpConn;
  readonly server: Deno.TcpConn;
  done: Promise<void>;
}

/** A relay on a port of loopback. */
export class TcpRelay implements AsyncDisposable {
  readonly #target: number;
  readonly #links = new Set<Link>();
  #listener: Deno.TcpListener | undefined;
  #accepting: Promise<void> = Promise.resolve();
  #port = 0;

  private constructor(target: number) {
    this.#target = target;
    this.restore();
  }

  /** A relay to a port of loopback. */
  static start(target: number): TcpRelay {
    return new TcpRelay(target);
  }

  /** Where clients connect; the same after a cut. */
  get port(): number {
    return this.#port;
  }

  /**
   * Cut it: clients lose their connections and cannot make new ones. The server notices nothing, neither bytes
   * nor an end.
   */
  async cut(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#accepting;
    for (const { client } of this.#links) close(client);
  }

  /** Take connections again. Those that were cut stay lost. */
  restore(): void {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: this.#port });
    this.#port = listener.addr.port;
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
    for (const { server } of this.#links) close(server);
    await Promise.all([...this.#links].map(({ done }) => done));
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for (;;) {
      try {
        const client = await listener.accept();
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        const link: Link = { client, server, done: Promise.resolve() };
        // Whether the server's end is seen by the client does not matter here: the server ends no publish itself.
        link.done = Promise.all([pump(client, server), pump(server, client)]).then(() => undefined);
        this.#links.add(link);
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        throw error;
      }
    }
  }
}

/** Move bytes until either side is gone; nobody is notified. */
async function pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (;;) {
      const size = await from.read(buffer);
      if (size === null) return;
      for (let at = 0; at < size;) at += await to.write(buffer.subarray(at, size));
    }
  } catch (error) {
    if (
      !(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
        error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)
    ) throw error;
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
