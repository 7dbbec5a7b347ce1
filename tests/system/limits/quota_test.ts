/**
 * Tests of `rtmp/places.ts`, `rtmp/hashed_counts.ts` and `rtmp/doorkeeper.ts`: places are counted by name, taken all
 * or none, and given back once.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { Doorkeeper, OwnCount } from "../../../rtmp/server/connection_limiter.ts";
import { HashedCounts } from "../../../system/limits/shared_counters.ts";
import { LimitCounters } from "../../../system/limits/limit_counters.ts";
import { Places } from "../../../system/limits/quota.ts";
import type { Log } from "../../../core/mod.ts";
import { loadConfig } from "../../../config/build/load_config.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function books(cells?: Int32Array, write: Log["write"] = () => {}) {
  const hash = (name: string): Uint8Array => createHmac("sha256", "fixed").update(name).digest();
  return {
    counts: new HashedCounts(hash, cells),
    limits: new LimitCounters({ write }, () => 0),
  };
}

Deno.test("HashedCounts.claim() gives so many claims of a name, and again what was given back, once", () => {
  const { counts } = books();
  const first = counts.claim("a", 2);
  assert(first !== undefined && counts.claim("a", 2) !== undefined);
  assertEquals(counts.claim("a", 2), undefined);
  assert(counts.claim("b", 2) !== undefined);
  first.giveBack();
  first.giveBack();
  assertEquals(counts.count("a"), 1);
  assert(counts.claim("a", 2) !== undefined);
  assertEquals(counts.claim("a", 2), undefined);
});

Deno.test("HashedCounts of several threads count together", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4 * 1024));
  const [a, b] = [books(cells).counts, books(cells).counts];
  assert(a.claim("name", 1) !== undefined);
  assertEquals(b.claim("name", 1), undefined);
});

Deno.test("Places.take() takes a place under each limit or none", () => {
  const shared = books();
  const culprit = { clientId: 1, ip: "192.0.2.1" };
  const stream = (most: number) => ({ limit: "max_players_per_stream", name: "live/a", most }) as const;
  const vhost = (most: number) => ({ limit: "max_players_per_vhost", name: "v", most }) as const;
  const first = new Places(shared, culprit);
  assertEquals(first.take([stream(2), vhost(1)]), undefined);
  const second = new Places(shared, culprit);
  assertEquals(second.take([stream(2), vhost(1)]), "max_players_per_vhost");
  assertEquals(shared.limits.counts().max_players_per_vhost, 1);
  assertEquals(shared.counts.count("max_players_per_stream live/a"), 1);
  first.giveBack();
  assertEquals(second.take([stream(2), vhost(1)]), undefined);
  assertEquals(new Places(shared, culprit).take([stream(0), vhost(0)]), undefined);
});

function doorkeeper(maxConnections: number, maxConnectionsPerIp: number, write?: Log["write"]) {
  const { rtmp } = loadConfig({ env: {}, version: "", serverId: "" }).config;
  const options = { ...rtmp, maxConnections, limits: { ...rtmp.limits, maxConnectionsPerIp } };
  const shared = books(undefined, write);
  const count = new OwnCount();
  return { door: new Doorkeeper(options, shared, count), limits: shared.limits };
}

Deno.test("Doorkeeper.admit() counts all connections, and gives a place back", () => {
  const { door, limits } = doorkeeper(2, 2);
  const leave = door.admit("192.0.2.1");
  assert(leave !== undefined && door.admit("192.0.2.2") !== undefined);
  assertEquals(door.admit("192.0.2.3"), undefined);
  assertEquals(limits.counts().max_connections, 1);
  leave();
  assert(door.admit("192.0.2.3") !== undefined);
});

Deno.test("Doorkeeper.admit() lets one address have no more than its share, loopback too where it is said", () => {
  const { door, limits } = doorkeeper(10, 2);
  assert(door.admit("::1") !== undefined && door.admit("::1") !== undefined);
  assertEquals(door.admit("::1"), undefined);
  assert(door.admit("192.0.2.1") !== undefined);
  assertEquals(limits.counts().max_connections_per_ip, 1);
});

Deno.test("Doorkeeper.admit() by default gives one address half of all, and loopback all", () => {
  const { door } = doorkeeper(4, 0);
  assert(door.admit("192.0.2.1") !== undefined && door.admit("192.0.2.1") !== undefined);
  assertEquals(door.admit("192.0.2.1"), undefined);
  const { door: own } = doorkeeper(4, 0);
  for (let i = 0; i < 4; i++) assert(own.admit("127.0.0.1") !== undefined);
  assertEquals(own.admit("127.0.0.1"), undefined);
});

Deno.test("Doorkeeper.admit() counts an IPv6 network of 64 bits as one address, and says which", () => {
  const lines: unknown[] = [];
  const { door } = doorkeeper(10, 2, (_level, _clientId, _message, fields) => lines.push(fields?.detail));
  assert(door.admit("2001:db8:0:1::1") !== undefined && door.admit("2001:db8:0:1:ffff::2") !== undefined);
  assertEquals(door.admit("2001:db8:0:1::3"), undefined);
  assertEquals(lines, ["2 already: 2001:db8:0:1::/64"]);
  assert(door.admit("2001:db8:0:2::1") !== undefined);
});
