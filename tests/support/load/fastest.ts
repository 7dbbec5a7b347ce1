/**
 * How long work takes, however busy the machine is.
 *
 * @module
 */

const RUNS = 5;

/**
 * The shortest of some runs, milliseconds. Other programs on the same cores lengthen single runs by any factor, the
 * shortest hardly; work that is too slow by itself is so in every run.
 */
export function fastestMs(work: () => void): number {
  let fastest = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const startedMs = performance.now();
    work();
    fastest = Math.min(fastest, performance.now() - startedMs);
  }
  return fastest;
}
