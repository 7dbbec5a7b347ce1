/**
 * Addresses whose configuration is replaced: what has not changed stays, and what is owed keeps its address.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Endpoints } from "../../../hooks/client/endpoints.ts";
import type { HooksOptions, VhostHookOptions } from "../../../hooks/options.ts";
import type { OutboxRow } from "../../../hooks/outbox/outbox_row.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "../../support/assert.ts";
import { hooksOptions, MemoryLog, vhostHooks } from "../../support/hooks/hook_fixtures.ts";
import { outboxRow, SESSION_FACTS } from "../../support/hooks/outbox_rows.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const ONE = "http://127.0.0.1:8085/a";
const TWO = "http://127.0.0.1:8086/a";

function optionsOf(vhosts: Readonly<Record<string, VhostHookOptions>>): HooksOptions {
  return { ...hooksOptions(vhostHooks({})), vhosts: new Map(Object.entries(vhosts)) };
}

function endpointsOf(vhosts: Readonly<Record<string, VhostHookOptions>>): Endpoints {
  return new Endpoints(optionsOf(vhosts), new ManualClock(), new MemoryLog());
}

/** A row of an ending in a vhost. */
function rowOf(vhost: string, url: string): OutboxRow {
  return outboxRow("1", { url, facts: { ...SESSION_FACTS, vhost } });
}

Deno.test("Endpoints.replace() keeps what has not changed: addresses, connections, and the generation of a plan", () => {
  const endpoints = endpointsOf({ a: vhostHooks({ on_play: [ONE] }), b: vhostHooks({ on_play: [ONE] }) });
  const before = ["a", "b"].map((vhost) => endpoints.plan(vhost, "on_play"));
  const [address] = endpoints.addressesOf("a", "on_play");
  endpoints.replace(
    optionsOf({ a: vhostHooks({ on_play: [ONE] }), b: vhostHooks({ on_play: [ONE] }, { timeoutMs: 7 }) }),
  );
  const after = ["a", "b"].map((vhost) => endpoints.plan(vhost, "on_play"));
  assertStrictEquals(endpoints.addressesOf("a", "on_play")[0], address);
  assertEquals(after[0]?.generation, before[0]?.generation);
  assert(after[1] !== undefined && after[1].generation !== before[1]?.generation);
  assertEquals(endpoints.addressesOf("b", "on_play")[0]?.calls.options.timeoutMs, 7);
  endpoints.close();
});

Deno.test("Endpoints.replace() keeps nothing of the table before", async () => {
  const endpoints = endpointsOf({ a: vhostHooks({ on_play: [ONE] }) });
  const plan = new WeakRef(endpoints.plan("a", "on_play") ?? {});
  endpoints.replace(optionsOf({ a: vhostHooks({ on_play: [ONE] }) }));
  // What a turn has looked at through a reference is kept until it is over.
  await new Promise((resolve) => setTimeout(resolve, 0));
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  assertEquals(plan.deref(), undefined);
  endpoints.close();
});

Deno.test("Endpoints.replace() keeps an origin with its calls and breaker, under its new settings, and the counts of an address", () => {
  const endpoints = endpointsOf({
    a: vhostHooks({ on_play: [ONE] }, { maxConcurrency: 2, breakerFailures: 1 }),
  });
  const [before] = endpoints.addressesOf("a", "on_play");
  assert(before !== undefined);
  before.stats.count("error", 1, "no answer");
  before.origin.breaker.fail("call", 0);
  assertEquals([before.origin.slots.tryRequest(), before.origin.slots.tryRequest()], [true, false]);
  endpoints.replace(
    optionsOf({ a: vhostHooks({ on_play: [ONE] }, { maxConcurrency: 9, breakerFailures: 3 }) }),
  );
  const [after] = endpoints.addressesOf("a", "on_play");
  assertStrictEquals(after?.origin, before.origin);
  assertEquals(after?.stats.snapshot().verdicts.error, 1);
  assertEquals([before.origin.breaker.state, before.origin.slots.tryRequest()], ["open", true]);
  endpoints.close();
});

Deno.test("Endpoints.ofRow() has the address that a row was owed to, with what its vhost has for calls now", () => {
  const endpoints = endpointsOf({ a: vhostHooks({ on_stop: [ONE] }), b: vhostHooks({ on_stop: [ONE] }) });
  const former = endpoints.addressesOf("b", "on_stop")[0];
  endpoints.replace(optionsOf({ a: vhostHooks({ on_stop: [TWO] }, { headers: { a: "new" } }) }));
  const moved = endpoints.ofRow(rowOf("a", ONE));
  assertEquals([moved.url, moved.calls.options.headers], [ONE, { a: "new" }]);
  assertStrictEquals(endpoints.ofRow(rowOf("b", ONE)), former);
  assertEquals([...endpoints.all()].map(({ url }) => url), [TWO]);
  endpoints.replace(optionsOf({ b: vhostHooks({ on_stop: [ONE] }, { headers: { b: "back" } }) }));
  assertEquals(endpoints.ofRow(rowOf("b", ONE)).calls.options.headers, { b: "back" });
  assertThrows(() => endpoints.ofRow(rowOf("b", TWO)), Error, "not configured");
  endpoints.close();
});

Deno.test("Endpoints.replace() with a secret that cannot be used changes nothing", () => {
  const endpoints = endpointsOf({ a: vhostHooks({ on_play: [ONE] }, { breakerFailures: 2 }) });
  const plan = endpoints.plan("a", "on_play");
  const bad = vhostHooks({ on_play: [ONE] }, { secrets: ["whsec_%%%"], breakerFailures: 1 });
  assertThrows(() => endpoints.replace(optionsOf({ z: bad })), Error, "padding");
  assertStrictEquals(endpoints.plan("a", "on_play"), plan);
  assertEquals([plan?.requests[0]?.origin.breaker.fail("call", 0)], [false]);
  endpoints.close();
});

Deno.test("Endpoints.replace() forgets the oldest of very many former addresses, but none that something is owed to", () => {
  const urlsOf = (round: number) => Array.from({ length: 300 }, (_, i) => `${ONE}/${round}/${i}`);
  const endpoints = endpointsOf({ a: vhostHooks({ on_stop: urlsOf(0) }) });
  const owed = rowOf("a", `${ONE}/0/7`);
  for (let round = 1; round < 6; round++) {
    endpoints.replace(optionsOf({ a: vhostHooks({ on_stop: urlsOf(round) }) }), [owed]);
  }
  const known = Array.from(
    { length: 6 },
    (_, round) => urlsOf(round).filter((url) => endpoints.knows(rowOf("a", url))),
  );
  assertEquals(known.map(({ length }) => length), [1, 99, 300, 300, 300, 300]);
  assertEquals(endpoints.ofRow(owed).url, owed.url);
  endpoints.close();
});
