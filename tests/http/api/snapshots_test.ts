/**
 * Looks at the clients that requests share: how long, and what ends it.
 *
 * @module
 */
import { Snapshots } from "../../../http/api/snapshots.ts";
import type { ServerSnapshot } from "../../../stream/live/snapshot.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { fullSnapshot } from "../../support/http/metrics_parts.ts";

/** A server with this many clients, that counts how often it was looked at, and added up. */
function counted(clients: number) {
  const full = fullSnapshot();
  const [client] = full.clients;
  const snapshot: ServerSnapshot = { ...full, clients: new Array(clients).fill(client) };
  const looks = { at: 0, totals: 0 };
  const clock = new ManualClock();
  const snapshots = new Snapshots({
    snapshot: () => {
      looks.at++;
      return Promise.resolve(snapshot);
    },
    totals: () => {
      looks.totals++;
      return Promise.resolve(snapshot);
    },
  }, clock);
  return { looks, clock, snapshots };
}

Deno.test("a look at thousands is shared by what is asked within a second", async () => {
  const { looks, clock, snapshots } = counted(6000);
  await snapshots.totals();
  assertEquals(looks, { at: 0, totals: 1 });
  await snapshots.current();
  await clock.advance(899);
  await snapshots.current();
  await snapshots.totals();
  assertEquals(looks, { at: 1, totals: 1 });
  await clock.advance(1);
  await snapshots.current();
  assertEquals(looks, { at: 2, totals: 1 });
});

Deno.test("totals are of the last round of a dashboard that looks each second, and no older", async () => {
  const { looks, clock, snapshots } = counted(6000);
  for (let round = 0; round < 5; round++) {
    await snapshots.totals();
    await snapshots.current();
    await clock.advance(1000);
  }
  // The last look was taken for a sixth round.
  assertEquals(looks, { at: 6, totals: 1 });
  await clock.advance(1799);
  await snapshots.totals();
  assertEquals(looks, { at: 6, totals: 1 });
  await clock.advance(1);
  await snapshots.totals();
  assertEquals(looks, { at: 6, totals: 2 });
});

Deno.test("a look is shared for as long as it is large, and one at a few clients not at all", async () => {
  const some = counted(1000);
  await some.snapshots.current();
  await some.clock.advance(199);
  await some.snapshots.current();
  assertEquals(some.looks.at, 1);
  await some.clock.advance(1);
  await some.snapshots.current();
  assertEquals(some.looks.at, 2);
  const few = counted(99);
  await few.snapshots.current();
  await few.snapshots.current();
  assertEquals(few.looks.at, 2);
});

Deno.test("what kicks and bans need is looked up afresh, and what they did is seen at once", async () => {
  const { looks, snapshots } = counted(6000);
  await snapshots.current();
  await snapshots.fresh();
  assertEquals(looks.at, 2);
  await snapshots.current();
  assertEquals(looks.at, 2);
  snapshots.forget();
  const before = snapshots.current();
  snapshots.forget();
  await before;
  await snapshots.current();
  assertEquals(looks.at, 4);
});

Deno.test("a look right behind a kick is not shared: the client may still be in it", async () => {
  const { looks, clock, snapshots } = counted(6000);
  snapshots.forget();
  await snapshots.current();
  await snapshots.totals();
  await clock.advance(299);
  await snapshots.current();
  assertEquals(looks, { at: 2, totals: 1 });
  await clock.advance(1);
  await snapshots.current();
  await snapshots.current();
  await snapshots.totals();
  assertEquals(looks, { at: 3, totals: 1 });
});

/** Rounds of a dashboard, each of two requests, and how often the server had been looked at when each began. */
async function rounds(clients: number, count: number, everyMs: number) {
  const trial = counted(clients);
  const looks: number[] = [];
  for (let round = 0; round < count; round++) {
    if (round > 0) await trial.clock.advance(everyMs);
    looks.push(trial.looks.at);
    await trial.snapshots.current();
    await trial.snapshots.current();
  }
  return { ...trial, atRequest: looks };
}

Deno.test("a dashboard that asks each second finds a look that was taken a moment before, one for each round", async () => {
  const { looks, clock, snapshots, atRequest } = await rounds(6000, 5, 1000);
  // The second request shows the pace, and from the third on the look is there.
  assertEquals([atRequest, looks.at], [[0, 1, 3, 4, 5], 5]);
  await clock.advance(899);
  assertEquals(looks.at, 5);
  await clock.advance(1);
  assertEquals(looks.at, 6);
  // Nobody asks any more: it was the last one.
  await clock.advance(60_000);
  assertEquals(looks.at, 6);
  await snapshots.current();
  assertEquals(looks.at, 7);
});

Deno.test("no look is taken ahead of what comes rarely, for few clients, after a kick, or after the end", async () => {
  const rare = await rounds(6000, 4, 2001);
  assertEquals(rare.atRequest, [0, 1, 2, 3]);
  const few = await rounds(999, 4, 1000);
  assertEquals(few.atRequest, [0, 1, 2, 3]);
  // A kick has the next request look again, and what that finds is still fresh when the one after it comes.
  const kicked = counted(6000);
  await kicked.snapshots.current();
  kicked.snapshots.forget();
  await kicked.clock.advance(300);
  await kicked.snapshots.current();
  await kicked.clock.advance(899);
  await kicked.snapshots.current();
  assertEquals(kicked.looks.at, 2);
  const closed = await rounds(6000, 4, 1000);
  closed.snapshots[Symbol.dispose]();
  await closed.clock.advance(5000);
  await closed.snapshots.current();
  await closed.clock.advance(1000);
  await closed.snapshots.current();
  await closed.clock.advance(5000);
  assertEquals(closed.looks.at, 6);
});

Deno.test("a look ahead that fails is nothing to the request, which gets one of its own", async () => {
  const clock = new ManualClock();
  const full = { ...fullSnapshot(), clients: new Array(6000).fill(fullSnapshot().clients[0]) };
  let looks = 0;
  const snapshots = new Snapshots({
    snapshot: () => ++looks === 3 ? Promise.reject(new Error("a thread is gone")) : Promise.resolve(full),
    totals: () => Promise.resolve(full),
  }, clock);
  for (let round = 0; round < 3; round++) {
    assertEquals((await snapshots.current()).clients.length, 6000);
    await clock.advance(1000);
  }
  assertEquals(looks, 5);
});
