/**
 * Answers that are kept, and what they are kept under.
 *
 * @module
 */
import { DecisionCache, requestKey } from "../../../hooks/decisions/decision_cache.ts";
import type { SessionFacts } from "../../../hooks/contract/payload.ts";
import { assertEquals, assertLess } from "../../support/assert.ts";
import { SESSION_FACTS } from "../../support/hooks/outbox_rows.ts";

function keyOf(param: string, facts: Partial<SessionFacts> = {}): string {
  const stream = { stream: "s", param, streamUrl: "/live/s", streamId: "vid-0000000" };
  return requestKey({ event: "on_play", generation: 1 }, { ...SESSION_FACTS, ...facts, stream });
}

Deno.test("requestKey() is as short for what a stranger makes up, however long that is", () => {
  assertLess(keyOf(`?token=${"x".repeat(60_000)}`).length, 64);
});

Deno.test("requestKey() is one for equal questions, and another for each other client, stream and event", () => {
  assertEquals(keyOf("?a"), keyOf("?a", { clientId: 2, sessionId: "other" }));
  const keys = [keyOf("?a"), keyOf("?b"), keyOf("?a", { ip: "127.0.0.2" }), keyOf("?a", { app: "other" })];
  keys.push(
    requestKey({ event: "on_connect", generation: 1 }, SESSION_FACTS),
    requestKey({ event: "on_connect", generation: 1 }, { ...SESSION_FACTS, tcUrl: "rtmp://h/live?x" }),
  );
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("DecisionCache gives an answer while it is young, and forgets the oldest of too many", () => {
  const memory = new DecisionCache<number>();
  for (let i = 0; i <= 20_000; i++) memory.set(`k${i}`, i, 1000);
  assertEquals([memory.get("k0", 50, 1000), memory.get("k1", 50, 1050), memory.get("k2", 50, 1051)], [
    undefined,
    1,
    undefined,
  ]);
});
