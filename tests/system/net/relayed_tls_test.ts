/**
 * A connection by TLS that is relayed, closed before its relay has taken it; on loopback.
 *
 * @module
 */
import { RelayedTls } from "../../../system/net/relayed_tls.ts";
import { TlsClientConn } from "../../../system/net/tls_conn.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { turn } from "../../support/wait.ts";

Deno.test("TlsClientConn.close() ends what is under way at once, whatever the relay waits for", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const [client, accepted] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
  const connecting = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<never>();
  let left = 0;
  const place = {
    // Of a relay whose listener has no room for one more.
    connect() {
      connecting.resolve();
      return refused.promise;
    },
    leave: () => void left++,
  };
  const conn = new TlsClientConn(new RelayedTls(accepted, place, { givenUp: () => {} }, new ManualClock()));
  // What begins no handshake is relayed as it is.
  await client.write(new TextEncoder().encode("GET"));
  await connecting.promise;
  const failed = Promise.all(
    [conn.read(new Uint8Array(1)), conn.handshake(), conn.write(new Uint8Array(1))].map(
      (work) => assertRejects(() => work, Deno.errors.Interrupted),
    ),
  );
  conn.close();
  await failed;
  await conn.released;
  assertEquals(left, 0);
  refused.reject(new Deno.errors.ConnectionRefused("Its listener is closed"));
  await turn();
  assertEquals(left, 1);
  client.close();
});
