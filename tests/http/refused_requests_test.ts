/** Requests that HTTP does not allow, in the log and the counters. */
import { assertEquals } from "../support/assert.ts";
import { PlayerHarness } from "../support/http/player_harness.ts";

const BAD = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");

async function sendBad(port: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(BAD);
  await conn.read(new Uint8Array(1000));
}

Deno.test("Refused requests are all counted, and logged once a second with how many there were", async () => {
  await using harness = await PlayerHarness.start();
  await Promise.all(Array.from({ length: 50 }, () => sendBad(harness.httpPort)));
  await harness.clock.skip(2000);
  const lines = harness.log.filter(({ message }) => message === "HTTP request refused");
  assertEquals(harness.node.limitCounts().http_request_refused, 50);
  const [first] = lines;
  assertEquals([first?.level, first?.fields], ["info", {
    limit: "http_request_refused",
    ip: "127.0.0.1",
    detail: "400: HTTP/1.1 needs a Host",
    times: undefined,
  }]);
  const counted = lines.reduce((sum, { fields: { times } }) => sum + Number(times ?? 1), 0);
  assertEquals([lines.length <= 3, counted], [Boolean(1), 50]);
});
