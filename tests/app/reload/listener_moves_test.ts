/**
 * From where a server listens to where it is wanted to: all of it, or as it was.
 *
 * @module
 */
import { ListenProblem, openWanted, type ServerAddresses } from "../../../app/reload/listener_moves.ts";
import type { ListenAddress } from "../../../core/listen_address.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { freePorts } from "../../support/net/free_ports.ts";

const NOWHERE: ServerAddresses = {
  ...{ rtmp: [], rtmpProxied: [], rtmps: [], http: [], httpProxied: [], https: [] },
  ...{ api: [], apiTls: [], exporter: [] },
};

function at(...ports: number[]): ListenAddress[] {
  return ports.map((port) => ({ hostname: "127.0.0.1", port }));
}

/** Really listens: a port can be had once. */
class Host implements Disposable {
  readonly #open = new Map<string, Deno.Listener>();
  /** Opening anything of this kind fails. */
  fails: keyof ServerAddresses | undefined;

  open(addresses: ServerAddresses): Promise<void> {
    return Promise.resolve().then(() => {
      for (const [name, address] of entriesOf(addresses)) {
        if (this.#open.has(name)) continue;
        if (this.fails !== undefined && name.startsWith(`${this.fails} `)) throw new Error("It failed");
        this.#open.set(name, Deno.listen(address));
      }
    });
  }

  keep(addresses: ServerAddresses): Promise<void> {
    const wanted = new Set(entriesOf(addresses).map(([name]) => name));
    for (const [name, listener] of this.#open) {
      if (wanted.has(name)) continue;
      listener.close();
      this.#open.delete(name);
    }
    return Promise.resolve();
  }

  get listening(): readonly string[] {
    return [...this.#open.keys()].toSorted();
  }

  [Symbol.dispose](): void {
    void this.keep(NOWHERE);
  }
}

function entriesOf(addresses: ServerAddresses): [string, ListenAddress][] {
  return Object.entries(addresses).flatMap(([kind, list]: [string, readonly ListenAddress[]]) =>
    list.map((address): [string, ListenAddress] => [`${kind} ${address.port}`, address])
  );
}

Deno.test("openWanted() opens what is added, and closes what is left out when that is wanted", async () => {
  const [a = 0, b = 0, c = 0] = freePorts(3);
  using host = new Host();
  const now = { ...NOWHERE, rtmp: at(a), http: at(b) };
  await host.open(now);
  const close = await openWanted(host, now, { ...NOWHERE, rtmp: at(a, c) });
  assertEquals(host.listening, [`http ${b}`, `rtmp ${a}`, `rtmp ${c}`].toSorted());
  await close();
  assertEquals(host.listening, [`rtmp ${a}`, `rtmp ${c}`].toSorted());
});

Deno.test("openWanted() hands a port from one listener to another", async () => {
  const [a = 0, b = 0] = freePorts(2);
  using host = new Host();
  const now = { ...NOWHERE, api: at(a), http: at(b) };
  await host.open(now);
  await (await openWanted(host, now, { ...NOWHERE, api: at(b), http: at(a) }))();
  assertEquals(host.listening, [`api ${b}`, `http ${a}`].toSorted());
});

Deno.test("openWanted() names the key of an address that another program has, and leaves all as it was", async () => {
  const [a = 0, b = 0] = freePorts(2);
  using host = new Host();
  const now = { ...NOWHERE, rtmp: at(a) };
  await host.open(now);
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const wanted = { ...NOWHERE, rtmp: at(b), exporter: at(taken.addr.port) };
  const problem = await assertRejects(() => openWanted(host, now, wanted), ListenProblem);
  assertEquals([problem.key, problem.address.port], ["exporter.listen", taken.addr.port]);
  assertEquals(host.listening, [`rtmp ${a}`]);
});

Deno.test("openWanted() takes a port back that it has given away, when something else fails", async () => {
  const [a = 0, b = 0, c = 0] = freePorts(3);
  using host = new Host();
  const now = { ...NOWHERE, rtmp: at(a), http: at(b) };
  await host.open(now);
  host.fails = "rtmpProxied";
  const wanted = { ...NOWHERE, rtmp: at(b), http: at(c), rtmpProxied: at(a) };
  await assertRejects(() => openWanted(host, now, wanted), Error, "It failed");
  assertEquals(host.listening, [`http ${b}`, `rtmp ${a}`].toSorted());
});
