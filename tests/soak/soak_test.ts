/** The soak in short: the same clients, some seconds of them. */
import { readRecordings } from "../fuzz/recordings.ts";
import { assert, assertEquals, assertGreater, assertLess } from "../support/assert.ts";
import { soak } from "./soak.ts";

const PLAYERS = 10;
/** Compiled code and a heap that had no reason to shrink yet. */
const SLACK_BYTES = 160e6;

for (const workers of [1, 2]) {
  Deno.test(`honest clients lose no frame while hostile ones attack, with ${workers} threads that serve`, async () => {
    const { honest, attack, errors, freshBytes, afterBytes } = await soak({
      recordings: await readRecordings(),
      warmUpMs: 500,
      attackMs: 2500,
      restMs: 1000,
      players: PLAYERS,
      perSecond: 100,
      seed: workers,
      workers,
    });
    assertEquals([honest.lost, honest.wrong, honest.ended], [0, 0, []]);
    assertGreater(honest.published, 100);
    assertGreater(honest.received, honest.published * PLAYERS / 2);
    assertEquals([attack.stuck, errors], [0, []]);
    assertGreater(attack.made, 50);
    assert(attack.byKind.size > 15, `only ${attack.byKind.size} kinds of attack`);
    assertLess(afterBytes, freshBytes + SLACK_BYTES);
  });
}
