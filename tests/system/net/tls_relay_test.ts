/**
 * The relay of TLS whose listener cannot accept, and one that is closed while a client comes; on loopback.
 *
 * @module
 */
import { RelayingListener } from "../../../system/net/relaying_listener.ts";
import { type TlsEnd, TlsRelay } from "../../../system/net/tls_relay.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { CA_CERT, SERVER_CERT, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";
import { turn } from "../../support/wait.ts";

const LOOPBACK = "127.0.0.1";
const TERMS = { pair: { cert: SERVER_CERT, key: TLS_SERVER_KEY } };

Deno.test("RelayingListener.close() leaves the relay to a client that has been accepted in the same moment", async () => {
  const events = { givenUp: () => {} };
  const listener = new RelayingListener({ hostname: LOOPBACK, port: 0 }, TERMS, events, new ManualClock());
  const { port } = listener.addr;
  const client = await Deno.connectTls({ hostname: LOOPBACK, port, caCerts: [CA_CERT] });
  // The runtime sees that it waits, so that the next call accepts it at once.
  for (let turns = 0; turns < 10; turns++) await turn();
  const accepting = listener.accept();
  listener.close();
  const conn = await accepting;
  await Promise.all([client.handshake(), conn.handshake()]);
  client.close();
  await conn.read(new Uint8Array(1)).catch(() => null);
  conn.close();
  await conn.released;
});

Deno.test("a TlsRelay that cannot accept fails its connections, and nothing else waits for it", async () => {
  const clock = new ManualClock();
  const relay = TlsRelay.listen(TERMS, clock);
  relay.retire();
  // Each accept fails at once, as it does where no file can be opened.
  await assertRejects(() => relay.join().connect());
  await clock.advance(100);
});

Deno.test("a TlsRelay does not take the connection of another program for its own, whatever port that comes from", async () => {
  const real = Deno.listenTls({ hostname: LOOPBACK, port: 0, cert: SERVER_CERT, key: TLS_SERVER_KEY });
  const waiting: TlsEnd[] = [];
  const closed: string[] = [];
  const relay = new TlsRelay({
    addr: real.addr,
    close: () => real.close(),
    // Before each connection comes one from another address of this machine, with the same port.
    async accept() {
      const own = waiting.pop();
      if (own !== undefined) return own;
      const conn = await real.accept();
      waiting.push(conn);
      const remoteAddr = { ...conn.remoteAddr, hostname: "127.0.0.2" };
      const nothing = () => Promise.reject(new Error("It is another program's"));
      return {
        ...{ remoteAddr, read: nothing, write: nothing, closeWrite: nothing, handshake: nothing },
        close: () => closed.push(remoteAddr.hostname),
      };
    },
  }, new ManualClock());
  const place = relay.join();
  const { cable, tls } = await place.connect();
  assertEquals([tls.remoteAddr, closed], [cable.localAddr, ["127.0.0.2"]]);
  cable.close();
  tls.close();
  place.leave();
  relay.retire();
});
