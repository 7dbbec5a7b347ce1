/**
 * A configuration file that can be read again: its place is settled at the start, whatever directory the
 * process works in later.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type Config,
  ConfigError,
  type ConfigInput,
  configSteps,
  loadConfig,
  type LoadedConfig,
} from "../config/mod.ts";
import { VERSION } from "./version.ts";
import { IncludeFiles } from "./include_files.ts";
import { readOwnVariables } from "./process_environment.ts";
import { startProblems, startWarnings } from "./start_check.ts";
import type { WatchedConfig } from "./reload/config_watch.ts";
import { ReadTrace } from "./reload/read_trace.ts";
import { readTextFile } from "./text_file.ts";

/** Where the configuration comes from. */
export class ConfigSource {
  readonly #directory = Deno.cwd();
  /** Kept, because it cannot be read again after the permission is dropped. */
  readonly #environment = readOwnVariables();
  #trace = this.#newTrace();
  /** As the operator wrote it, `undefined` for the defaults alone. */
  readonly file: string | undefined;

  /** @param file `undefined` for the defaults alone. */
  constructor(file: string | undefined) {
    this.file = file;
  }

  /** Where the process was started. */
  get directory(): string {
    return this.#directory;
  }

  /**
   * Read the file and the environment. Where the configuration names no `server_id`, the server id is `""`.
   *
   * @throws `ConfigError` with all problems; `Error` when the file cannot be read.
   */
  load(): LoadedConfig {
    return loadConfig(this.#input());
  }

  /** What was read last. */
  get watched(): WatchedConfig {
    const trace = this.#trace;
    return {
      files: trace.files.map((file) => resolve(this.#directory, file)),
      asRead: trace.asRead,
      asItIs: () => trace.asItIs(),
    };
  }

  /**
   * The same for a server that is to start with it: what cannot be opened or written is a problem too.
   *
   * @throws `ConfigError` with all problems; `Error` when the file cannot be read.
   */
  loadForStart(): LoadedConfig {
    return this.#startable(this.load());
  }

  /**
   * The same for a server that runs: in between it does what else there is to do.
   *
   * @param before What is in force.
   * @param pause Settles in a later turn of the event loop.
   * @throws As {@link ConfigSource.loadForStart}.
   */
  async reload(before: Config, pause: () => Promise<void>): Promise<LoadedConfig> {
    const steps = configSteps({ ...this.#input(), before });
    for (;;) {
      const step = steps.next();
      await pause();
      if (step.done === true) return this.#startable(step.value);
    }
  }

  #startable(loaded: LoadedConfig): LoadedConfig {
    const problems = startProblems(loaded.config, this.#directory);
    if (problems.length > 0) throw new ConfigError(problems);
    const warnings = [...loaded.warnings, ...startWarnings(loaded.config, this.#directory)];
    return { ...loaded, warnings };
  }

  #input(): ConfigInput {
    const trace = this.#trace = this.#newTrace();
    const readFile = (path: string) => trace.readFile(path);
    return {
      text: this.file === undefined ? undefined : this.#text(this.file, readFile),
      file: this.file,
      includes: trace,
      env: this.#environment,
      version: VERSION,
      serverId: "",
      readFile,
    };
  }

  #newTrace(): ReadTrace {
    return new ReadTrace(
      new IncludeFiles(this.#directory),
      (path) => readTextFile(resolve(this.#directory, path), path),
    );
  }

  #text(file: string, readFile: (path: string) => string): string {
    try {
      return readFile(file);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw new Error(`Cannot read the configuration file ${file}`, { cause: error });
    }
  }
}
