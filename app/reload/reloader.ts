/**
 * Reads the configuration again while the server runs, and puts in force what has changed: all of it, or nothing where
 * there is a problem. Sessions that a change does not concern do not notice.
 *
 * @module
 */
import {
  type Config,
  configChanges,
  ConfigError,
  keepUntilRestart,
  type LoadedConfig,
} from "../../config/mod.ts";
import type { Clock, ReloadedKey, ReloadOutcome } from "../../core/mod.ts";
import type { Logger } from "../../system/log/mod.ts";
import type { ConfigSource } from "../config_source.ts";
import { threadCount } from "../listen_media.ts";
import { STOPS } from "../media_server.ts";
import { ConfigWatch } from "./config_watch.ts";
import type { ReloadCause } from "./reload_cause.ts";
import { Pace } from "./pace.ts";
import { RecordingFolders } from "./recording_folders.ts";
import { problemsOf, ReloadFailure, ReloadLog } from "./reload_log.ts";
import type { RunningServer } from "./running_server.ts";

/** What a reloader works with. */
export interface ReloaderDeps {
  readonly source: Pick<ConfigSource, "file" | "reload" | "watched">;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Reloads, one after the other. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #log: ReloadLog;
  readonly #begun = Promise.withResolvers<void>();
  readonly #watch: ConfigWatch;
  readonly #folders: RecordingFolders;
  #config: Config;
  #server: RunningServer | undefined;
  #last: Promise<unknown> = this.#begun.promise;

  /** @param config What the server starts with. */
  constructor(config: Config, deps: ReloaderDeps) {
    this.#config = config;
    this.#folders = new RecordingFolders(config);
    this.#deps = deps;
    this.#log = new ReloadLog(deps.log, deps.source.file);
    this.#watch = new ConfigWatch({
      clock: deps.clock,
      watched: () => deps.source.watched,
      changed: () => void this.reload({ by: "file" }),
    });
  }

  /** What is in force. */
  get config(): Config {
    return this.#config;
  }

  /** The server runs: what was wanted meanwhile is done now. */
  begin(server: RunningServer): void {
    this.#server = server;
    this.#follow();
    this.#begun.resolve();
  }

  /** The server stops: nothing is reloaded any more. */
  stop(): void {
    this.#server = undefined;
    this.#watch.stop();
  }

  /** Read the configuration, and put in force what has changed. Rejects only by a bug; what has changed until then stays. */
  reload(cause: ReloadCause): Promise<ReloadOutcome> {
    const done = this.#last.then(() => this.#reload(cause));
    const last = this.#last = done.catch(() => {}).then(() => this.#follow());
    // A promise of its own: a bug of a reload that nobody waits for is reported as such.
    return last.then(() => done);
  }

  #planned(loaded: Config): Plan {
    const before = this.#config;
    const { config, restart: folders } = this.#folders.keep(before, keepUntilRestart(before, loaded));
    const changes = configChanges(before, loaded).filter(({ key }) =>
      !folders.some((folder) => folder.key === key)
    );
    const restart = [...changes.filter(({ when }) => when === "restart"), ...folders];
    return { config, changed: changes.filter(({ when }) => when !== "restart"), restart };
  }

  /** What was read may be other files than before, whether or not it was put in force. */
  #follow(): void {
    if (this.#server !== undefined) this.#watch.follow({ enabled: this.#config.process.autoReload });
  }

  async #reload(cause: ReloadCause): Promise<ReloadOutcome> {
    const server = this.#server;
    if (server === undefined || server.isLeaving) return STOPPING;
    const { clock, source } = this.#deps;
    const startedMs = clock.now();
    // What is being read is not to be compared with what was read.
    this.#watch.stop();
    try {
      const pace = new Pace(clock, { hasMedia: threadCount(this.#config.process.workers) === 1 });
      const { config: loaded, warnings } = await load(source, this.#config, pace);
      const { config, changed, restart } = this.#planned(loaded);
      await pace.pause();
      // While it was read.
      if (this.#server === undefined || server.isLeaving) return STOPPING;
      this.#log.begin(cause, warnings);
      const renewed = await server.apply(config, {
        isSame: changed.length === 0,
        agreed: () => this.#log.changes(changed, restart),
        pace,
      });
      this.#config = config;
      const all = [...changed, ...renewed.filter(({ key }) => !changed.some((other) => other.key === key))];
      this.#log.end(all, restart, clock.now() - startedMs);
      return { kind: "reloaded", changed: all, restart };
    } catch (error) {
      const problems = problemsOf(error);
      if (problems === undefined) throw error;
      this.#log.refused(cause, problems);
      return {
        kind: "refused",
        problems: problems.map(({ file, line, path, message, suggestion }) => ({
          ...{ file, line, key: path },
          text: suggestion === undefined ? message : `${message} (${suggestion})`,
        })),
      };
    }
  }
}

/** A file that cannot be read is a problem as any other. */
async function load(
  source: ReloaderDeps["source"],
  before: Config,
  pace: Pace,
): Promise<LoadedConfig> {
  try {
    return await source.reload(before, () => pace.pause());
  } catch (error) {
    throw error instanceof ConfigError ? error : new ReloadFailure(error);
  }
}

/** What a reload comes to. */
interface Plan {
  /** What is to be in force. */
  readonly config: Config;
  readonly changed: readonly ReloadedKey[];
  readonly restart: readonly ReloadedKey[];
}

const STOPPING: ReloadOutcome = Object.freeze({
  kind: "refused",
  problems: [{ file: undefined, line: undefined, key: "", text: STOPS }],
});
