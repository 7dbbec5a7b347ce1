/**
 * Listeners that come and go: by the address that was wanted, all of a list or none.
 *
 * @module
 */
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { ListenerSet, type RunningListener } from "../../../system/net/listener_set.ts";

const A = { hostname: "127.0.0.1", port: 1 };
const B = { hostname: "127.0.0.1", port: 2 };
const CHOSEN = { hostname: "127.0.0.1", port: 0 };
const TAKEN = { hostname: "127.0.0.1", port: 3 };

class Host {
  readonly done: string[] = [];
  #chosen = 4000;

  listen({ hostname, port }: typeof A): RunningListener {
    if (port === TAKEN.port) throw new Deno.errors.AddrInUse("taken");
    const address = { hostname, port: port === 0 ? ++this.#chosen : port };
    this.done.push(`+${address.port}`);
    const stop = (sign: string) => () => {
      this.done.push(`${sign}${address.port}`);
      return Promise.resolve();
    };
    return { address, stop: stop("-"), stopWhenIdle: stop("~") };
  }
}

function hosted(): { readonly host: Host; readonly set: ListenerSet<RunningListener> } {
  const host = new Host();
  return { host, set: new ListenerSet((address) => host.listen(address)) };
}

Deno.test("ListenerSet.open() opens what is missing, in the wanted order, and lets the others be", () => {
  const { host, set } = hosted();
  set.open([A]);
  set.open([B, CHOSEN]);
  assertEquals(set.addresses.map(({ port }) => port), [2, 4001, 1]);
  set.open([A, CHOSEN]);
  assertEquals(set.addresses.map(({ port }) => port), [1, 4001, 2]);
  assertEquals(host.done, ["+1", "+2", "+4001"]);
});

Deno.test("ListenerSet.open() opens all or none", () => {
  const { host, set } = hosted();
  set.open([A]);
  assertThrows(() => set.open([A, B, TAKEN]), Deno.errors.AddrInUse);
  assertEquals(set.addresses, [A]);
  assertEquals(host.done, ["+1", "+2", "-2"]);
});

Deno.test("ListenerSet.keep() closes the others, and one can be opened again", async () => {
  const { host, set } = hosted();
  set.open([A, B, CHOSEN]);
  await set.keep([CHOSEN, B]);
  assertEquals(set.addresses.map(({ port }) => port), [2, 4001]);
  set.open([A, B, CHOSEN]);
  assertEquals(host.done, ["+1", "+2", "+4001", "~1", "+1"]);
});

Deno.test("ListenerSet.stop() closes all of them at once", async () => {
  const { host, set } = hosted();
  set.open([A, B]);
  await set.stop();
  assertEquals([set.addresses, host.done], [[], ["+1", "+2", "-1", "-2"]]);
});
