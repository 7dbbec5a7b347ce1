/**
 * Players that wait a moment.
 *
 * @module
 */
import { JoinDelay } from "../../../stream/schedule/join_delay.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

Deno.test("JoinDelay go on in their order after 10 to 20 ms, those that come later too", async () => {
  const clock = new ManualClock();
  const from = clock.now();
  const joinDelay = new JoinDelay(clock);
  const settled: string[] = [];
  const add = (name: string) =>
    joinDelay.add({ settle: () => settled.push(`${name} ${clock.now() - from}`) });
  add("a");
  add("b");
  await clock.advance(7);
  add("c");
  await clock.advance(5);
  add("d");
  await clock.advance(100);
  assertEquals(settled, ["a 20", "b 20", "c 20", "d 30"]);
  add("e");
  await clock.advance(20);
  assertEquals(settled.at(-1), "e 132");
  assertEquals(clock.timers, 0);
});

Deno.test("JoinDelay.close() forgets who waits", async () => {
  const clock = new ManualClock();
  const joinDelay = new JoinDelay(clock);
  let settled = 0;
  joinDelay.add({ settle: () => settled++ });
  joinDelay.close();
  assertEquals(clock.timers, 0);
  await clock.advance(100);
  assertEquals(settled, 0);
});
