/**
 * Getting a name that somebody holds: at once when it is free, when its holder's ending is recorded, or by takeover
 * when its holder went silent.
 *
 * OBS stops for good at BadName, and after a lost network the old session is still held here: so the newcomer waits
 * a moment before it is refused.
 *
 * @module
 */
import type { NameBook } from "./exchange.ts";
import type { Holder, Source } from "./live/mod.ts";
import type { PublishOptions } from "./options.ts";

/** A holder that was heard within this time is alive, milliseconds. */
const SILENCE_MS = 1000;
/** How often a waiting newcomer looks at the holder, milliseconds. */
const LOOK_MS = 50;
/**
 * A publisher's socket is read with the beat of its stream's flushes: for so long the holder may be gone already,
 * milliseconds. Two beats, since its last media may stand before the end.
 */
const UNREAD_MS = 250;

/** Who wants the name. */
export interface Newcomer {
  readonly holder: Holder;
  /** Aborted when the newcomer is gone. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  now(): number;
}

/**
 * Reserve `source` for the newcomer: claim its name among the threads, then hold it here.
 *
 * @returns `false` when the name is taken by a publisher that is alive, or the newcomer is gone. `true`: the name has
 * to be given back to `names` once the publish is over.
 */
export async function reserveName(
  source: Source,
  names: NameBook,
  newcomer: Newcomer,
  options: PublishOptions,
): Promise<boolean> {
  const arrivedMs = newcomer.now();
  while (!newcomer.signal.aborted) {
    const holder = await tryReserve(source, names, newcomer);
    if (holder === undefined) return true;
    if (holder.leaving) {
      await over(holder, newcomer.signal);
      continue;
    }
    const waitedMs = newcomer.now() - arrivedMs;
    if (holder.live && waitedMs < UNREAD_MS) {
      await pause(newcomer.signal);
      continue;
    }
    const spokeSince = holder.heardMs > arrivedMs;
    if (spokeSince || !mayWait(holder, newcomer, options)) return false;
    if (waitedMs >= options.takeoverAfterMs) {
      holder.replace();
      await over(holder, newcomer.signal);
    } else {
      await pause(newcomer.signal);
    }
  }
  return false;
}

/** The holder that stands in the way, `undefined` when there is none and the name is the newcomer's. */
async function tryReserve(source: Source, names: NameBook, newcomer: Newcomer): Promise<Holder | undefined> {
  const elsewhere = await names.claim(source);
  if (elsewhere !== undefined) return elsewhere;
  if (source.reserve(newcomer.holder)) return undefined;
  names.disclaim(source);
  return source.holder;
}

function mayWait(holder: Holder, newcomer: Newcomer, options: PublishOptions): boolean {
  if (options.takeover === "never" || !holder.live) return false;
  if (options.takeover === "same_ip" && holder.ip !== newcomer.holder.ip) return false;
  return newcomer.now() - holder.heardMs >= SILENCE_MS;
}

/** The holder is gone, or the newcomer. */
function over(holder: Holder, signal: AbortSignal): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return Promise.race([holder.ended, gone]);
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_MS);
    signal.addEventListener("abort", done);
  });
}
