/**
 * Looks at the files of the configuration, and has it reloaded when they have another content.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import { FileHints } from "../../system/mod.ts";

/** How often files are compared, milliseconds. */
const COMPARE_MS = 30_000;
/** A file that is being written has another content now than in this time, milliseconds. */
const SETTLE_MS = 500;

/** What is watched. */
export interface WatchedConfig {
  /** Where its files are: absolute. */
  readonly files: readonly string[];
  /** A digest of their contents as they were read. */
  readonly asRead: string;
  /** The same as they are now. */
  asItIs(): string;
}

/** What a watch works with. */
export interface ConfigWatchDeps {
  readonly clock: Clock;
  /** What was read last. */
  watched(): WatchedConfig;
  /** There is something new. */
  changed(): void;
}

/** Watches, where it is switched on. */
export class ConfigWatch {
  readonly #deps: ConfigWatchDeps;
  #timer: Timer | undefined;
  #settling: Timer | undefined;
  #hints: FileHints | undefined;
  #known = "";

  /** Off at first. */
  constructor(deps: ConfigWatchDeps) {
    this.#deps = deps;
  }

  /** The configuration was read: watch what it was read from, or nothing. */
  follow({ enabled }: { readonly enabled: boolean }): void {
    this.stop();
    if (!enabled) return;
    const { clock, watched } = this.#deps;
    const { files, asRead } = watched();
    this.#known = asRead;
    this.#timer = clock.setInterval(() => this.#compare(), COMPARE_MS);
    this.#hints = new FileHints(files, clock, () => this.#compare());
    this.#compare();
  }

  /** Watch no longer. */
  stop(): void {
    this.#timer?.clear();
    this.#settling?.clear();
    this.#hints?.close();
    this.#settling = undefined;
  }

  #compare(): void {
    const now = this.#deps.watched().asItIs();
    if (now === this.#known || this.#settling !== undefined) return;
    this.#settling = this.#deps.clock.setTimeout(() => this.#settled(now), SETTLE_MS);
  }

  #settled(seen: string): void {
    this.#settling = undefined;
    const now = this.#deps.watched().asItIs();
    if (now !== seen) return this.#compare();
    // A configuration with problems is read once.
    this.#known = now;
    this.#deps.changed();
  }
}
