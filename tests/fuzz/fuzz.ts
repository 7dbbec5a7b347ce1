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
import { describeFinding, type Finding, FuzzRunner, type Tally } from "./runner.ts";
import type { FuzzTarget } from "./target.ts";
import { fuzzTargets } from "./targets.ts";
import { Watchdog } from "./watchdog.ts";

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

/** One run of the fuzzer. */
class Campaign {
  readonly #options: Options;
  readonly #runner = new FuzzRunner();
  readonly #reported = new Set<Finding>();
  readonly #begun = performance.now();
  #saidMs = this.#begun;
  #seed: number;
  #uncaught = 0;
  /** What is running, for a rejection that nobody caught. */
  #current = "";

  constructor(options: Options) {
    this.#options = options;
    this.#seed = options.seed;
  }

  /** Run all of it; how many findings there were. */
  async run(): Promise<number> {
    const { seed, targets } = this.#options;
    using watchdog = new Watchdog(targets.map(({ name }) => name));
    say(`seed ${seed}, ${targets.length} targets`);
    while (await this.#round(watchdog));
    for (const target of targets) await this.#runner.close(target);
    this.#tell();
    say(
      `\n${"target".padEnd(18)}${"cases".padStart(10)}${"findings".padStart(10)}${"slowest ms".padStart(12)}`,
    );
    for (const [name, { cases, findings, slowestMs }] of this.#runner.tallies) {
      const numbers = [cases, findings].map((value) => String(value).padStart(10)).join("");
      say(`${name.padEnd(18)}${numbers}${slowestMs.toFixed(1).padStart(12)}`);
    }
    say(this.#progress());
    return this.#uncaught + this.#sum(({ findings }) => findings);
  }

  /** A rejection that nobody caught: a finding, whatever it belongs to. */
  countUncaught(reason: unknown): void {
    this.#uncaught += 1;
    const what = reason instanceof Error ? reason.stack ?? reason.message : String(reason);
    say(`FINDING nobody caught a rejection, last case ${this.#current}: ${what}`);
  }

  /** A turn of every target; whether there may be another. */
  async #round(watchdog: Watchdog): Promise<boolean> {
    const { targets, cases, minutes } = this.#options;
    const end = this.#begun + minutes * 60_000;
    const before = this.#seed;
    for (const target of targets) {
      const turnEnd = Math.min(end, performance.now() + TURN_MS);
      const done = () => this.#runner.tallies.get(target.name)?.cases ?? 0;
      while (performance.now() < turnEnd && done() < cases) {
        this.#current = `${target.name} ${this.#seed}`;
        watchdog.begin(target.name, this.#seed);
        await this.#runner.run(target, this.#seed++);
      }
      this.#tell();
    }
    return this.#seed > before;
  }

  /** New findings, and from time to time how far it is. */
  #tell(): void {
    for (const finding of this.#runner.findings.filter((found) => !this.#reported.has(found))) {
      this.#reported.add(finding);
      say(describeFinding(finding));
    }
    if (performance.now() - this.#saidMs < PROGRESS_MS) return;
    this.#saidMs = performance.now();
    say(this.#progress());
  }

  #progress(): string {
    const seconds = Math.round((performance.now() - this.#begun) / 1000);
    const megabytes = Math.round(Deno.memoryUsage().rss / 1e6);
    const findings = this.#uncaught + this.#sum(({ findings }) => findings);
    return `${seconds} s: ${this.#sum(({ cases }) => cases)} cases, ${findings} findings, ${megabytes} MB`;
  }

  #sum(of: (tally: Tally) => number): number {
    return [...this.#runner.tallies.values()].reduce((total, tally) => total + of(tally), 0);
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

const campaign = new Campaign(await readOptions(Deno.args));
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  campaign.countUncaught(event.reason);
});
if (await campaign.run() > 0) Deno.exitCode = 1;
