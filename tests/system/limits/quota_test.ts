/**
 * Tests of `system/limits/quota.ts`: a client is counted under all of its limits or under none.
 *
 * @module
 */
import { acquireQuota, type QuotaLease, type QuotaLimit } from "../../../system/limits/quota.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";

const CLIENT = { clientId: 1, ip: "192.0.2.1" };

function acquired(wanted: readonly QuotaLimit[], shared: ReturnType<typeof counters>): QuotaLease {
  const quota = acquireQuota(wanted, CLIENT, shared);
  assert(typeof quota !== "string");
  return quota;
}

Deno.test("acquireQuota() counts the client under each limit or under none", () => {
  const shared = counters();
  const stream = (most: number) => ({ limit: "max_players_per_stream", name: "live/a", most }) as const;
  const vhost = (most: number) => ({ limit: "max_players_per_vhost", name: "v", most }) as const;
  const first = acquired([stream(2), vhost(1)], shared);
  assertEquals(acquireQuota([stream(2), vhost(1)], CLIENT, shared), "max_players_per_vhost");
  assertEquals(shared.limits.counts().max_players_per_vhost, 1);
  assertEquals(shared.counts.count("max_players_per_stream live/a"), 1);
  first.release();
  first.release();
  acquired([stream(2), vhost(1)], shared);
  acquired([stream(0), vhost(0)], shared);
});

Deno.test("acquireQuota() counts where there is no limit, for the one that a reload may set", () => {
  const shared = counters();
  const vhost = (most: number) => [{ limit: "max_publishers_per_vhost", name: "v", most }] as const;
  const first = acquired(vhost(0), shared);
  assertEquals(acquireQuota(vhost(1), CLIENT, shared), "max_publishers_per_vhost");
  first.release();
  acquired(vhost(1), shared);
});
