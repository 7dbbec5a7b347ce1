/**
 * `deno task fuzz`: cases for as long as asked, in turns of all targets.
 *
 * ```sh
 * deno task fuzz --minutes 30
 * deno task fuzz --target chunks --seed 4711 --cases 1
 * ```
 *
 * The seed of the first case is `--seed`, by default a new one every time; the others count on from it.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { describeFinding, FuzzRunner, type Tally } from "./runner.ts";
import type { FuzzTarget } from "./target.ts";
import { fuzzTargets } from "./targets.ts";

/** Each target has the floor for so long, milliseconds. */
const TURN_MS = 250;
const PROGRESS_MS = 10_000;

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly cases: number;
  readonly targets: readonly FuzzTarget[];
}

async function readOptions(args: string[]): Promise<Options> {
  const parse: (args: string[], options: { string: string[] }) => Record<string, unknown> = parseArgs;
  const { minutes, seed, cases, target } = parse(args, { string: ["minutes", "seed", "cases", "target"] });
  const all = await fuzzTargets();
  const targets = target === undefined ? all : all.filter(({ name }) => name === target);
  if (targets.length === 0) {
    throw new RangeError(`Cannot aim at ${target}: there are ${all.map(({ name }) => name).join(", ")}`);
  }
  return {
    targets,
    cases: cases === undefined ? Infinity : Number(cases),
    minutes: minutes === undefined ? (cases === undefined ? 1 : Infinity) : Number(minutes),
    seed: seed === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 : Number(seed),
  };
}

function sum(runner: FuzzRunner, of: (tally: Tally) => number): number {
  return [...runner.tallies.values()].reduce((total, tally) => total + of(tally), 0);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function progress(runner: FuzzRunner, sinceMs: number): string {
  const seconds = Math.round((performance.now() - sinceMs) / 1000);
  const megabytes = Math.round(Deno.memoryUsage().rss / 1e6);
  return `${seconds} s: ${sum(runner, ({ cases }) => cases)} cases, ` +
    `${sum(runner, ({ findings }) => findings)} findings, ${megabytes} MB`;
}

const options = await readOptions(Deno.args);
const runner = new FuzzRunner();
const told = new Set<unknown>();
const begun = performance.now();
const end = begun + options.minutes * 60_000;
let seed = options.seed;
let saidMs = begun;
/** What is running, for a rejection that nobody caught. */
let current = "";

globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  say(`FINDING nobody caught a rejection after ${current}: ${event.reason?.stack ?? event.reason}`);
  Deno.exitCode = 1;
});

say(`seed ${seed}, ${options.targets.length} targets`);
for (let more = true; more;) {
  more = false;
  for (const target of options.targets) {
    const turnEnd = Math.min(end, performance.now() + TURN_MS);
    while (performance.now() < turnEnd && (runner.tallies.get(target.name)?.cases ?? 0) < options.cases) {
      current = `${target.name} ${seed}`;
      await runner.run(target, seed++);
      more = true;
    }
    for (const finding of runner.findings.filter((found) => !told.has(found))) {
      told.add(finding);
      say(describeFinding(finding));
    }
    if (performance.now() - saidMs > PROGRESS_MS) {
      saidMs = performance.now();
      say(progress(runner, begun));
    }
  }
}
for (const target of options.targets) await runner.close(target);
for (const finding of runner.findings.filter((found) => !told.has(found))) say(describeFinding(finding));

say(`\n${"target".padEnd(18)}${"cases".padStart(10)}${"findings".padStart(10)}${"slowest ms".padStart(12)}`);
for (const [name, { cases, findings, slowestMs }] of runner.tallies) {
  const numbers = [cases, findings].map((value) => String(value).padStart(10)).join("");
  say(`${name.padEnd(18)}${numbers}${slowestMs.toFixed(1).padStart(12)}`);
}
say(progress(runner, begun));
if (sum(runner, ({ findings }) => findings) > 0) Deno.exitCode = 1;
