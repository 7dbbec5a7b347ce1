import { HttpServer } from "../../../http/server/http_server.ts";
import { ConnectionCap } from "../../../http/server/connection_cap.ts";
import { respondWith } from "../../../http/server/exchange.ts";
import { assertEquals } from "../../support/assert.ts";
import { SkippingClock } from "../../support/manual_clock.ts";
import { CA_CERT, SERVER_CERT, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";

const PAIR = { cert: SERVER_CERT, key: TLS_SERVER_KEY };

for (const http2 of [true, false]) {
  Deno.test(`HttpServer lets clients by TLS choose ${http2 ? "HTTP/2 or HTTP/1.1" : "HTTP/1.1 alone"}`, async () => {
    const bugs: unknown[] = [];
    const server = HttpServer.listen({
      listen: [],
      tls: { listen: [{ hostname: "127.0.0.1", port: 0 }], pair: PAIR, http2 },
      limits: { headTimeoutMs: 10_000, idleTimeoutMs: 60_000, writeTimeoutMs: 10_000, maxBodyBytes: 0 },
    }, {
      clock: new SkippingClock(),
      handler: respondWith(({ url }) => new Response(new URL(url).pathname)),
      gate: new ConnectionCap(10, () => {}),
      events: {
        limit: () => {},
        refused: () => {},
        handshakeFailed: () => {},
        proxyRefused: () => {},
        unfinished: () => {},
        acceptFailed: (_fault, error) => bugs.push(error),
        bug: (error) => bugs.push(error),
      },
    });
    const port = server.tlsAddresses[0]?.port ?? 0;
    const chosen: (string | null)[] = [];
    for (const alpnProtocols of [["h2", "http/1.1"], ["http/1.1"], []]) {
      using conn = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [CA_CERT], alpnProtocols });
      chosen.push((await conn.handshake()).alpnProtocol ?? null);
    }
    assertEquals(chosen, [http2 ? "h2" : "http/1.1", "http/1.1", null]);
    const clients = [{ http1: true, http2: false }, ...(http2 ? [{ http1: false, http2: true }] : [])];
    for (const protocols of clients) {
      using client = Deno.createHttpClient({ caCerts: [CA_CERT], ...protocols });
      assertEquals(await (await fetch(`https://127.0.0.1:${port}/x`, { client })).text(), "/x");
    }
    await server.drain(1000);
    assertEquals(bugs, []);
  });
}
