/**
 * Runs cases and keeps what they found. A case is its target and its seed: nothing else decides what it is.
 *
 * @module
 */
import { makeCase } from "./mutator.ts";
import { Random } from "./random.ts";
import type { FuzzTarget } from "./target.ts";

/** A case that takes longer is a finding too, milliseconds: some input makes the decoder slow. */
const SLOW_CASE_MS = 2000;
/** Findings of one target that are kept; the others are counted. */
const KEPT_FINDINGS = 5;
const SHOWN_BYTES = 2048;

/** A case in which something did not hold. */
export interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly error: Error;
}

/** What is known of one target. */
export interface Tally {
  cases: number;
  findings: number;
  /** Of the slowest case, milliseconds. */
  slowestMs: number;
  readonly kept: Finding[];
}

/** Cases and findings by target. */
export class FuzzRunner {
  readonly #tallies = new Map<string, Tally>();

  /** In the order in which the targets were first run. */
  get tallies(): ReadonlyMap<string, Tally> {
    return this.#tallies;
  }

  /** All findings that were kept. */
  get findings(): readonly Finding[] {
    return [...this.#tallies.values()].flatMap(({ kept }) => kept);
  }

  /** The case of a seed. */
  static caseOf(target: FuzzTarget, seed: number): { input: Uint8Array<ArrayBuffer>; random: Random } {
    const random = new Random(seed);
    return { input: makeCase(target.corpus, random), random };
  }

  /** Run the case of a seed. */
  async run(target: FuzzTarget, seed: number): Promise<void> {
    const { input, random } = FuzzRunner.caseOf(target, seed);
    const begun = performance.now();
    try {
      await target.run(input, random);
      const ms = performance.now() - begun;
      if (ms > SLOW_CASE_MS) throw new Error(`The case took ${Math.round(ms)} ms`);
    } catch (error) {
      this.#find({ target: target.name, seed, bytes: input, error: asError(error) });
    }
    const tally = this.#tally(target.name);
    tally.cases += 1;
    tally.slowestMs = Math.max(tally.slowestMs, performance.now() - begun);
  }

  /** Close a target; what it throws is a finding of no seed. */
  async close(target: FuzzTarget): Promise<void> {
    try {
      await target.close?.();
    } catch (error) {
      this.#find({ target: target.name, seed: -1, bytes: new Uint8Array(0), error: asError(error) });
    }
  }

  #find(finding: Finding): void {
    const tally = this.#tally(finding.target);
    tally.findings += 1;
    if (tally.kept.length < KEPT_FINDINGS) tally.kept.push(finding);
  }

  #tally(name: string): Tally {
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      tally = { cases: 0, findings: 0, slowestMs: 0, kept: [] };
      this.#tallies.set(name, tally);
    }
    return tally;
  }
}

/** A finding for people: how to see it again, what it was, and its bytes. */
export function describeFinding({ target, seed, bytes, error }: Finding): string {
  const hex = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  const rest = bytes.length > SHOWN_BYTES ? `... (${bytes.length} bytes)` : "";
  return `FINDING ${target}: deno task fuzz --target ${target} --seed ${seed} --cases 1\n` +
    `${error.stack ?? error.message}\nbytes: ${hex}${rest}`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
