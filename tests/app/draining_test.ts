/**
 * How a drain waits, without a server.
 *
 * @module
 */
import { Draining } from "../../app/draining.ts";
import { NO_USAGE } from "../../stream/live/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";

function drainOf(graceMs: number) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const state = { connections: 3, stopped: 0 };
  const draining = new Draining({
    clock,
    graceMs,
    log: { write: (level, _id, message) => lines.push(`${level}: ${message}`) },
    media: {
      stopAccepting: () => {
        state.stopped++;
        return Promise.resolve();
      },
      totals: () => Promise.resolve({ connections: state.connections, accepted: 3, usage: NO_USAGE }),
    },
  });
  const ended = { value: false };
  void draining.over.then(() => ended.value = true);
  return { clock, lines, state, draining, ended };
}

Deno.test("Draining waits for the last client, and says every ten seconds how many are left", async () => {
  const { clock, lines, state, draining, ended } = drainOf(0);
  assertEquals(draining.facts, undefined);
  assertEquals([draining.start("SIGQUIT"), draining.start("SIGQUIT"), state.stopped], [true, false, 1]);
  assertEquals(draining.facts, { startedAt: clock.wallNow(), connections: undefined, graceMs: 0 });
  await clock.advance(25_000);
  assertEquals([draining.facts?.connections, ended.value], [3, false]);
  state.connections = 0;
  await clock.advance(1000);
  assert(ended.value);
  assertEquals(lines, [
    "trace: Draining",
    "trace: Still draining",
    "trace: Still draining",
    "trace: Drained",
  ]);
  assertEquals(clock.timers, 0);
});

Deno.test("Draining ends after its grace, with clients that are left", async () => {
  const { clock, lines, draining, ended } = drainOf(5000);
  draining.start("the test");
  await clock.advance(4999);
  assert(!ended.value);
  await clock.advance(1);
  assertEquals([ended.value, lines.at(-1)], [true, "warn: Clients left after grace_drain"]);
});

Deno.test("Draining ends after its grace though nobody can count, and asks once at a time", async () => {
  for (const hangs of [true, false]) {
    const clock = new ManualClock();
    const lines: string[] = [];
    let counts = 0;
    const draining = new Draining({
      clock,
      graceMs: 5000,
      log: { write: (level, _id, message) => lines.push(`${level}: ${message}`) },
      media: {
        stopAccepting: () => Promise.resolve(),
        totals: () => {
          counts++;
          return hangs ? new Promise(() => {}) : Promise.reject(new Error("gone"));
        },
      },
    });
    const ended = { value: false };
    void draining.over.then(() => ended.value = true);
    draining.start("the test");
    await clock.advance(4999);
    assert(!ended.value);
    await clock.advance(1);
    assertEquals([ended.value, lines.at(-1)], [true, "warn: Clients left after grace_drain"]);
    assertEquals([clock.timers, counts], [0, hangs ? 1 : 6]);
  }
});
