/**
 * Removes recordings beyond what `dvr_keep` says: the file, and what the catalogue knows of it.
 *
 * @module
 */
import { type Clock, errorMessage, type Log, type Timer } from "../core/mod.ts";
import type { DvrKeep, VhostOptions } from "../stream/admission/mod.ts";
import type { RecordCatalogue } from "../stream/record/mod.ts";
import type { RecordingLibrary } from "./recording_library.ts";

const PRUNE_MS = 30_000;
/** Of a vhost at a time: a disk has other things to do. Those that cannot be removed do not count, up to a number. */
const MOST_FILES = 200;
const MOST_STUCK = 5000;

/** What a pruner is made with. */
export interface RecordingPrunerDeps {
  /** Its catalogue comes and goes. */
  readonly account: { readonly catalogue: Pick<RecordCatalogue, "beyond"> | undefined };
  readonly library: Pick<RecordingLibrary, "remove">;
  readonly log: Log;
  readonly clock: Clock;
}

/** Prunes now and then. */
export class RecordingPruner implements Disposable {
  readonly #deps: RecordingPrunerDeps;
  #kept: readonly (readonly [vhost: string, keep: DvrKeep])[] = [];
  #timer: Timer | undefined;
  /** How many files of a vhost could not be removed the last time: they are the oldest the next time too. */
  readonly #stuck = new Map<string, number>();
  #isPruning = false;

  /** Prune what these vhosts have; nothing where none of them says what is kept. */
  constructor(vhosts: ReadonlyMap<string, Pick<VhostOptions, "dvr">>, deps: RecordingPrunerDeps) {
    this.#deps = deps;
    this.replaceVhosts(vhosts);
  }

  /** Prune what these vhosts have from here on. */
  replaceVhosts(vhosts: ReadonlyMap<string, Pick<VhostOptions, "dvr">>): void {
    this.#kept = Array.from(vhosts, ([name, { dvr }]) => [name, dvr.keep] as const)
      .filter(([, { maxAgeMs, maxBytes }]) => maxAgeMs + maxBytes > 0);
    if (this.#kept.length > 0) {
      this.#timer ??= this.#deps.clock.setInterval(() => void this.prune(), PRUNE_MS);
    } else {
      this.#timer?.clear();
      this.#timer = undefined;
    }
  }

  /** Remove what is beyond. Never rejects. */
  async prune(): Promise<void> {
    if (this.#isPruning) return;
    this.#isPruning = true;
    for (const [vhost, keep] of this.#kept) {
      try {
        await this.#pruneVhost(vhost, keep);
      } catch (error) {
        this.#warn(vhost, 0, errorMessage(error));
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
      count: MOST_FILES + Math.min(MOST_STUCK, this.#stuck.get(vhost) ?? 0),
    }) ?? [];
    const failures: string[] = [];
    let files = 0;
    let bytes = 0;
    for (const recording of beyond) {
      try {
        await library.remove(recording);
        files++;
        bytes += recording.bytes;
      } catch (error) {
        failures.push(`${recording.file}: ${errorMessage(error)}`);
      }
    }
    this.#stuck.set(vhost, failures.length);
    if (failures[0] !== undefined) this.#warn(vhost, failures.length, failures[0]);
    if (files > 0) {
      log.write("trace", undefined, "Recordings beyond dvr_keep removed", { vhost, files, bytes });
    }
  }

  /** @param files That could not be removed, 0 where the catalogue could not be read. */
  #warn(vhost: string, files: number, error: string): void {
    const fields = { vhost, files, error };
    this.#deps.log.write("warn", undefined, "Recordings beyond dvr_keep cannot be removed", fields);
  }
}
