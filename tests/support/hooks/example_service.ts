/**
 * The examples of docs/HOOKS.md as processes.
 *
 * @module
 */
import { ClientProcess } from "../clients/client_process.ts";
import { findProgram, runProgram } from "../clients/programs.ts";

const EXAMPLES = decodeURIComponent(new URL("../../../docs/examples/hooks/", import.meta.url).pathname);

/** A running example, on a port of loopback that the system chose. */
export class ExampleService implements AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  readonly #process: ClientProcess;

  private constructor(process: ClientProcess, port: string) {
    this.#process = process;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Start an example.
   *
   * @param directory For what it writes, and what is compiled.
   * @throws {Error} Its program is not installed, or it does not start; with the reason.
   */
  static async start(
    name: string,
    directory: string,
    options: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<ExampleService> {
    const { args = [], env = {} } = options;
    const [program, ...first] = await commandOf(name, directory);
    const process = ClientProcess.start(program, [...first, ...args], { env });
    const line = await process.waitForLine(/^port \d+$|Development Server \(http:\S+:\d+\) started/);
    return new ExampleService(process, /(\d+)(?:\) started)?$/.exec(line)?.[1] ?? "");
  }

  /** What it answers to a `GET /`. */
  async shown(): Promise<unknown> {
    return await (await fetch(this.url)).json();
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop("SIGTERM");
  }
}

/** Program and arguments, the port last. */
async function commandOf(name: string, directory: string): Promise<[string, ...string[]]> {
  const file = `${EXAMPLES}${name}`;
  switch (name.split(".").at(-1)) {
    case "mjs":
      return [(await findProgram("node", "nodejs")).path, file, "0"];
    case "py":
      return [(await findProgram("python3", "python3")).path, file, "0"];
    case "php":
      return [(await findProgram("php", "php-cli")).path, "-S", "127.0.0.1:0", file];
    case "go": {
      const built = `${directory}/${name}.program`;
      const { code, text } = await runProgram(await findProgram("go", "golang-go"), [
        "build",
        "-o",
        built,
        file,
      ]);
      if (code !== 0) throw new Error(`Cannot build ${name}: ${text}`);
      return [built, "0"];
    }
    default:
      throw new Error(`Cannot run ${name}: no program for it is known`);
  }
}
