import { AcceptLoop, type Listener } from "../../../system/net/accept_loop.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { resetAtOnce } from "../../support/resets.ts";

const ANY_PORT = { hostname: "127.0.0.1", port: 0 } as const;

/** A listener whose `accept` fails as scripted, then waits for its end. */
function failingListener(codes: readonly string[]): Listener {
  const left = [...codes];
  const end = Promise.withResolvers<Deno.TcpConn>();
  end.promise.catch(() => {});
  return {
    addr: { transport: "tcp", ...ANY_PORT },
    accept: () => {
      const code = left.shift();
      return code === undefined ? end.promise : Promise.reject(Object.assign(new Error(code), { code }));
    },
    close: () => end.reject(new Deno.errors.BadResource("closed")),
  };
}

/** The faults of a loop over `codes`, and how long it took to get through them. */
async function faultsOf(codes: readonly string[]): Promise<{ faults: readonly string[]; ms: number }> {
  const faults: string[] = [];
  const all = Promise.withResolvers<void>();
  const startedAt = performance.now();
  const loop = new AcceptLoop(failingListener(codes), {
    serve: () => {},
    failed: (fault) => {
      faults.push(fault);
      if (faults.length === codes.length) all.resolve();
    },
  });
  await all.promise;
  const ms = performance.now() - startedAt;
  await loop.stop();
  return { faults, ms };
}

Deno.test("AcceptLoop accepts the next connection at once after a reset", async () => {
  const { faults, ms } = await faultsOf(Array.from({ length: 300 }, () => "ENOTCONN"));
  assertEquals(new Set(faults), new Set(["reset"]));
  assert(ms < 5000, `300 resets took ${ms} ms: a pause each would be 30 s`);
});

Deno.test("AcceptLoop pauses where the next accept would fail in the same way", async () => {
  const { faults, ms } = await faultsOf(["EMFILE", "EINVAL", "EMFILE"]);
  assertEquals(faults, ["outOfFiles", "other", "outOfFiles"]);
  assert(ms >= 190, `two pauses took ${ms} ms`);
});

Deno.test("AcceptLoop serves a client behind others that reset their connections", async () => {
  const served = Promise.withResolvers<Deno.TcpConn>();
  const loop = AcceptLoop.listen(ANY_PORT, { serve: served.resolve, failed: () => {} });
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
  });
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port: loop.address.port });
  using first = await connect();
  assertEquals(await first.read(new Uint8Array(1)), null);
  using _second = await connect();
  await served.promise;
  assertEquals(faults, ["other"]);
  await loop.stop();
});
