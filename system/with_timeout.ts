/**
 * Waiting that has an end.
 *
 * @module
 */

/** Settles with `promise`, or after `timeoutMs` whatever becomes of it. */
export async function withTimeout(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
