/** Tests of `rtmp/network_error.ts`: what a broken connection throws, as opposed to bugs. */
import { isHangUp, isNetworkError, isWithoutTls } from "../../../system/net/network_error.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { SERVER_CERT, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";

const { errors } = Deno;

const HANG_UPS: readonly unknown[] = [
  new errors.ConnectionReset("reset"),
  new errors.BrokenPipe("pipe"),
  new errors.UnexpectedEof("peer closed connection without sending TLS close_notify"),
];

const NETWORK: readonly unknown[] = [
  new errors.TimedOut("no answer"),
  new errors.ConnectionAborted("aborted"),
  new errors.NotConnected("not connected"),
  new errors.Interrupted("closed here"),
  new errors.BadResource("closed here"),
  Object.assign(new Error("No route to host (os error 113)"), { code: "EHOSTUNREACH" }),
];

const BUGS: readonly unknown[] = [
  new TypeError("x is not a function"),
  new RangeError("Invalid array length"),
  new errors.NotFound("srs.log"),
  Object.assign(new Error("a number of ours"), { code: 2001 }),
  { code: "ECONNRESET" },
  "ECONNRESET",
  undefined,
];

for (const error of HANG_UPS) {
  Deno.test(`isHangUp() is true of ${error}`, () => assertEquals(isHangUp(error), Boolean(1)));
}

for (const error of NETWORK) {
  Deno.test(`isNetworkError() is true of ${error}, which is not a hang-up`, () => {
    assertEquals([isNetworkError(error), isHangUp(error)], [true, false]);
  });
}

for (const error of BUGS) {
  Deno.test(`neither isHangUp() nor isNetworkError() is true of ${show(error)}`, () => {
    assertEquals([isHangUp(error), isNetworkError(error)], [false, false]);
  });
}

Deno.test("isHangUp() is true of what a real reset throws", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using server = await listener.accept();
  // Closing over unread bytes sends a reset.
  await server.write(new Uint8Array(10));
  client.close();
  const error = await readOrWriteUntilError(server);
  assertEquals(isHangUp(error), Boolean(1), String(error));
});

Deno.test("isWithoutTls() is true of what a listener for TLS throws at a client without it, and of nothing else", async () => {
  const cases = [["\x03hello", true], ["GET / HTTP/1.1\r\n", true], [
    "\x16\x03\x01\x00\x01x",
    false,
  ]] as const;
  for (const [sent, expected] of cases) {
    using listener = Deno.listenTls({
      ...{ hostname: "127.0.0.1", port: 0 },
      ...{ cert: SERVER_CERT, key: TLS_SERVER_KEY },
    });
    const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using server = await listener.accept();
    await client.write(new TextEncoder().encode(sent));
    client.close();
    const error = await assertRejects(() => server.handshake(), Error);
    assertEquals(isWithoutTls(error), expected, error.message);
  }
});

async function readOrWriteUntilError(conn: Deno.TcpConn): Promise<unknown> {
  try {
    for (;;) await conn.write(new Uint8Array(1000));
  } catch (error) {
    return error;
  }
}

function show(value: unknown): string {
  return value instanceof Error ? String(value) : JSON.stringify(value) ?? "undefined";
}
