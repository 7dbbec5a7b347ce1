/**
 * Getting a name that somebody holds: at once when it is free, when its holder's ending is recorded, or by takeover
 * when its holder went silent.
 *
 * OBS stops for good at BadName, and after a lost network the old session is still held here: so the newcomer waits
 * a moment before it is refused.
 *
 * @module
 */
import type { Holder, Source } from "./live/mod.ts";
import type { PublishOptions } from "./options.ts";

/** A holder that was heard within this time is alive, milliseconds. */
const SILENCE_MS = 1000;
/** How often a waiting newcomer looks at the holder, milliseconds. */
const LOOK_MS = 50;

/** Who wants the name. */
export interface Newcomer {
  readonly holder: Holder;
  /** Aborted when the newcomer is gone. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  now(): number;
}

/**
 * Reserve `source` for the newcomer.
 *
 * @returns `false` when the name is taken by a publisher that is alive, or the newcomer is gone.
 */
export async function reserveName(
  source: Source,
  newcomer: Newcomer,
  options: PublishOptions,
): Promise<boolean> {
  const arrivedMs = newcomer.now();
  let heardMs: number | undefined;
  let watched: Holder | undefined;
  while (!newcomer.signal.aborted) {
    if (source.reserve(newcomer.holder)) return true;
    const holder = source.holder;
    if (holder === undefined) continue;
    if (holder.leaving) {
      await over(holder, newcomer.signal);
      continue;
    }
    if (holder !== watched) {
      watched = holder;
      heardMs = holder.heardMs;
    }
    if (!mayWait(holder, newcomer, options) || holder.heardMs !== heardMs) return false;
    if (newcomer.now() - arrivedMs >= options.takeoverAfterMs) {
      holder.replace();
      await over(holder, newcomer.signal);
    } else {
      await pause(newcomer.signal);
    }
  }
  return false;
}

function mayWait(holder: Holder, newcomer: Newcomer, options: PublishOptions): boolean {
  if (options.takeover === "never" || !holder.live) return false;
  if (options.takeover === "same_ip" && holder.ip !== newcomer.holder.ip) return false;
  return newcomer.now() - holder.heardMs >= SILENCE_MS;
}

/** The holder is gone, or the newcomer. */
function over(holder: Holder, signal: AbortSignal): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return Promise.race([holder.ended, gone]);
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_MS);
    signal.addEventListener("abort", done);
  });
}
