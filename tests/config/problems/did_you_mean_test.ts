/**
 * How far from a name is still near enough to be meant.
 *
 * @module
 */

import { didYouMean } from "../../../config/problems/did_you_mean.ts";
import { assertEquals } from "../../support/assert.ts";

const DISTANCES = [
  { name: "a third of nine letters", written: "abcdefghi", known: "abcdefxyz", found: true },
  { name: "one letter more than a third of nine", written: "abcdefghi", known: "abcdewxyz", found: false },
  { name: "a third of six letters", written: "listen", known: "lixyen", found: true },
  { name: "one letter more than a third of six", written: "listen", known: "lixyzn", found: false },
  { name: "a third of eight letters, rounded down", written: "abcdefgh", known: "abcdefxy", found: true },
  { name: "more than a third of eight letters", written: "abcdefgh", known: "abcdexyz", found: false },
  { name: "one letter of two", written: "ab", known: "ax", found: true },
  { name: "both letters of two", written: "ab", known: "xy", found: false },
  { name: "one letter of five", written: "abcde", known: "abcdx", found: true },
  { name: "two letters of five", written: "abcde", known: "abcxy", found: false },
  { name: "two letters that are swapped, of three", written: "pdi", known: "pid", found: true },
  { name: "a missing letter", written: "lsten", known: "listen", found: true },
  { name: "a letter too many", written: "liisten", known: "listen", found: true },
  { name: "dashes and capitals", written: "Max-Connections", known: "max_connections", found: true },
  { name: "a name of 64 letters", written: "a".repeat(64), known: "a".repeat(63), found: true },
  { name: "no name that is longer", written: "a".repeat(65), known: "a".repeat(64), found: false },
];
for (const { name, written, known, found } of DISTANCES) {
  Deno.test(`didYouMean() ${found ? "finds" : "does not find"} what differs by ${name}`, () => {
    assertEquals(didYouMean(written, [known]), found ? known : undefined);
  });
}

Deno.test("didYouMean() takes the nearest, and of two as near the first", () => {
  assertEquals(didYouMean("on_publis", ["on_unpublish", "on_publish"]), "on_publish");
  assertEquals(didYouMean("abx", ["aby", "abz"]), "aby");
  assertEquals(didYouMean("abc", []), undefined);
});
