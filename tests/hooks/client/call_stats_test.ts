/**
 * The figures of an address.
 *
 * @module
 */
import { CallStats } from "../../../hooks/client/call_stats.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** Whether a percentile is what it is called, as exact as buckets that grow by a quarter are. */
function isNear(actual: number, expected: number): boolean {
  return actual >= expected / 1.01 && actual <= expected * 1.26;
}

Deno.test("CallStats.snapshot() has percentiles of what was counted", () => {
  const stats = new CallStats();
  for (let ms = 1; ms <= 1000; ms++) stats.count("yes", ms);
  const { calls, p50Ms, p90Ms, p99Ms } = stats.snapshot();
  assertEquals(calls, 1000);
  assert(isNear(p50Ms, 500) && isNear(p90Ms, 900) && isNear(p99Ms, 990), `${p50Ms} ${p90Ms} ${p99Ms}`);
  assert(p50Ms < p90Ms);
});

Deno.test("CallStats.snapshot() tells rare slow calls from frequent fast ones", () => {
  const stats = new CallStats();
  for (let call = 0; call < 95; call++) stats.count("yes", 2);
  for (let call = 0; call < 5; call++) stats.count("error", 4000, "no full answer");
  const { p50Ms, p90Ms, p99Ms, verdicts, lastError } = stats.snapshot();
  assert(isNear(p50Ms, 2) && isNear(p90Ms, 2) && isNear(p99Ms, 4000), `${p50Ms} ${p90Ms} ${p99Ms}`);
  assertEquals([verdicts.yes, verdicts.error, verdicts.no, lastError], [95, 5, 0, "no full answer"]);
});

Deno.test("CallStats keeps the last error, and bounds what it cannot measure", () => {
  const stats = new CallStats();
  assertEquals([stats.snapshot().p50Ms, stats.snapshot().lastError], [0, ""]);
  stats.count("error", 0, "first");
  stats.count("yes", 1);
  assertEquals(stats.snapshot().lastError, "first");
  stats.count("retry", 1e12, "second");
  const { lastError, p99Ms, p50Ms } = stats.snapshot();
  assertEquals(lastError, "second");
  assert(p99Ms > 3_600_000 && isNear(p50Ms, 1), `${p50Ms} ${p99Ms}`);
});
