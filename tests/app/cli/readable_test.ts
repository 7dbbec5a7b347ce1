/**
 * Numbers as `srs ctl` prints them.
 *
 * @module
 */
import {
  readableBytes,
  readableMoment,
  readableSeconds,
  readableShare,
  readableWait,
} from "../../../app/cli/readable.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("readableBytes() has four digits and a unit", () => {
  assertEquals([0, 9999, 10_240, 123_456_789, 5 * 1024 ** 6].map(readableBytes), [
    ...["0 B", "9999 B", "10 KiB", "117.7 MiB"],
    "5243000 TiB",
  ]);
});

Deno.test("readableSeconds() has the two largest units", () => {
  assertEquals([0, 59.9, 61, 7384, 2 * 86_400 + 3 * 3600 + 59].map(readableSeconds), [
    ...["0 s", "59 s", "1 min 1 s", "2 h 3 min", "2 d 3 h"],
  ]);
});

Deno.test("readableWait() says that 0 has no end", () => {
  assertEquals([500, 59_000, 600_000].map(readableWait), ["0.5 s", "59 s", "10 min 0 s"]);
  assertEquals(readableWait(0), "none, clients stay as long as they like (set grace_drain)");
});

Deno.test("readableMoment() is in UTC, and readableShare() of a hundred", () => {
  assertEquals(readableMoment(1_700_000_000_123), "2023-11-14T22:13:20Z");
  assertEquals([readableShare(0.0514), readableShare(1.5)], ["5.1 %", "150 %"]);
});
