/**
 * The fuzzer's cases that every run of the tests takes: the same ones each time.
 *
 * @module
 */
import { assertEquals, fail } from "../support/assert.ts";
import { describeFinding, FuzzRunner } from "./runner.ts";
import { fuzzTargets } from "./targets.ts";

for (const target of await fuzzTargets()) {
  Deno.test(`fuzz ${target.name}: ${target.testCases} cases without a finding`, async () => {
    const runner = new FuzzRunner();
    for (let seed = 1; seed <= target.testCases; seed++) await runner.run(target, seed);
    await runner.close(target);
    const [first] = runner.findings;
    if (first !== undefined) fail(describeFinding(first));
    assertEquals(runner.tallies.get(target.name)?.cases, target.testCases);
  });
}
