/**
 * Getting a name that another publisher holds: at once when it is free, when its holder's ending is recorded, or by takeover
 * when its holder sends nothing new for `publish.takeover_after`.
 *
 * OBS stops for good at BadName, and after a lost network the old session still holds the name. So the claimant waits
 * before it is refused: until the holder sends something new. When the holder's silence began does not matter.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import { delay } from "../../../system/mod.ts";
import type { NameRegistry } from "./stream_directory.ts";
import type { PublisherHandle, Source } from "../../live/mod.ts";
import { NewBytes } from "./new_bytes.ts";
import type { PublishOptions } from "../options.ts";
import type { SessionClient } from "../session_client.ts";

/** How often a waiting claimant looks at the holder, milliseconds. */
const LOOK_MS = 50;
/**
 * A publisher's socket is read at the ticks of its stream's flushes, and not at each of them where another thread wants
 * the name: its end may be seen this late, milliseconds. Two reads, since its last media may be in front of it.
 */
const UNREAD_MS = 750;

/** The rule of a refusal because another publisher has the name. */
export const NAME_TAKEN = "name_taken";

/** Who wants the name. */
export interface Claimant {
  /** Who holds the name once it is free. */
  readonly holder: PublisherHandle;
  /** Aborted when the claimant is gone. */
  readonly signal: AbortSignal;
  /** Of all waits. */
  readonly clock: Clock;
}

/** The holder that a claimant waits for. */
interface Watch {
  readonly id: number;
  readonly live: boolean;
  readonly sinceMs: number;
  readonly bytes: NewBytes;
}

/**
 * Reserve `source` for the claimant: claim its name among the threads, then hold it here.
 *
 * @returns `false` when the name is taken by a publisher that is alive, or the claimant is gone. `true`: the name has
 * to be given back to `names` once the publish is over.
 */
export async function reserveName(
  source: Source,
  names: NameRegistry | undefined,
  claimant: Claimant,
  options: PublishOptions,
): Promise<boolean> {
  let watch: Watch | undefined;
  while (!claimant.signal.aborted) {
    const holder = await tryReserve(source, names, claimant);
    if (holder === undefined) return true;
    if (holder.leaving) {
      await over(holder, claimant.signal);
      continue;
    }
    const now = claimant.clock.now();
    if (watch?.id !== holder.id || watch.live !== holder.live) watch = watchOf(holder, now);
    const step = judge(holder, watch, now - watch.sinceMs, claimant, options);
    if (step === "refuse") return false;
    if (step === "replace") {
      holder.replace();
      await over(holder, claimant.signal);
    } else {
      await delay(claimant.clock, LOOK_MS, { signal: claimant.signal });
    }
  }
  return false;
}

/** What this server pulls never takes a name from a publisher. */
export function takeoverRules(
  { protocol }: Pick<SessionClient, "protocol">,
  publish: PublishOptions,
): PublishOptions {
  return protocol === "pull" ? { ...publish, takeover: "never" } : publish;
}

function watchOf({ id, live, reads }: PublisherHandle, sinceMs: number): Watch {
  return { id, live, sinceMs, bytes: new NewBytes(reads) };
}

function judge(
  holder: PublisherHandle,
  { bytes }: Watch,
  waitedMs: number,
  claimant: Claimant,
  { takeover, takeoverAfterMs }: PublishOptions,
): "refuse" | "replace" | "wait" {
  const mayTake = takeover === "idle" || (takeover === "same_ip" && holder.ip === claimant.holder.ip);
  if (!holder.live) {
    // It awaits its answer and is rightly silent; it may yet be refused, or seen to be gone.
    return mayTake && waitedMs < takeoverAfterMs ? "wait" : "refuse";
  }
  if (bytes.look(holder.reads)) return "refuse";
  // What has not been read yet may be its end.
  const isRead = bytes.sawEmpty || waitedMs >= UNREAD_MS;
  if (!isRead) return "wait";
  if (!mayTake) return "refuse";
  return waitedMs >= takeoverAfterMs ? "replace" : "wait";
}

/** The holder that is in the way, `undefined` when there is none and the name is the claimant's. */
async function tryReserve(
  source: Source,
  names: NameRegistry | undefined,
  claimant: Claimant,
): Promise<PublisherHandle | undefined> {
  const elsewhere = await names?.claim(source);
  if (elsewhere !== undefined) return elsewhere;
  if (source.reserve(claimant.holder)) return undefined;
  names?.release(source);
  return source.holder;
}

/** The holder is gone, or the claimant. */
function over(holder: PublisherHandle, signal: AbortSignal): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return Promise.race([holder.ended, gone]);
}
