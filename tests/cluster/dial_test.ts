import { AddressGuard } from "../../cluster/link/address_guard.ts";
import { systemDial } from "../../cluster/link/dial.ts";
import { assert, assertRejects } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { SERVER_CERT, TLS_SERVER_KEY } from "../support/net/tls_fixtures.ts";
import { turn, until } from "../support/wait.ts";

const HOST = { secure: false, hostname: "127.0.0.1" };
const GUARD = new AddressGuard([], {
  resolve: (name) => Promise.resolve([name]),
  ownAddresses: () => [],
});
const TERMS = { signal: new AbortController().signal, trust: "configured" } as const;
/** State of a connection that waits for its first answer, in `/proc/net/tcp`. */
const SYN_SENT = "02";

/** Connections of this machine to a port that are being opened. */
async function opening(port: number): Promise<number> {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = (await Deno.readTextFile("/proc/net/tcp")).split("\n").map((row) => row.trim().split(/\s+/));
  return rows.filter(([, , to, state]) => to?.endsWith(remote) && state === SYN_SENT).length;
}

Deno.test("systemDial() leaves no connection that a server never answers", async () => {
  const options = { hostname: "127.0.0.1", port: 0, transport: "tcp", tcpBacklog: 1 } as const;
  using listener = Deno.listen(options);
  const { port } = listener.addr;
  // Nobody accepts: once its queue is full, the system lets further ones wait.
  const waiting: Promise<Deno.TcpConn>[] = [];
  while (await opening(port) === 0) {
    waiting.push(Deno.connect({ hostname: "127.0.0.1", port }));
    await turn();
  }
  const before = await opening(port);
  const clock = new ManualClock();
  const dialled = assertRejects(
    () => systemDial(clock, GUARD)({ ...HOST, port }, TERMS),
    Deno.errors.TimedOut,
    "2000 ms",
  );
  await until(async () => await opening(port) === before + 1);
  await clock.advance(2000);
  await dialled;
  await until(async () => await opening(port) <= before);
  for (const conn of waiting) conn.then((late) => late.close(), () => undefined);
  const accepted = waiting.map(() => listener.accept());
  for (const conn of await Promise.all(accepted)) conn.close();
  await Promise.allSettled(waiting);
});

Deno.test("systemDial() makes no further connections to a server that shakes no hands by TLS", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const clock = new ManualClock();
  const dial = systemDial(clock, GUARD);
  const conns: Deno.TcpConn[] = [];
  for (let time = 0; time < 16; time++) {
    const dialled = assertRejects(
      () => dial({ ...HOST, secure: true, port }, TERMS),
      Deno.errors.TimedOut,
      "2000 ms",
    );
    const conn = await listener.accept();
    assert((await conn.read(new Uint8Array(4096)) ?? 0) > 0);
    conns.push(conn);
    await clock.advance(2000);
    await dialled;
  }
  await assertRejects(
    () => dial({ ...HOST, secure: true, port }, TERMS),
    Deno.errors.TimedOut,
    "unanswered",
  );
  for (const conn of conns) conn.close();
  const stop = new AbortController();
  let next: Promise<unknown> = Promise.resolve();
  await until(async () => {
    next = dial({ ...HOST, secure: true, port }, { ...TERMS, signal: stop.signal }).catch((error) => error);
    return await Promise.race([next, turn()]) === undefined;
  });
  stop.abort();
  assert(await next instanceof Deno.errors.Interrupted);
  (await listener.accept()).close();
});

Deno.test("systemDial() checks the certificate of a server by TLS", async () => {
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: SERVER_CERT, key: TLS_SERVER_KEY });
  const { port } = listener.addr;
  const accepted = listener.accept().then(async (conn) => {
    await assertRejects(() => conn.handshake());
    conn.close();
  });
  await assertRejects(
    () => systemDial(new ManualClock(), GUARD)({ ...HOST, secure: true, port }, TERMS),
    Deno.errors.InvalidData,
    "UnknownIssuer",
  );
  await accepted;
});
