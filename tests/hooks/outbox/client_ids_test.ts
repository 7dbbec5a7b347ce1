/**
 * Numbers of connections: each once, whatever the disk does meanwhile.
 *
 * @module
 */
import { ClientIdBlocks } from "../../../hooks/outbox/client_ids.ts";
import { assertEquals, assertGreater } from "../../support/assert.ts";

const BLOCK = 10;

function take(ids: ClientIdBlocks, count: number): number[] {
  return Array.from({ length: count }, () => ids.next());
}

/** Numbers from 1 on, in blocks that come when the test says; `reservedTo` is behind the last of them. */
function newIds(): { ids: ClientIdBlocks; arrive: () => Promise<void>; reservedTo: () => number } {
  let reserved = 1 + BLOCK;
  const waiting: (() => void)[] = [];
  const ids = new ClientIdBlocks(1, BLOCK);
  ids.reserveFrom(1, (from) =>
    new Promise((resolve) =>
      waiting.push(() => {
        const first = Math.max(reserved, from);
        resolve(first);
        reserved = first + BLOCK;
      })
    ));
  const arrive = async (): Promise<void> => {
    waiting.shift()?.();
    await Promise.resolve();
  };
  return { ids, arrive, reservedTo: () => reserved };
}

Deno.test("ClientIdBlocks.next() goes on with the next block, which came in time", async () => {
  const { ids, arrive } = newIds();
  const taken = take(ids, 6);
  await arrive();
  taken.push(...take(ids, 6));
  assertEquals(taken, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

Deno.test("ClientIdBlocks.next() gives no number twice when more than a block is taken at once", async () => {
  const { ids, arrive } = newIds();
  const taken = take(ids, 37);
  for (let round = 0; round < 20; round++) {
    await arrive();
    taken.push(...take(ids, 7));
  }
  assertEquals(new Set(taken).size, taken.length);
});

Deno.test("ClientIdBlocks reserves also what was counted on to while no block came", async () => {
  const { ids, arrive, reservedTo } = newIds();
  const taken = take(ids, 95);
  // Nobody takes a number meanwhile.
  for (let round = 0; round < 3; round++) await arrive();
  assertGreater(reservedTo(), Math.max(...taken));
});

Deno.test("ClientIdBlocks.next() counts on without end where nothing is reserved", () => {
  assertEquals(take(new ClientIdBlocks(5, BLOCK), 25).at(-1), 29);
});

Deno.test("ClientIdBlocks.reserveFrom() repeats none of the numbers that were given before", async () => {
  const ids = new ClientIdBlocks(1, BLOCK);
  const asked: number[] = [];
  assertEquals(take(ids, 25).at(-1), 25);
  ids.reserveFrom(1, (from) => {
    asked.push(from);
    return Promise.resolve(100);
  });
  assertEquals(take(ids, 1), [26]);
  await Promise.resolve();
  assertEquals([take(ids, 2), asked], [[100, 101], [26]]);
});

Deno.test("ClientIdBlocks.reserveFrom() goes on with the block that it is given", () => {
  const ids = new ClientIdBlocks(1, BLOCK);
  assertEquals(take(ids, 3).at(-1), 3);
  ids.reserveFrom(5000, () => Promise.resolve(undefined));
  assertEquals(take(ids, 2), [5000, 5001]);
});
