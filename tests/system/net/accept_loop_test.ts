import type { ClientConn } from "../../../system/net/client_conn.ts";
import { AcceptLoop, type Listener } from "../../../system/net/accept_loop.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { turn } from "../../support/wait.ts";
import { resetAtOnce } from "../../support/net/resets.ts";

const ANY_PORT = { hostname: "127.0.0.1", port: 0 } as const;

/** A listener whose `accept` fails as scripted, then waits for its end. */
function failingListener(codes: readonly string[]): Listener {
  const left = [...codes];
  const end = Promise.withResolvers<ClientConn>();
  end.promise.catch(() => {});
  return {
    addr: ANY_PORT,
    accept: () => {
      const code = left.shift();
      return code === undefined ? end.promise : Promise.reject(Object.assign(new Error(code), { code }));
    },
    close: () => end.reject(new Deno.errors.BadResource("closed")),
  };
}

/** A loop over `codes` on a clock that stands still, and the faults that it has reported. */
function loopOver(codes: readonly string[]): { loop: AcceptLoop; clock: ManualClock; faults: string[] } {
  const clock = new ManualClock();
  const faults: string[] = [];
  const events = { serve: () => {}, failed: (fault: string) => void faults.push(fault) };
  return { loop: new AcceptLoop(failingListener(codes), events, clock), clock, faults };
}

Deno.test("AcceptLoop accepts the next connection at once after a reset", async () => {
  const { loop, clock, faults } = loopOver(["ENOTCONN", "ECONNRESET", "ENOTCONN"]);
  await clock.advance(0);
  assertEquals(faults, ["reset", "reset", "reset"]);
  await loop.stop();
});

Deno.test("AcceptLoop pauses where the next accept would fail in the same way", async () => {
  const { loop, clock, faults } = loopOver(["EMFILE", "EINVAL", "EMFILE"]);
  await clock.advance(99);
  assertEquals(faults, ["outOfFiles"]);
  await clock.advance(1);
  assertEquals(faults, ["outOfFiles", "other"]);
  await clock.advance(200);
  assertEquals(faults, ["outOfFiles", "other", "outOfFiles"]);
  await loop.stop();
});

Deno.test("AcceptLoop serves a client behind others that reset their connections", async () => {
  const served = Promise.withResolvers<ClientConn>();
  const loop = AcceptLoop.listen(ANY_PORT, { serve: served.resolve, failed: () => {} }, new SystemClock());
  const { port } = loop.address;
  await Promise.all(Array.from({ length: 20 }, () => resetAtOnce(port)));
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  // What was accepted before its reset is served too, and turns out to be gone.
  const first = await served.promise;
  first.close();
  assert(client.localAddr.port > 0);
  await loop.stop();
});

Deno.test("AcceptLoop closes a connection whose serving throws, and accepts the next one", async () => {
  const served = Promise.withResolvers<void>();
  const faults: string[] = [];
  const loop = AcceptLoop.listen(ANY_PORT, {
    serve: (conn) => {
      if (faults.length === 0) throw new TypeError("a bug");
      conn.close();
      served.resolve();
    },
    failed: (fault) => faults.push(fault),
  }, new SystemClock());
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port: loop.address.port });
  using first = await connect();
  assertEquals(await first.read(new Uint8Array(1)), null);
  using _second = await connect();
  await served.promise;
  assertEquals(faults, ["other"]);
  await loop.stop();
});

Deno.test("AcceptLoop.stopWhenIdle() stops at a turn in which nobody came", async () => {
  const turns: (() => void)[] = [];
  const clock = new ManualClock();
  clock.setTimeout = (callback) => {
    turns.push(callback);
    return { clear: () => {} };
  };
  const end = Promise.withResolvers<ClientConn>();
  end.promise.catch(() => {});
  let next = Promise.withResolvers<ClientConn>();
  let isClosed = false;
  const listener: Listener = {
    addr: ANY_PORT,
    accept: () => Promise.race([next.promise, end.promise]),
    close: () => {
      isClosed = true;
      end.reject(new Deno.errors.BadResource("closed"));
    },
  };
  let served = 0;
  const loop = new AcceptLoop(listener, { serve: () => void served++, failed: () => {} }, clock);
  const stopped = loop.stopWhenIdle();
  const conn = await connOf();
  for (let step = 0; step < 3; step++) {
    const come = next;
    next = Promise.withResolvers<ClientConn>();
    come.resolve(conn);
    await turn();
    turns.shift()?.();
    await turn();
    assert(!isClosed, `step ${step}`);
  }
  turns.shift()?.();
  await stopped;
  conn.close();
  assert(isClosed);
  assertEquals(served, 3);
});

/** Any connection. */
async function connOf(): Promise<ClientConn> {
  using listener = Deno.listen(ANY_PORT);
  const [conn, other] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
  other.close();
  return conn;
}
