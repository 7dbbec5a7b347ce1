/**
 * Tests of `stream/admission/connection_limiter.ts`: connections are counted in all and by address.
 *
 * @module
 */
import { ConnectionLimiter, LocalConnectionCount } from "../../../stream/admission/connection_limiter.ts";
import type { Log } from "../../../core/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";

function limiterOf(maxConnections: number, maxConnectionsPerIp: number, write?: Log["write"]) {
  const limits = { limit: "max_connections", limitPerIp: "max_connections_per_ip" } as const;
  const bounds = { maxConnections, maxConnectionsPerIp, ...limits };
  const shared = counters(undefined, write);
  const count = new LocalConnectionCount();
  return { limiter: new ConnectionLimiter(bounds, shared, count), limits: shared.limits };
}

Deno.test("ConnectionLimiter.admit() counts all connections, and those that are gone no longer", () => {
  const { limiter, limits } = limiterOf(2, 2);
  const first = limiter.admit("192.0.2.1");
  assert(typeof first !== "string" && typeof limiter.admit("192.0.2.2") !== "string");
  assertEquals(limiter.admit("192.0.2.3"), "max_connections");
  assertEquals(limits.counts().max_connections, 1);
  first.leave();
  assert(typeof limiter.admit("192.0.2.3") !== "string");
});

Deno.test("ConnectionLimiter.admit() bounds the connections of one address, those of loopback too where it is configured", () => {
  const { limiter, limits } = limiterOf(10, 2);
  assert(typeof limiter.admit("::1") !== "string" && typeof limiter.admit("::1") !== "string");
  assertEquals(limiter.admit("::1"), "max_connections_per_ip");
  assert(typeof limiter.admit("192.0.2.1") !== "string");
  assertEquals(limits.counts().max_connections_per_ip, 1);
});

Deno.test("ConnectionLimiter.admit() permits a single connection of an address where that is configured", () => {
  const { limiter } = limiterOf(10, 1);
  const first = limiter.admit("192.0.2.1");
  assertEquals(limiter.admit("192.0.2.1"), "max_connections_per_ip");
  assert(typeof first !== "string" && typeof limiter.admit("192.0.2.2") !== "string");
  first.leave();
  assert(typeof limiter.admit("192.0.2.1") !== "string");
});

Deno.test("ConnectionLimiter.admit() by default gives one address half of all, and loopback all", () => {
  const { limiter } = limiterOf(4, 0);
  assert(
    typeof limiter.admit("192.0.2.1") !== "string" && typeof limiter.admit("192.0.2.1") !== "string",
  );
  assertEquals(limiter.admit("192.0.2.1"), "max_connections_per_ip");
  const { limiter: own } = limiterOf(4, 0);
  for (let i = 0; i < 4; i++) assert(typeof own.admit("127.0.0.1") !== "string");
  assertEquals(own.admit("127.0.0.1"), "max_connections");
});

Deno.test("ConnectionLimiter.admit() counts an IPv6 network of 64 bits as one address, and says which", () => {
  const lines: unknown[] = [];
  const { limiter } = limiterOf(10, 2, (_level, _clientId, _message, fields) => lines.push(fields?.detail));
  assert(
    typeof limiter.admit("2001:db8:0:1::1") !== "string" &&
      typeof limiter.admit("2001:db8:0:1:ffff::2") !== "string",
  );
  assertEquals(limiter.admit("2001:db8:0:1::3"), "max_connections_per_ip");
  assertEquals(lines, ["2 already: 2001:db8:0:1::/64"]);
  assert(typeof limiter.admit("2001:db8:0:2::1") !== "string");
});

Deno.test("AdmittedConnection.releaseAddress() makes room for its address, and none in all", () => {
  const { limiter, limits } = limiterOf(2, 1);
  const first = limiter.admit("192.0.2.1");
  assert(typeof first !== "string");
  assertEquals(limiter.admit("192.0.2.1"), "max_connections_per_ip");
  first.releaseAddress();
  const second = limiter.admit("192.0.2.1");
  assert(typeof second !== "string");
  assertEquals(limiter.admit("192.0.2.1"), "max_connections");
  // Its own share was given back already: leaving gives back no other's.
  first.leave();
  assertEquals(limiter.admit("192.0.2.1"), "max_connections_per_ip");
  second.leave();
  assert(typeof limiter.admit("192.0.2.1") !== "string");
  assertEquals(limits.counts().max_connections_per_ip, 2);
});
