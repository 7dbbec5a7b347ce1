/**
 * The server as a process of its own, as an operator runs it: from the source, or the compiled file that
 * `SRS_BIN` names. Listens on ports that the system chooses; leaves no process and no file behind.
 *
 * @module
 */

import { withoutTestVariables } from "./server_environment.ts";

/** How long a process on a busy machine may take to start or to say what is waited for, milliseconds. */
const PATIENCE_MS = 60_000;

/** The log line that tells an address of the RTMP listener. */
const LISTENING = /Listening for RTMP address=\S+:\d+$/;

/** The port in such a line, or in the same as JSON. */
const PORT = /:(\d+)(?:\/live\/livestream|"\})?$/;

/** A line about an error that nobody expected: whatever a client does, there must be none. */
const FAULT = /(?:\]\[error\]\[[\d-]*\] |"message":")bug: /i;

/** One RTMP listener on loopback, nothing else. */
export const QUIET_TOML = `listen = "127.0.0.1:0"
[http_api]
enabled = false
[http_server]
enabled = false
[hooks.outbox]
path = ""
`;

/** How the server is started. */
export interface ServerProcessOptions {
  /** The configuration file's text; must listen on port 0. Defaults to `QUIET_TOML`. */
  readonly toml?: string;
  /** Environment on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The line that means that it listens, and ends with its port. Defaults to the text log's line; the banner's
   * last line is there when the log is a file.
   */
  readonly listening?: RegExp;
  /** Working directory, kept afterwards: for tests that start twice in one place. Defaults to a temporary one. */
  readonly directory?: string;
  /** Further arguments. */
  readonly args?: readonly string[];
  /** Program and arguments that start the server, as `setpriv` does: it must become the server. */
  readonly wrapper?: readonly string[];
}

/** How the process ended. */
export interface ServerExit {
  readonly code: number;
  readonly signal: Deno.Signal | null;
}

/** Program and first arguments that run the `srs` command line under test. */
export function srsCommand(): { readonly program: string; readonly args: readonly string[] } {
  const binary = Deno.env.get("SRS_BIN");
  if (binary !== undefined && binary !== "") return { program: binary, args: [] };
  const file = (name: string) => decodeURIComponent(new URL(`../../../${name}`, import.meta.url).pathname);
  return { program: Deno.execPath(), args: ["run", "-A", "--config", file("deno.json"), file("main.ts")] };
}

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Run one `srs` command to its end, in a directory of its own.
 *
 * @param files Files to put there, by name.
 */
export async function runSrs(
  commandArgs: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${directory}/${name}`, text);
    return await runSrsIn(directory, commandArgs);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Run one `srs` command to its end in `directory`. */
export async function runSrsIn(directory: string, commandArgs: readonly string[]): Promise<CommandResult> {
  const { program, args } = srsCommand();
  const command = new Deno.Command(program, {
    args: [...args, ...commandArgs],
    cwd: directory,
    env: withoutTestVariables(),
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** A running server. */
export class ServerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #keepDirectory: boolean;
  readonly #lines: string[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #finished: Promise<ServerExit>;
  #ended = false;
  #port = 0;

  private constructor(child: Deno.ChildProcess, directory: string, keepDirectory: boolean) {
    this.#child = child;
    this.#directory = directory;
    this.#keepDirectory = keepDirectory;
    this.#finished = this.#follow();
  }

  /**
   * Start a server and wait until it listens.
   *
   * @throws When it ends first or stays silent, with what it printed.
   */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const directory = options.directory ?? await Deno.makeTempDir({ prefix: "srs-test-" });
    const config = `${directory}/srs.toml`;
    await Deno.writeTextFile(config, options.toml ?? QUIET_TOML);
    const { program, args } = srsCommand();
    const [first = program, ...rest] = [
      ...options.wrapper ?? [],
      program,
      ...args,
      "--config",
      config,
      ...options.args ?? [],
    ];
    const child = new Deno.Command(first, {
      args: rest,
      cwd: directory,
      env: { ...withoutTestVariables(), ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const server = new ServerProcess(child, directory, options.directory !== undefined);
    try {
      const line = await server.waitForLine(options.listening ?? LISTENING);
      server.#port = Number(PORT.exec(line)?.[1] ?? 0);
      return server;
    } catch (error) {
      await server.kill();
      throw error;
    }
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Port of the first RTMP listener. */
  get port(): number {
    return this.#port;
  }

  /** Where it works: its configuration is `srs.toml` in it. */
  get directory(): string {
    return this.#directory;
  }

  /** Everything printed so far, standard output and standard error, line by line as it came. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Settled when the process has ended and all its output was read. */
  get finished(): Promise<ServerExit> {
    return this.#finished;
  }

  /** `rtmp://127.0.0.1:PORT/APP_AND_STREAM`. */
  rtmpUrl(appAndStream = "live/livestream"): string {
    return `rtmp://127.0.0.1:${this.#port}/${appAndStream}`;
  }

  /**
   * The first line, printed already or still to come, that matches.
   *
   * @param options `from`: index in `lines` where the search starts.
   * @throws When the process ends, or the deadline passes, without such a line.
   */
  async waitForLine(
    pattern: RegExp,
    options: { readonly from?: number; readonly timeoutMs?: number } = {},
  ): Promise<string> {
    let next = options.from ?? 0;
    const deadline = performance.now() + (options.timeoutMs ?? PATIENCE_MS);
    while (true) {
      for (; next < this.#lines.length; next += 1) {
        const line = this.#lines[next];
        if (line !== undefined && pattern.test(line)) return line;
      }
      const leftMs = deadline - performance.now();
      if (this.#ended || leftMs <= 0) {
        const why = this.#ended ? "the server ended" : "time is up";
        throw new Error(`Cannot find a line like ${pattern}: ${why}; it printed:\n${this.#lines.join("\n")}`);
      }
      await this.#nextChange(leftMs);
    }
  }

  /** Send a signal. */
  signal(signal: Deno.Signal): void {
    if (!this.#ended) this.#child.kill(signal);
  }

  /** End it as a service manager does, with SIGTERM. */
  async stop(): Promise<ServerExit> {
    this.signal("SIGTERM");
    return await this.#clean();
  }

  /** End it as a crash does, with SIGKILL. */
  async kill(): Promise<ServerExit> {
    this.signal("SIGKILL");
    return await this.#clean();
  }

  /** For `await using`: SIGTERM, and SIGKILL if that does not help in time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), PATIENCE_MS);
    await this.#clean();
    clearTimeout(timer);
  }

  async #clean(): Promise<ServerExit> {
    const exit = await this.#finished;
    if (!this.#keepDirectory) {
      await Deno.remove(this.#directory, { recursive: true }).catch((error: unknown) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    const faults = this.#lines.filter((line) => FAULT.test(line));
    if (faults.length > 0) throw new Error(`The server has faults of its own:\n${faults.join("\n")}`);
    return exit;
  }

  async #follow(): Promise<ServerExit> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#read(this.#child.stdout),
      this.#read(this.#child.stderr),
    ]);
    this.#ended = true;
    this.#changed();
    return { code: status.code, signal: status.signal };
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of output) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      this.#lines.push(...parts);
      if (parts.length > 0) this.#changed();
    }
    if (rest !== "") this.#lines.push(rest);
  }

  #changed(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }

  async #nextChange(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.add(resolve);
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    this.#waiters.delete(resolve);
  }
}
