/**
 * Real clients for tests: ffmpeg and ffprobe from the path, else from npm, so that no test is skipped on a
 * machine that has neither.
 *
 * @module
 */

/** Two static builds of the same maker; big, hence fetched only where the path has none. */
const FFMPEG_PACKAGE = "npm:@ffmpeg-installer/ffmpeg@1.1.0";
const FFPROBE_PACKAGE = "npm:@ffprobe-installer/ffprobe@2.1.2";

/** How long a tool may run when nothing else is said, milliseconds. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Paths of executables. */
export interface MediaTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** How a tool ended and what it printed. */
export interface ToolResult {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Where a search looks. */
export interface SearchOptions {
  /** Directories separated as in `PATH`. Defaults to the process's own. */
  readonly path?: string;
}

/**
 * Find the tools.
 *
 * @throws When they are neither on the path nor to be had from npm for this platform.
 */
export async function mediaTools(options: SearchOptions = {}): Promise<MediaTools> {
  const path = options.path ?? Deno.env.get("PATH") ?? "";
  return {
    ffmpeg: await onPath("ffmpeg", path) ?? await ffmpegFromNpm(),
    ffprobe: await onPath("ffprobe", path) ?? await ffprobeFromNpm(),
  };
}

/** A tool at work. Ended by `stop`, by `await using`, or by its deadline. */
export class ToolProcess {
  readonly #child: Deno.ChildProcess;
  readonly #timer: ReturnType<typeof setTimeout>;
  /** Settled when it has ended and everything it printed was read. */
  readonly result: Promise<ToolResult>;

  private constructor(child: Deno.ChildProcess, timeoutMs: number) {
    this.#child = child;
    this.#timer = setTimeout(() => this.#signal("SIGKILL"), timeoutMs);
    this.result = this.#collect();
  }

  /**
   * Start `program`.
   *
   * @param options `timeoutMs`: killed after so long, 60 s by default.
   */
  static start(
    program: string,
    args: readonly string[],
    options: { readonly timeoutMs?: number } = {},
  ): ToolProcess {
    const command = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return new ToolProcess(command.spawn(), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /** Ask it to end, as ctrl-C does, so that it says goodbye to its server. */
  async stop(): Promise<ToolResult> {
    this.#signal("SIGINT");
    return await this.result;
  }

  /** End it without a goodbye. */
  async kill(): Promise<ToolResult> {
    this.#signal("SIGKILL");
    return await this.result;
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It ended by itself in between, which is what was wanted.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #collect(): Promise<ToolResult> {
    const { code, signal, stdout, stderr } = await this.#child.output();
    clearTimeout(this.#timer);
    return { code, signal, stdout, stderr: new TextDecoder().decode(stderr) };
  }
}

/** Run `program` to its end. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { readonly timeoutMs?: number } = {},
): Promise<ToolResult> {
  return await ToolProcess.start(program, args, options).result;
}

async function onPath(name: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(":")) {
    if (directory === "") continue;
    const file = `${directory}/${name}`;
    if (await isFile(file)) return file;
  }
  return undefined;
}

/** The package names the executable, but its archive carries no permission to execute it. */
async function ffprobeFromNpm(): Promise<string> {
  return await executable(await importedPath(FFPROBE_PACKAGE));
}

/**
 * The package looks for its platform's package next to itself, as npm lays them out. Deno keeps each version
 * in a directory of its own, so the package gives up and names the places where it looked, which is enough
 * to find it.
 */
async function ffmpegFromNpm(): Promise<string> {
  const said = await importedPath(FFMPEG_PACKAGE);
  const tried = /tried "(.*\/@ffmpeg-installer)\/ffmpeg\/([^/]+)\/([^/"]+)"/.exec(said);
  if (tried === null) return await executable(said);
  const [, scope, platform, name] = tried;
  for await (const version of Deno.readDir(`${scope}/${platform}`)) {
    const file = `${scope}/${platform}/${version.name}/${name}`;
    if (version.isDirectory && await isFile(file)) return await executable(file);
  }
  throw new Error(`Cannot find ffmpeg in ${scope}/${platform}: install it`);
}

/**
 * The path that an installer package exports, or what it says instead. Asked in a process without a lock
 * file: once in there, a package is fetched by everybody who runs anything here.
 */
async function importedPath(specifier: string): Promise<string> {
  const code =
    `try { console.log((await import("${specifier}")).default.path) } catch (e) { console.log(String(e)) }`;
  const { code: status, stdout, stderr } = await runTool(
    Deno.execPath(),
    ["eval", "--quiet", "--no-config", "--no-lock", code],
    { timeoutMs: 10 * DEFAULT_TIMEOUT_MS },
  );
  if (status !== 0) throw new Error(`Cannot get ${specifier}, install ffmpeg and ffprobe: ${stderr}`);
  return new TextDecoder().decode(stdout).trim();
}

async function executable(file: string): Promise<string> {
  const { mode } = await Deno.stat(file);
  if (mode !== null && (mode & 0o111) === 0) await Deno.chmod(file, 0o755);
  return file;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
