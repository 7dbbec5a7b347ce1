/**
 * TLS for clients that know none: what they send to its port goes to a listener by TLS. When a client closes, the
 * connection is closed without the alert that announces an end, as by a program that is killed.
 *
 * @module
 */
import { CA_CERT } from "./tls_fixtures.ts";

const LOOPBACK = "127.0.0.1";

/** One port in front of another. */
export class AbruptTls implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  /** What TLS is spoken over: a cable that can be pulled out. */
  readonly #cables = Deno.listen({ hostname: LOOPBACK, port: 0 });
  readonly #running: Promise<void>[] = [];

  private constructor(targetPort: number) {
    this.#running.push(this.#accept(targetPort));
  }

  /** Speak TLS to a port of loopback. */
  static to(targetPort: number): AbruptTls {
    return new AbruptTls(targetPort);
  }

  /** Where to connect. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Takes no client any more; those that are there are to have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#cables.close();
    for (let ended = 0; ended < this.#running.length; ended++) await this.#running[ended];
  }

  async #accept(port: number): Promise<void> {
    for await (const client of this.#listener) {
      const [cable, tls, server] = await Promise.all([
        this.#cables.accept(),
        Deno.connectTls({ hostname: LOOPBACK, port: this.#cables.addr.port, caCerts: [CA_CERT] }),
        Deno.connect({ hostname: LOOPBACK, port }),
      ]);
      this.#running.push(pump(cable, server), pump(server, cable), pump(tls, client));
      this.#running.push(pump(client, tls).then(() => [server, cable, tls, client].forEach(close)));
    }
  }
}

/** Move bytes until either side is gone. */
async function pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
    }
  } catch (error) {
    // The client has closed, which closes all of them.
    if (!(error instanceof Error)) throw error;
  }
}

function close(conn: Deno.Conn): void {
  conn.close();
}
