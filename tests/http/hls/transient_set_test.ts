import { TransientSet } from "../../../http/hls/transient_set.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("TransientSet has what was added and neither deleted nor taken", () => {
  const members = Array.from({ length: 6 }, (_, number) => ({ number }));
  const set = new TransientSet<{ readonly number: number }>();
  const numbers = () => set.list.map(({ number }) => number).toSorted((a, b) => a - b);
  for (const member of members) set.add(member);
  assertEquals([numbers(), set.size], [[0, 1, 2, 3, 4, 5], 6]);
  const [first = { number: -1 }, , , fourth = { number: -1 }, , last = { number: -1 }] = members;
  set.delete(last);
  set.delete(first);
  set.delete(first);
  assertEquals([numbers(), set.size], [[1, 2, 3, 4], 4]);
  assertEquals(set.take(({ number }) => number % 2 === 0).map(({ number }) => number).toSorted(), [2, 4]);
  assertEquals([numbers(), set.size], [[1, 3], 2]);
  set.add(first);
  set.delete(fourth);
  assertEquals(numbers(), [0, 1]);
  assertEquals(set.take(() => true).length, 2);
  assertEquals([set.list, set.size, set.take(() => true)], [[], 0, []]);
});
