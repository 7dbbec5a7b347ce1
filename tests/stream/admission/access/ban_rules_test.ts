/**
 * Bans: what they match, and the one way to write them.
 *
 * @module
 */
import type { Ban } from "../../../../core/mod.ts";
import { BanRules, canonicalBan } from "../../../../stream/admission/access/ban_rules.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";

const BANS: readonly Ban[] = [
  { kind: "ip", value: "192.0.2.7" },
  { kind: "ip", value: "2001:db8::7" },
  { kind: "network", value: "198.51.100.0/24" },
  { kind: "network", value: "2001:db8:1::/48" },
  { kind: "stream", value: "/live/cam" },
  { kind: "stream", value: "video.example.com/live/cam" },
];
const RULES = new BanRules(BANS);

const CASES:
  readonly (readonly [ip: string, url: string | undefined, banned: "address" | "stream" | undefined])[] = [
    ["192.0.2.7", undefined, "address"],
    ["192.0.2.7", "/live/other", "address"],
    ["::ffff:192.0.2.7", undefined, "address"],
    ["192.0.2.8", undefined, undefined],
    ["2001:db8::7", undefined, "address"],
    ["2001:0db8:0:0::7", undefined, "address"],
    ["2001:db8::8", undefined, undefined],
    ["198.51.100.255", undefined, "address"],
    ["198.51.101.0", undefined, undefined],
    ["2001:db8:1:ffff::1", undefined, "address"],
    ["2001:db8:2::1", undefined, undefined],
    ["203.0.113.1", "/live/cam", "stream"],
    ["203.0.113.1", "/live/cam2", undefined],
    ["203.0.113.1", "video.example.com/live/cam", "stream"],
    ["not an address", undefined, undefined],
  ];
for (const [ip, streamUrl, banned] of CASES) {
  Deno.test(`BanRules.reasonFor() of ${ip} ${streamUrl ?? ""} is ${banned ?? "nothing"}`, () => {
    const reason = RULES.reasonFor({ ip, ...(streamUrl === undefined ? {} : { streamUrl }) });
    assertEquals(reason, banned === undefined ? undefined : `This ${banned} is banned`);
  });
}

const WRITTEN: readonly (readonly [kind: Ban["kind"], value: string, canonical: string | undefined])[] = [
  ["ip", "192.0.2.7", "192.0.2.7"],
  ["ip", "::FFFF:192.0.2.7", "192.0.2.7"],
  ["ip", "2001:DB8:0:0:0:0:0:7", "2001:db8::7"],
  ["ip", "192.0.2.0/24", undefined],
  ["ip", "192.0.2", undefined],
  ["ip", "fe80::1%eth0", undefined],
  ["ip", "", undefined],
  ["network", "192.0.2.0/24", "192.0.2.0/24"],
  ["network", "0.0.0.0/0", "0.0.0.0/0"],
  ["network", "192.0.2.77/24", "192.0.2.0/24"],
  ["network", "10.255.255.255/9", "10.128.0.0/9"],
  ["network", "192.0.2.77/32", "192.0.2.77/32"],
  ["network", "192.0.2.77/0", "0.0.0.0/0"],
  ["network", "::ffff:192.0.2.77/120", "192.0.2.0/24"],
  ["network", "2001:db8:ffff::7/33", "2001:db8:8000::/33"],
  ["network", "2001:db8::7/128", "2001:db8::7/128"],
  ["network", "2001:db8::7/0", "::/0"],
  ["network", "2001:DB8::/32", "2001:db8::/32"],
  ["network", "192.0.2.0", undefined],
  ["network", "192.0.2.0/33", undefined],
  ["network", "192.0/24", undefined],
  ["stream", "/live/cam", "/live/cam"],
  ["stream", "video.example.com/live/cam", "video.example.com/live/cam"],
  ["stream", "/a/b/cam", "/a/b/cam"],
  ["stream", "/live", undefined],
  ["stream", "live/", undefined],
  ["stream", "/live/a b", undefined],
  ["stream", "/live/a\u0000", undefined],
  ["stream", `/live/${"a".repeat(1024)}`, undefined],
];
for (const [kind, value, canonical] of WRITTEN) {
  Deno.test(`canonicalBan() of ${kind} "${value.slice(0, 40)}" is ${canonical ?? "refused"}`, () => {
    assertEquals(canonicalBan({ kind, value })?.value, canonical);
  });
}

Deno.test("BanRules refuses what is neither an address nor a network", () => {
  assertThrows(() => new BanRules([{ kind: "ip", value: "x" }]), RangeError);
  assertThrows(() => new BanRules([{ kind: "network", value: "x/1" }]), RangeError);
});
