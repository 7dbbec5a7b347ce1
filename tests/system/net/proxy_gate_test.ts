import type { ClientConn } from "../../../system/net/client_conn.ts";
import { ProxyGate, type ProxyGateEvents } from "../../../system/net/proxy_gate.ts";
import { TrustedProxies } from "../../../system/net/trusted_proxies.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { turn } from "../../support/wait.ts";

const HEADER = new TextEncoder().encode("PROXY TCP4 192.0.2.7 198.51.100.1 56324 1935\r\n");
const ADDRESS = { hostname: "127.0.0.1", port: 1 };

/** A connection whose bytes the test brings. */
class TestConn implements ClientConn {
  readonly remoteAddr = ADDRESS;
  readonly localAddr = ADDRESS;
  closes = 0;
  readonly #bytes = Promise.withResolvers<Uint8Array | null>();

  async read(buffer: Uint8Array): Promise<number | null> {
    const bytes = await this.#bytes.promise;
    if (bytes === null) return null;
    buffer.set(bytes);
    return bytes.length;
  }

  arrive(bytes: Uint8Array): void {
    this.#bytes.resolve(bytes);
  }

  write(): Promise<number> {
    return Promise.resolve(0);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.closes++;
    this.#bytes.resolve(null);
  }
}

function gate(serve: ProxyGateEvents["serve"]) {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const events = { serve, refused: () => {}, failed: (error: unknown) => void failures.push(error) };
  const trusted = new TrustedProxies(["127.0.0.1"]);
  return { gate: new ProxyGate({ trusted, timeoutMs: 1000, maxPending: 9 }, events, clock), clock, failures };
}

Deno.test("ProxyGate reports a connection that cannot be taken over, and closes it", async () => {
  const error = new Error("Cannot serve it");
  const { gate: proxies, failures, clock } = gate(() => {
    throw error;
  });
  const conn = new TestConn();
  proxies.require(conn);
  conn.arrive(HEADER);
  await turn();
  assertEquals([failures, conn.closes, clock.timers], [[error], 1, 0]);
});

Deno.test("ProxyGate waits for nothing any more once it was closed", async () => {
  const { gate: proxies, clock } = gate(() => {});
  const conns = [new TestConn(), new TestConn(), new TestConn()] as const;
  proxies.require(conns[0]);
  proxies.close();
  proxies.require(conns[1]);
  proxies.permit(conns[2]);
  await turn();
  assertEquals([conns.map(({ closes }) => closes), clock.timers], [[1, 1, 1], 0]);
});
