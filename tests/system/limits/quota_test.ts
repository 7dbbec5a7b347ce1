/**
 * Tests of `system/limits/quota.ts`: a client is counted under all of its limits or under none.
 *
 * @module
 */
import { Quota } from "../../../system/limits/quota.ts";
import { assertEquals } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";

Deno.test("Quota.acquire() counts the client under each limit or under none", () => {
  const shared = counters();
  const client = { clientId: 1, ip: "192.0.2.1" };
  const stream = (most: number) => ({ limit: "max_players_per_stream", name: "live/a", most }) as const;
  const vhost = (most: number) => ({ limit: "max_players_per_vhost", name: "v", most }) as const;
  const first = new Quota(shared, client);
  assertEquals(first.acquire([stream(2), vhost(1)]), undefined);
  const second = new Quota(shared, client);
  assertEquals(second.acquire([stream(2), vhost(1)]), "max_players_per_vhost");
  assertEquals(shared.limits.counts().max_players_per_vhost, 1);
  assertEquals(shared.counts.count("max_players_per_stream live/a"), 1);
  first.release();
  assertEquals(second.acquire([stream(2), vhost(1)]), undefined);
  assertEquals(new Quota(shared, client).acquire([stream(0), vhost(0)]), undefined);
});

Deno.test("Quota.acquire() counts where there is no limit, for the one that a reload may set", () => {
  const shared = counters();
  const client = { clientId: 1, ip: "192.0.2.1" };
  const vhost = (most: number) => [{ limit: "max_publishers_per_vhost", name: "v", most }] as const;
  const first = new Quota(shared, client);
  assertEquals(first.acquire(vhost(0)), undefined);
  const second = new Quota(shared, client);
  assertEquals(second.acquire(vhost(1)), "max_publishers_per_vhost");
  first.release();
  assertEquals(second.acquire(vhost(1)), undefined);
});
