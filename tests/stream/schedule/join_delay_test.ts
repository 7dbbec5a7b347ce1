/**
 * Players that wait a moment. A timer that is left over would be found by the sanitizer.
 *
 * @module
 */
import { JoinDelay } from "../../../stream/schedule/join_delay.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("JoinDelay go on in their order after 10 ms or more, those that come later too", async () => {
  const joinDelay = new JoinDelay();
  const settled: string[] = [];
  const waits: number[] = [];
  const add = (name: string): void => {
    const since = performance.now();
    joinDelay.add({
      settle: () => {
        settled.push(name);
        waits.push(performance.now() - since);
      },
    });
  };
  add("a");
  add("b");
  await sleep(7);
  add("c");
  while (settled.length < 3) await sleep(1);
  assertEquals(settled, ["a", "b", "c"]);
  add("d");
  while (settled.length < 4) await sleep(1);
  assert(waits.every((ms) => ms >= 9), `${waits} ms`);
});

Deno.test("JoinDelay.close() forgets who waits", async () => {
  const joinDelay = new JoinDelay();
  let settled = 0;
  joinDelay.add({ settle: () => settled++ });
  joinDelay.close();
  await sleep(30);
  assertEquals(settled, 0);
});
