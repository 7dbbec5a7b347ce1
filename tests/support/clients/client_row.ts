/**
 * One row of the client matrix: its tests, and their outcome as a file that `deno task matrix` reads.
 *
 * @module
 */
import type { ClientCheck, ClientResult } from "../../../tools/client_result.ts";

/** Who is tested. */
export interface ClientRowOptions {
  /** As the matrix has it; the tests' names begin with it. */
  readonly client: string;
  /** Asked when a test runs; may throw to say what to install. `scripted` by default. */
  readonly version?: () => Promise<string>;
}

/** The tests of one client. Results are kept when `SRS_CLIENT_RESULTS` names a directory. */
export class ClientRow {
  readonly #options: ClientRowOptions;
  readonly #tests: { check: ClientCheck; shows: string; passed: boolean }[] = [];

  constructor(options: ClientRowOptions) {
    this.#options = options;
  }

  /**
   * Register a test, named `client: check, shows`.
   *
   * @param shows What the matrix says when it passes.
   */
  test(check: ClientCheck, shows: string, run: () => Promise<void>): void {
    Deno.test(`${this.#options.client}: ${check}, ${shows}`, async () => {
      let passed = false;
      try {
        await run();
        passed = true;
      } finally {
        this.#tests.push({ check, shows, passed });
        await this.#keep();
      }
    });
  }

  async #keep(): Promise<void> {
    const directory = Deno.env.get("SRS_CLIENT_RESULTS");
    if (directory === undefined || directory === "") return;
    const { client, version } = this.#options;
    const result: ClientResult = { client, version: await known(version), tests: this.#tests };
    await Deno.mkdir(directory, { recursive: true });
    const name = client.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    await Deno.writeTextFile(`${directory}/${name}.json`, JSON.stringify(result, null, 2));
  }
}

/** A missing program has failed its test already; here it is a version that nobody knows. */
async function known(version: (() => Promise<string>) | undefined): Promise<string> {
  if (version === undefined) return "scripted";
  try {
    return await version();
  } catch (error) {
    if (error instanceof Error) return "missing";
    throw error;
  }
}
