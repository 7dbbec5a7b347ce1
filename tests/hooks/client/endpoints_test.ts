/**
 * What vhosts and addresses share.
 *
 * @module
 */
import { Endpoints } from "../../../hooks/client/endpoints.ts";
import type { VhostHookOptions } from "../../../hooks/options.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";
import { hooksOptions, MemoryLog, vhostHooks } from "../../support/hooks/hook_fixtures.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const URLS = { on_play: ["http://127.0.0.1:8085/a", "http://127.0.0.1:8085/b", "http://127.0.0.1:8086/a"] };

/** The addresses of these vhosts; they are closed by the caller. */
function endpointsOf(vhosts: Readonly<Record<string, VhostHookOptions>>): Endpoints {
  const options = { ...hooksOptions(vhostHooks({})), vhosts: new Map(Object.entries(vhosts)) };
  return new Endpoints(options, new ManualClock(), new MemoryLog());
}

Deno.test("Endpoints of vhosts share connections where their certificates and proxy are the same", () => {
  const endpoints = endpointsOf({
    a: vhostHooks(URLS),
    b: vhostHooks(URLS, { payload: "1.0", timeoutMs: 1 }),
    c: vhostHooks(URLS, { proxy: "http://127.0.0.1:3128" }),
  });
  const [a, b, c] = ["a", "b", "c"].map((vhost) => endpoints.addressesOf(vhost, "on_play")[0]?.calls);
  assert(a !== undefined && b !== undefined && c !== undefined);
  assertStrictEquals(a.caller, b.caller);
  assert(a.caller !== c.caller);
  assertEquals([a, b].map(({ options }) => options.payload), ["full", "1.0"]);
  endpoints.close();
});

Deno.test("Endpoints at one scheme, host and port share an origin, with the strictest limits of all vhosts", () => {
  const endpoints = endpointsOf({
    a: vhostHooks(URLS, { maxConcurrency: 2, breakerFailures: 9, breakerOpenMs: 1000 }),
    b: vhostHooks(URLS, { maxConcurrency: 9, breakerFailures: 2, breakerOpenMs: 2000 }),
    off: vhostHooks(URLS, { enabled: false, maxConcurrency: 1, breakerFailures: 1 }),
  });
  const [first, second, third] = endpoints.addressesOf("a", "on_play");
  assert(first !== undefined && second !== undefined && third !== undefined);
  assertStrictEquals(first.origin, second.origin);
  assertStrictEquals(first.origin, endpoints.addressesOf("b", "on_play")[0]?.origin);
  assert(first.origin !== third.origin);
  assertEquals([...endpoints.origins()].map(({ name }) => name), [
    "http://127.0.0.1:8085",
    "http://127.0.0.1:8086",
  ]);
  const { slots, breaker } = first.origin;
  assertEquals([slots.tryRequest(), slots.tryRequest(), slots.tryNotification(), slots.tryNotification()], [
    ...[true, false, true, false],
  ]);
  assertEquals([breaker.fail("call", 0), breaker.fail("call", 0)], [false, true]);
  assertEquals([breaker.admit(1999), breaker.admit(2000)], [undefined, "probe"]);
  endpoints.close();
});

Deno.test("Endpoints of a vhost whose hooks are off are none", () => {
  const endpoints = endpointsOf({ off: vhostHooks(URLS, { enabled: false }) });
  assertEquals([
    endpoints.configured,
    endpoints.plan("off", "on_play"),
    endpoints.addressesOf("off", "on_play"),
  ], [
    ...[false, undefined, []],
  ]);
  endpoints.close();
});

Deno.test("RequestPlan pairs a request with the endings at its address, else with those at its origin", () => {
  const [address, sibling, elsewhere] = URLS.on_play;
  const pairsOf = (endings: readonly (string | undefined)[]) => {
    const on_stop = endings.filter((url) => url !== undefined);
    const endpoints = endpointsOf({ v: vhostHooks({ on_play: address ?? "", on_stop }) });
    const plan = endpoints.plan("v", "on_play");
    endpoints.close();
    return plan?.requests.map(({ pairs }) => pairs);
  };
  assertEquals(pairsOf([elsewhere, sibling, address]), [[2]]);
  assertEquals(pairsOf([elsewhere, sibling]), [[1]]);
  assertEquals(pairsOf([elsewhere]), [[]]);
});
