/**
 * Waiting that ends: by its result, by a signal or by time.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";

/**
 * Wait for a promise that never rejects.
 *
 * @param maxWaitMs `expired` after so long, `Infinity` for never; 0 or less looks only at what is settled by now.
 */
export function settleWithin<T>(
  clock: Clock,
  promise: Promise<T>,
  signal: AbortSignal,
  maxWaitMs: number,
): Promise<T | "aborted" | "expired"> {
  if (signal.aborted) return Promise.resolve("aborted");
  return new Promise((resolve) => {
    const finish = (value: T | "aborted" | "expired") => {
      timer?.clear();
      signal.removeEventListener("abort", onAbort);
      resolve(value);
    };
    const onAbort = () => finish("aborted");
    const timer = maxWaitMs === Infinity
      ? undefined
      : clock.setTimeout(() => finish("expired"), Math.max(0, maxWaitMs));
    signal.addEventListener("abort", onAbort);
    void promise.then(finish);
  });
}
