/**
 * Parts of lists.
 *
 * @module
 */
import { pageRangeOf } from "../../../http/api/page.ts";
import { assertEquals } from "../../support/assert.ts";

const LIST = Array.from({ length: 25 }, (_, i) => i);

const CASES = [
  { query: "", first: 0, length: 10 },
  { query: "start=20", first: 20, length: 5 },
  { query: "start=5&count=2", first: 5, length: 2 },
  { query: "count=1000", first: 0, length: 25 },
  { query: "count=0", first: 0, length: 1 },
  { query: "start=25", first: undefined, length: 0 },
  { query: "start=-1&count=-5", first: 0, length: 10 },
  { query: "start=1e1&count=0x2", first: 0, length: 10 },
  { query: "start=99999999999999999999", first: 0, length: 10 },
];
for (const { query, first, length } of CASES) {
  Deno.test(`pageRangeOf() gives ${length} from ${first} for ?${query}`, () => {
    const { start, end } = pageRangeOf(new URLSearchParams(query), LIST.length);
    const page = LIST.slice(start, end);
    assertEquals([page[0], page.length], [first, length]);
  });
}
