import { Reachability } from "../../../hooks/delivery/reachability.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const BACKOFF = { firstMs: 100, maxMs: 1000 };

function reachability(clock: ManualClock): Reachability {
  return new Reachability({ clock, random: () => 0, backoff: BACKOFF });
}

Deno.test("Reachability pauses after a failure, longer after each further one, not for those of one pause", async () => {
  const clock = new ManualClock();
  const tested = reachability(clock);
  const from = clock.now();
  assertEquals([tested.isPaused, tested.admits(from), tested.resumesAt(from)], [false, true, undefined]);
  assertEquals([tested.markUnreachable(), tested.markUnreachable()], [from + 50, from + 50]);
  assertEquals([tested.isPaused, tested.admits(clock.now())], [true, false]);
  await clock.advance(50);
  assertEquals([tested.isPaused, tested.admits(clock.now())], [false, true]);
  assertEquals(tested.markUnreachable(), clock.now() + 100);
});

Deno.test("Reachability admits one probe at a time until the origin answers", async () => {
  const clock = new ManualClock();
  const tested = reachability(clock);
  const ordinary = tested.begin();
  tested.markUnreachable();
  await clock.advance(50);
  const probe = tested.begin();
  assertEquals([ordinary, probe, tested.admits(clock.now())], ["ordinary", "probe", false]);
  tested.end(ordinary);
  assert(!tested.admits(clock.now()));
  tested.end(probe);
  assert(tested.admits(clock.now()));
  assertEquals([tested.markReached(), tested.markReached(), tested.begin()], [true, false, "ordinary"]);
});

Deno.test("Reachability.resumesAt() still names a pause that ended after the last look", async () => {
  const clock = new ManualClock();
  const tested = reachability(clock);
  const end = tested.markUnreachable();
  assert(!tested.admits(clock.now()));
  await clock.advance(60);
  assertEquals(tested.resumesAt(clock.now()), end);
  assertEquals([tested.admits(clock.now()), tested.resumesAt(clock.now())], [true, undefined]);
});
