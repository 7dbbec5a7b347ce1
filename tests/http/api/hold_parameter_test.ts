/**
 * How long a kicked publisher stays away, as the caller of the API says.
 *
 * @module
 */
import { holdOf } from "../../../http/api/hold_parameter.ts";
import { assertEquals } from "../../support/assert.ts";

const GOOD: readonly (readonly [query: string, holdMs: number | undefined])[] = [
  ["", undefined],
  ["other=1", undefined],
  ["hold=0", 0],
  ["hold=60", 60_000],
  ["hold=2.5", 2500],
  ["hold=86400", 86_400_000],
];
for (const [query, holdMs] of GOOD) {
  Deno.test(`holdOf() of "${query}" is ${holdMs} ms`, () => {
    assertEquals(holdOf(new URLSearchParams(query)), holdMs === undefined ? {} : { holdMs });
  });
}

for (const query of ["hold=", "hold=-1", "hold=1e3", "hold=86401", "hold=60s", "hold=NaN", "hold=1&hold=2"]) {
  Deno.test(`holdOf() refuses "${query}"`, () => {
    const hold = holdOf(new URLSearchParams(query));
    const shown = query.replaceAll("hold=", "").replace("&", " and ");
    assertEquals(hold, {
      fault: `Cannot hold the name for "${shown}": hold is a number of seconds, 0 to 86400`,
    });
  });
}
