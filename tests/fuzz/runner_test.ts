/** The fuzzer itself: that it finds a planted fault, and that a finding can be seen again. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertStringIncludes,
} from "../support/assert.ts";
import { bytes, pattern } from "../support/bytes.ts";
import { type Corpus, cutCase, makeCase, MAX_CASE_BYTES } from "./mutator.ts";
import { Random } from "./random.ts";
import { describeFinding, FuzzRunner } from "./runner.ts";
import type { FuzzTarget } from "./target.ts";

const CORPUS: Corpus = [pattern(200), bytes("GET / HTTP/1.1"), pattern(3000, 7)];

/** A decoder that trusts a length: it fails where the third byte is larger than all that there is. */
const GULLIBLE: FuzzTarget = {
  name: "gullible",
  corpus: [bytes(1, 0, 4, "abcd"), bytes(2, 0, 2, "xy")],
  testCases: 500,
  run(input) {
    if (input.length > 2 && input[1] === 0 && (input[2] ?? 0) > input.length - 3) {
      throw new RangeError("past the end");
    }
  },
};

Deno.test("makeCase() makes the same bytes of the same seed, and others of others", () => {
  const all = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const input = makeCase(CORPUS, new Random(seed));
    assertEquals(makeCase(CORPUS, new Random(seed)), input);
    assertLessOrEqual(input.length, MAX_CASE_BYTES);
    all.add(String(input));
  }
  assertGreater(all.size, 250);
});

Deno.test("makeCase() makes some cases as long as they may be, of one part over and over", () => {
  let floods = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const input = makeCase(CORPUS, new Random(seed));
    if (input.length > MAX_CASE_BYTES / 2) floods += 1;
  }
  assertGreater(floods, 0);
  assertLessOrEqual(floods, 30);
});

Deno.test("cutCase() loses nothing of a case", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new Random(seed);
    const input = makeCase(CORPUS, random);
    assertEquals(bytes(...cutCase(input, random)), input);
  }
});

Deno.test("FuzzRunner finds a planted fault, and its seed alone shows it again", async () => {
  const runner = new FuzzRunner();
  for (let seed = 1; seed <= GULLIBLE.testCases; seed++) await runner.run(GULLIBLE, seed);
  const [finding] = runner.findings;
  assert(finding !== undefined, "the fault was not found");
  assertEquals(FuzzRunner.caseOf(GULLIBLE, finding.seed).input, finding.bytes);
  assertStringIncludes(
    describeFinding(finding),
    `deno task fuzz --target gullible --seed ${finding.seed} --cases 1`,
  );
  const again = new FuzzRunner();
  await again.run(GULLIBLE, finding.seed);
  assertEquals(again.findings.map(({ error }) => error.message), ["past the end"]);
  assertGreater(runner.tallies.get("gullible")?.findings ?? 0, 5);
  assertEquals(runner.findings.length, 5, "the first ones are kept, the others counted");
});

Deno.test("deno task fuzz tells of a case that never ends, and ends itself", async () => {
  const module = new URL("./watchdog.ts", import.meta.url).href;
  const code = `import { Watchdog } from ${JSON.stringify(module)};
    const watchdog = new Watchdog(["endless"], 300);
    await new Promise((resolve) => setTimeout(resolve, 200));
    watchdog.begin("endless", 4711);
    for (;;);`;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", code],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
  const { signal, stdout } = await command.output();
  assertEquals(signal, "SIGKILL");
  assertStringIncludes(
    new TextDecoder().decode(stdout),
    "deno task fuzz --target endless --seed 4711 --cases 1",
  );
});
