/**
 * The configuration as the rest of the program sees it: typed, complete, frozen.
 *
 * @module
 */

import type { HooksOptions } from "../hooks/options.ts";
import type { HttpOptions } from "../http/options.ts";
import type { LogOptions } from "../system/log/options.ts";
import type { RtmpOptions } from "../rtmp/options.ts";

/** Everything that an operator can say. Times in milliseconds, sizes in bytes. */
export interface Config {
  /** The RTMP server. */
  readonly rtmp: RtmpOptions;
  /** The HTTP callbacks. */
  readonly hooks: HooksOptions;
  /** The log. */
  readonly log: LogOptions;
  /** The HTTP listeners. */
  readonly http: HttpOptions;
  /** The process. */
  readonly process: ProcessOptions;
  /** Every key in force, in the order in which it is printed. */
  readonly settings: readonly Setting[];
  /** Digests of the files that keys name and that were read for it, by their names as they are written there. */
  readonly files: ReadonlyMap<string, string>;
}

/** The process itself. */
export interface ProcessOptions {
  /** File with the process id, `""` for none. */
  readonly pid: string;
  /** Directory to change to at start. */
  readonly workDir: string;
  /** The longest that endings are waited for at a graceful stop, before the hooks' `timeout` is added. */
  readonly graceFinalWaitMs: number;
  /** The longest that a drain waits for the last client; 0: as long as it takes. */
  readonly graceDrainMs: number;
  /** Listeners can be shared with a process that takes over. */
  readonly reusePort: boolean;
  /** Whether a configuration that has changed on disk is put in force. */
  readonly autoReload: boolean;
  /** Worker threads, `auto` for one a core. */
  readonly workers: number | "auto";
}

/** One key in force: what it is and where it came from. */
export interface Setting {
  /** The vhost's name; `undefined` for keys outside of vhosts. */
  readonly vhost: string | undefined;
  /** Dotted path below the root or the vhost. */
  readonly path: string;
  /** The value as TOML. */
  readonly toml: string;
  /** The value as TOML with its secrets masked; `undefined` when it holds none. */
  readonly masked: string | undefined;
  /** Where the value came from. */
  readonly origin: SettingOrigin;
}

/** Where a value came from. */
export type SettingOrigin =
  | { readonly kind: "default" }
  /** A vhost's value that follows the same key of the root. */
  | { readonly kind: "inherited" }
  | { readonly kind: "file"; readonly file: string | undefined; readonly line: number | undefined }
  | { readonly kind: "environment"; readonly name: string };
