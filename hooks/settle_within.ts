/**
 * Waiting that ends: by its result, by a signal or by time.
 *
 * @module
 */

/**
 * Wait for a promise that never rejects.
 *
 * @param maxWaitMs `expired` after so long, `Infinity` for never; 0 or less looks only at what is settled by now.
 */
export function settleWithin<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  maxWaitMs: number,
): Promise<T | "aborted" | "expired"> {
  if (signal.aborted) return Promise.resolve("aborted");
  return new Promise((resolve) => {
    const finish = (value: T | "aborted" | "expired") => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      resolve(value);
    };
    const leave = () => finish("aborted");
    const timer = maxWaitMs === Infinity
      ? undefined
      : setTimeout(() => finish("expired"), Math.max(0, maxWaitMs));
    signal.addEventListener("abort", leave);
    void promise.then(finish);
  });
}
