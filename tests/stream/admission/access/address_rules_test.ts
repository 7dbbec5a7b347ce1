/**
 * Tests of `stream/admission/access/address_rules.ts`: the table of SRS's order, and every form of an address.
 *
 * @module
 */
import { AddressRules } from "../../../../stream/admission/access/address_rules.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";
import { rules } from "./support.ts";

interface Case {
  readonly name: string;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly ip: string;
  readonly publish: boolean;
  readonly play: boolean;
}

const CASES: readonly Case[] = [
  { name: "no rule at all admits nobody", allow: [], deny: [], ip: "192.0.2.1", publish: false, play: false },
  { name: "allow all", allow: ["play all"], deny: [], ip: "192.0.2.1", publish: false, play: true },
  {
    name: "an allow of one action closes the other",
    allow: ["publish 192.0.2.1"],
    deny: [],
    ip: "192.0.2.1",
    publish: true,
    play: false,
  },
  {
    name: "deny comes before allow",
    allow: ["play all", "publish all"],
    deny: ["publish 192.0.2.0/24"],
    ip: "192.0.2.77",
    publish: false,
    play: true,
  },
  {
    name: "deny alone admits the rest",
    allow: [],
    deny: ["publish 192.0.2.0/24"],
    ip: "198.51.100.1",
    publish: true,
    play: true,
  },
  { name: "deny all", allow: ["play all"], deny: ["play all"], ip: "::1", publish: false, play: false },
  {
    name: "an IPv6 network",
    allow: ["publish 2001:db8::/32"],
    deny: [],
    ip: "2001:db8:1::7",
    publish: true,
    play: false,
  },
  {
    name: "an IPv4-mapped address is IPv4",
    allow: ["publish 192.0.2.1"],
    deny: [],
    ip: "::ffff:192.0.2.1",
    publish: true,
    play: false,
  },
  {
    name: "an IPv4-mapped network is one of IPv4",
    allow: [],
    deny: ["publish ::ffff:10.0.0.0/104"],
    ip: "10.1.1.1",
    publish: false,
    play: true,
  },
  {
    name: "all IPv4-mapped addresses",
    allow: ["publish ::ffff:0:0/96"],
    deny: [],
    ip: "192.0.2.1",
    publish: true,
    play: false,
  },
  {
    name: "a network that holds everything of the other kind",
    allow: ["publish ::/0"],
    deny: [],
    ip: "192.0.2.1",
    publish: false,
    play: false,
  },
  {
    name: "an address that cannot be read matches all alone",
    allow: ["play all", "publish 0.0.0.0/0"],
    deny: [],
    ip: "nobody",
    publish: false,
    play: true,
  },
];

for (const { name, allow, deny, ip, publish, play } of CASES) {
  Deno.test(`AddressRules.admits(): ${name}`, () => {
    const address = new AddressRules({ enabled: true, allow: rules(...allow), deny: rules(...deny) });
    assertEquals([address.admits("publish", ip), address.admits("play", ip)], [publish, play]);
  });
}

Deno.test("AddressRules.admits(): rules that are off admit everybody", () => {
  const address = new AddressRules({ enabled: false, allow: [], deny: rules("play all") });
  assert(address.admits("play", "192.0.2.1"));
});

for (
  const from of [
    "",
    "localhost",
    "192.0.2",
    "192.0.2.1/33",
    "1/8",
    "fe80::1%eth0",
    "192.0.2.1/x",
    "::ffff:10.0.0.0/8",
  ]
) {
  Deno.test(`AddressRules refuses the range ${JSON.stringify(from)}`, () => {
    const make = () =>
      new AddressRules({ enabled: true, allow: [{ action: "play", from }], deny: [] }).admits("play", "::1");
    assertThrows(make, RangeError, "in a rule");
  });
}
