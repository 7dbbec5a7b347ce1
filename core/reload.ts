/**
 * What a reload of the configuration is answered with. Pure data.
 *
 * @module
 */

/**
 * When another value of a key takes effect: `live` at once, also for what runs; `next` at the next connect, request,
 * publish, play or call; `new` for connections, streams and sessions that begin later; `restart` not before a restart.
 */
export type ReloadWhen = "live" | "next" | "new" | "restart";

/** All of them, the fastest first. */
export const RELOAD_WHEN: readonly ReloadWhen[] = Object.freeze(["live", "next", "new", "restart"]);

/** A key whose value is another one. */
export interface ReloadedKey {
  /** Its whole path, `vhost.NAME.http_hooks.on_play`; of a vhost that came or went `vhost.NAME`. */
  readonly key: string;
  /** As TOML, secrets masked; `undefined` where the vhost was not there. */
  readonly from: string | undefined;
  /** The same afterwards. */
  readonly to: string | undefined;
  /** When it takes effect. */
  readonly when: ReloadWhen;
}

/** What is wrong with the new configuration. */
export interface ReloadProblem {
  /** `environment` for a variable; `undefined` where no file is to blame. */
  readonly file: string | undefined;
  /** Counted from 1. */
  readonly line: number | undefined;
  /** Its whole path, `""` for the file as a whole. */
  readonly key: string;
  /** With the way out, where one is known. */
  readonly text: string;
}

/** How a reload ended. */
export type ReloadOutcome =
  | {
    readonly kind: "reloaded";
    /** What is in force now, or will be as its `when` says. */
    readonly changed: readonly ReloadedKey[];
    /** What is in force after a restart alone. */
    readonly restart: readonly ReloadedKey[];
  }
  /** Nothing has changed. */
  | { readonly kind: "refused"; readonly problems: readonly ReloadProblem[] };
