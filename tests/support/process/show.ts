/**
 * Proofs that take long: their full length on demand, a shorter one where all tests run, and the figures that they
 * print.
 *
 * `SRS_SHOW=full` asks for the full length.
 *
 * @module
 */

/** Whether the full length is wanted. */
export const SHOW_FULL: boolean = Deno.env.get("SRS_SHOW") === "full";

/** `full` where the full length is wanted, else `short`. */
export function shown<T>(full: T, short: T): T {
  return SHOW_FULL ? full : short;
}

/** Print a figure, where the full length is wanted. */
export function showFigure(text: string): void {
  if (SHOW_FULL) Deno.stdout.writeSync(new TextEncoder().encode(`\n  ${text}\n`));
}

/** Wait, where the passing of time is what is shown. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A whole number from 0 to below `below`. */
export function random(below: number): number {
  return Math.floor(Math.random() * below);
}

/** The value at `part`, from 0 to 1, of the sorted values; 0 where there is none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
