/**
 * Removes recordings beyond what `dvr_keep` says: the file, and what the catalogue knows of it.
 *
 * @module
 */
import { type Clock, errorMessage, type Log, type Timer } from "../core/mod.ts";
import type { DvrKeep, VhostOptions } from "../stream/admission/mod.ts";
import type { RecordingAccount } from "./recording_account.ts";
import type { RecordingLibrary } from "./recording_library.ts";

const PRUNE_MS = 30_000;
/** Of a vhost at a time: a disk has other things to do. */
const MOST_FILES = 200;

/** What a pruner is made with. */
export interface RecordingPrunerDeps {
  readonly account: Pick<RecordingAccount, "catalogue">;
  readonly library: Pick<RecordingLibrary, "remove">;
  readonly log: Log;
  readonly clock: Clock;
}

/** Prunes now and then. */
export class RecordingPruner implements Disposable {
  readonly #deps: RecordingPrunerDeps;
  readonly #kept: readonly (readonly [vhost: string, keep: DvrKeep])[];
  readonly #timer: Timer | undefined;
  #isPruning = false;

  /** Prune what these vhosts have; nothing where none of them says what is kept. */
  constructor(vhosts: ReadonlyMap<string, Pick<VhostOptions, "dvr">>, deps: RecordingPrunerDeps) {
    this.#deps = deps;
    this.#kept = Array.from(vhosts, ([name, { dvr }]) => [name, dvr.keep] as const)
      .filter(([, { maxAgeMs, maxBytes }]) => maxAgeMs + maxBytes > 0);
    if (this.#kept.length > 0) this.#timer = deps.clock.setInterval(() => void this.prune(), PRUNE_MS);
  }

  /** Remove what is beyond. Never rejects. */
  async prune(): Promise<void> {
    if (this.#isPruning) return;
    this.#isPruning = true;
    for (const [vhost, keep] of this.#kept) {
      try {
        await this.#pruneVhost(vhost, keep);
      } catch (error) {
        this.#warn(vhost, errorMessage(error));
      }
    }
    this.#isPruning = false;
  }

  /** Prune no more. */
  [Symbol.dispose](): void {
    this.#timer?.clear();
  }

  async #pruneVhost(vhost: string, { maxAgeMs, maxBytes }: DvrKeep): Promise<void> {
    const { account, library, clock, log } = this.#deps;
    const beyond = account.catalogue?.beyond({
      vhost,
      endedBeforeMs: maxAgeMs === 0 ? 0 : Math.round(clock.wallNow() - maxAgeMs),
      maxBytes: maxBytes === 0 ? Number.MAX_SAFE_INTEGER : maxBytes,
      count: MOST_FILES,
    }) ?? [];
    let files = 0;
    let bytes = 0;
    for (const recording of beyond) {
      try {
        await library.remove(recording);
        files++;
        bytes += recording.bytes;
      } catch (error) {
        this.#warn(vhost, `${recording.file}: ${errorMessage(error)}`);
      }
    }
    if (files > 0) {
      log.write("trace", undefined, "Recordings beyond dvr_keep removed", { vhost, files, bytes });
    }
  }

  #warn(vhost: string, error: string): void {
    this.#deps.log.write("warn", undefined, "Recording beyond dvr_keep cannot be removed", { vhost, error });
  }
}
