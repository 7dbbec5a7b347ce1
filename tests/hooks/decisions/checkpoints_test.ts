/**
 * How the rounds over the open sessions are spread.
 *
 * @module
 */
import { Checkpoints } from "../../../hooks/decisions/checkpoints.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const INTERVAL_MS = 1000;

/** A number of sessions that count how often they are visited. */
function countedSessions(count: number): Set<{ visits: number; checkpoint(): void }> {
  return new Set(
    Array.from({ length: count }, () => ({
      visits: 0,
      checkpoint() {
        this.visits++;
      },
    })),
  );
}

Deno.test("Checkpoints visit a tenth of the sessions in each tenth of the interval, all of them in turn", async () => {
  const clock = new ManualClock();
  const sessions = countedSessions(40);
  const visits = () => [...sessions].reduce((sum, session) => sum + session.visits, 0);
  const checkpoints = new Checkpoints(sessions, INTERVAL_MS, clock);
  checkpoints.start();
  await clock.advance(99);
  assertEquals(visits(), 0);
  for (let part = 1; part <= 10; part++) {
    await clock.advance(part === 1 ? 1 : 100);
    assertEquals(visits(), 4 * part);
  }
  assert([...sessions].every((session) => session.visits === 1));
  checkpoints.stop();
  await clock.advance(10 * INTERVAL_MS);
  assertEquals([visits(), clock.timers], [40, 0]);
});

Deno.test("Checkpoints go on with sessions that come, and leave those that go", async () => {
  const clock = new ManualClock();
  const sessions = countedSessions(3);
  const [first] = sessions;
  assert(first !== undefined);
  const checkpoints = new Checkpoints(sessions, INTERVAL_MS, clock);
  checkpoints.start();
  await clock.advance(100);
  assertEquals(first.visits, 1);
  sessions.delete(first);
  const [late] = countedSessions(1);
  assert(late !== undefined);
  sessions.add(late);
  await clock.advance(INTERVAL_MS);
  assertEquals(first.visits, 1);
  for (const session of sessions) assert(session.visits >= 2, String(session.visits));
  checkpoints.stop();
});
