/**
 * Waiting with a bound, on the clock that is handed in, so that a test can drive it.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";

/** What can end a wait early. */
export interface DelayOptions {
  /** Ends the wait at once. */
  readonly signal?: AbortSignal;
}

/** What bounds a wait. */
export interface DeadlineOptions extends DelayOptions {
  /** Milliseconds; `Infinity` for no bound, 0 or less for what is settled by now. */
  readonly maxMs: number;
}

/**
 * Wait for a time to pass.
 *
 * @param ms Milliseconds, by the monotonic clock.
 * @returns Whether it passed or the signal aborted first; never rejects.
 */
export function delay(
  clock: Clock,
  ms: number,
  { signal }: DelayOptions = {},
): Promise<"elapsed" | "aborted"> {
  if (signal?.aborted) return Promise.resolve("aborted");
  return new Promise((resolve) => {
    const finish = (outcome: "elapsed" | "aborted") => {
      timer.clear();
      signal?.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    const onAbort = () => finish("aborted");
    const timer = clock.setTimeout(() => finish("elapsed"), ms);
    signal?.addEventListener("abort", onAbort);
  });
}

/**
 * Wait for a promise, but not beyond a deadline. What the promise waits for goes on either way.
 *
 * @returns The promise's value, or `expired` after `maxMs`.
 * @throws What the promise rejects with before that; a later rejection is ignored.
 */
export function deadline<T>(
  clock: Clock,
  promise: Promise<T>,
  options: { readonly maxMs: number },
): Promise<T | "expired">;
/**
 * The same, where a signal may end the wait too.
 *
 * @returns The promise's value, `expired` after `maxMs`, or `aborted` by the signal.
 * @throws What the promise rejects with before that; a later rejection is ignored.
 */
export function deadline<T>(
  clock: Clock,
  promise: Promise<T>,
  options: DeadlineOptions,
): Promise<T | "expired" | "aborted">;
export function deadline<T>(
  clock: Clock,
  promise: Promise<T>,
  { maxMs, signal }: DeadlineOptions,
): Promise<T | "expired" | "aborted"> {
  if (signal?.aborted) {
    // Nobody waits for it any more: its failure must not count as unhandled.
    promise.catch(() => {});
    return Promise.resolve("aborted");
  }
  return new Promise((resolve, reject) => {
    const release = () => {
      timer?.clear();
      signal?.removeEventListener("abort", onAbort);
    };
    const finish = (value: T | "expired" | "aborted") => {
      release();
      resolve(value);
    };
    const onAbort = () => finish("aborted");
    const timer = maxMs === Infinity
      ? undefined
      : clock.setTimeout(() => finish("expired"), Math.max(0, maxMs));
    signal?.addEventListener("abort", onAbort);
    promise.then(finish, (error) => {
      release();
      reject(error);
    });
  });
}
