import { AddressGuard, AddressRefused } from "../../cluster/link/address_guard.ts";
import { SYSTEM_ADDRESSES } from "../../cluster/link/guard_system.ts";
import { assertEquals, assertRejects, assertThrows } from "../support/assert.ts";

const OWN = "203.0.113.9";

function guard(allowed: readonly string[] = [], names: Readonly<Record<string, readonly string[]>> = {}) {
  return new AddressGuard(allowed, {
    resolve: (name) => Promise.resolve(names[name] ?? [name]),
    ownAddresses: () => [OWN, "2001:db8:5::9"],
  });
}

Deno.test("AddressGuard permits addresses of the Internet, and no others", () => {
  const judge = guard();
  const permitted = [
    "8.8.8.8",
    "1.2.3.4",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "172.32.0.1",
    "192.167.255.255",
  ];
  assertEquals(permitted.filter((address) => judge.reasonAgainst(address) !== undefined), []);
  const refused = [
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255"],
    ...["192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1"],
    ...["224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", OWN, `::ffff:${OWN}`],
    ...[
      "::",
      "::1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::127.0.0.1",
      "fe80::1",
      "fe80::1%lo",
      "fd00:ec2::254",
    ],
    ...["64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1", "2001:db8::1", "2001:db8:5::9"],
    ...["fec0::1", "100::1", "no address", ""],
  ];
  assertEquals(refused.filter((address) => judge.reasonAgainst(address) === undefined), []);
});

Deno.test("AddressGuard permits what the operator named, the host itself included", () => {
  const judge = guard(["10.1.0.0/16", "127.0.0.1", OWN, "fd00::/8"]);
  const permitted = ["10.1.2.3", "::ffff:10.1.2.3", "127.0.0.1", OWN, "fd12::1"];
  assertEquals(permitted.filter((address) => judge.reasonAgainst(address) !== undefined), []);
  const refused = ["10.2.0.1", "127.0.0.2", "::1", "169.254.169.254"];
  assertEquals(refused.filter((address) => judge.reasonAgainst(address) === undefined), []);
});

Deno.test("permitted() leaves out the refused addresses of a name, and says why where none is left", async () => {
  const judge = guard([], { mixed: ["10.0.0.1", "8.8.8.8", "::1"], inside: ["192.168.0.7"] });
  assertEquals(await judge.permitted("mixed"), ["8.8.8.8"]);
  const error = await assertRejects(() => judge.permitted("inside"), AddressRefused);
  assertEquals(
    error.message,
    "inside is not an address of the Internet, but private (192.168.0.7): cluster.relay_allow does not permit it",
  );
  const own = await assertRejects(() => judge.permitted(OWN), AddressRefused);
  assertEquals(own.message, `${OWN} is an address of this host: cluster.relay_allow does not permit it`);
});

Deno.test("checkEnds() refuses a connection of the host with itself", () => {
  assertThrows(() => guard().checkEnds("198.51.100.7", "198.51.100.7"), AddressRefused);
  guard().checkEnds("198.51.100.7", "198.51.100.8");
  guard(["198.51.100.7"]).checkEnds("198.51.100.7", "198.51.100.7");
});

Deno.test("SYSTEM_ADDRESSES read every form of an address as connect() does", async () => {
  const judge = new AddressGuard([], SYSTEM_ADDRESSES);
  for (const name of ["localhost", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0", "::1"]) {
    await assertRejects(() => judge.permitted(name), AddressRefused);
  }
  for (const address of SYSTEM_ADDRESSES.ownAddresses()) {
    await assertRejects(() => judge.permitted(address), AddressRefused);
  }
  await assertRejects(() => judge.permitted("no-such-name.invalid"), Deno.errors.NotFound);
});
