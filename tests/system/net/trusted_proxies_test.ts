/**
 * Whose word on their clients counts, and what they say in requests.
 *
 * @module
 */
import { TrustedProxies } from "../../../system/net/trusted_proxies.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const PROXIES = new TrustedProxies(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);

Deno.test("TrustedProxies.has() knows addresses and networks of both families", () => {
  for (const ip of ["10.1.2.3", "192.0.2.1", "2001:db8:1::7", "::ffff:10.0.0.1"]) assert(PROXIES.has(ip), ip);
  for (const ip of ["11.0.0.1", "192.0.2.2", "::1", "127.0.0.1", "none"]) assert(!PROXIES.has(ip), ip);
  assert(!new TrustedProxies([]).has("10.0.0.1"));
  assert(new TrustedProxies(["::ffff:10.0.0.0/104"]).has("10.0.0.1"));
});

const REQUESTS = [
  { from: "10.0.0.1", forwardedFor: "203.0.113.9", client: "203.0.113.9" },
  // What the client itself has claimed is left of what the proxies have seen.
  { from: "10.0.0.1", forwardedFor: "1.1.1.1, 203.0.113.9, 10.0.0.2", client: "203.0.113.9" },
  { from: "10.0.0.1", forwardedFor: "10.0.0.3, 10.0.0.2", client: "10.0.0.3" },
  { from: "10.0.0.1", forwardedFor: "203.0.113.9:4711", client: "203.0.113.9" },
  { from: "10.0.0.1", forwardedFor: "[2001:db9::9]:4711", client: "2001:db9::9" },
  { from: "10.0.0.1", forwardedFor: "::ffff:203.0.113.9", client: "203.0.113.9" },
  { from: "10.0.0.1", forwardedFor: "203.0.113.9, unknown", client: "10.0.0.1" },
  { from: "10.0.0.1", forwardedFor: "203.0.113.9, bad, 10.0.0.2", client: "10.0.0.2" },
  { from: "10.0.0.1", forwardedFor: "", realIp: "203.0.113.9", client: "203.0.113.9" },
  { from: "10.0.0.1", forwardedFor: "203.0.113.8", realIp: "203.0.113.9", client: "203.0.113.8" },
  { from: "10.0.0.1", forwardedFor: "", client: "10.0.0.1" },
  { from: "203.0.113.5", forwardedFor: "203.0.113.9", realIp: "203.0.113.9", client: "203.0.113.5" },
] as const;

for (const { from, forwardedFor, client, ...rest } of REQUESTS) {
  const realIp = "realIp" in rest ? rest.realIp : "";
  Deno.test(`TrustedProxies.clientOf(): ${from} with "${forwardedFor}" and "${realIp}" speaks for ${client}`, () => {
    assertEquals(PROXIES.clientOf(from, { forwardedFor, realIp }), client);
  });
}
