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
  assertEquals(looks, { at: 5, totals: 1 });
  await clock.advance(899);
  await snapshots.totals();
  assertEquals(looks, { at: 5, totals: 1 });
  await clock.advance(1);
  await snapshots.totals();
  assertEquals(looks, { at: 5, totals: 2 });
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
