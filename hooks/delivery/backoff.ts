/**
 * How long to wait before the next attempt. Pure.
 *
 * @module
 */

/** The bounds of retries. */
export interface BackoffOptions {
  /** After the first failure. */
  readonly firstMs: number;
  /** The doubling ends here. */
  readonly maxMs: number;
}

/**
 * The pause after the `failures`th failure in a row: doubling, and spread over its upper half so that what failed
 * together does not come back together.
 *
 * @param failures 1 or more.
 * @param random From 0 to below 1.
 */
export function backoffMs(options: BackoffOptions, failures: number, random: number): number {
  const full = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
