/**
 * Waiting for what sends no event. Tests wait for nothing else by the machine's clock.
 *
 * @module
 */
import { PATIENCE_MS } from "./inbox.ts";

/** Between two looks, milliseconds. */
const LOOK_MS = 2;

/** One turn of the event loop, in which sockets and messages have theirs. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Look at a condition until it holds.
 *
 * @throws {Error} When it does not hold within the patience of the tests.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const since = performance.now(); !await condition();) {
    if (performance.now() - since > PATIENCE_MS) {
      throw new Error(`Not within ${PATIENCE_MS} ms: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
