/**
 * A copy of the checkout in which faults are tried: one at a time, so that several at once need a copy each.
 *
 * @module
 */
import { ImportGraph } from "./import_graph.ts";
import { mutate, type Mutation } from "./mutations.ts";

/** Tests that run together before the others: the nearest ones, where most faults are noticed. */
const NEAREST = 3;

/** A failed test in Deno's report, and a test file that could not be loaded. */
const FAILED_AT = /=> \.\/(\S+?:\d+):\d+|^error: .*?(tests\/\S+_test\.ts)/m;

/** How a run of tests ended. */
type Run =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly where: string }
  | { readonly kind: "timedOut" };

/** What became of a fault. */
export type Outcome =
  /** A test failed, at `where`. */
  | { readonly kind: "noticed"; readonly where: string }
  /** The type checker refuses the file, so the fault cannot be committed. */
  | { readonly kind: "refused" }
  /** Nothing failed. */
  | { readonly kind: "survived" };

/** The copy. No fault touches the checkout itself. */
export class MutationBench implements AsyncDisposable {
  readonly #root: string;
  readonly #graph: ImportGraph;

  private constructor(root: string, graph: ImportGraph) {
    this.#root = root;
    this.#graph = graph;
  }

  /** Copy `paths` of the current directory as they are in the working tree. */
  static async create(paths: readonly string[]): Promise<MutationBench> {
    const root = await Deno.makeTempDir({ prefix: "srs-mutate-" });
    const texts = new Map<string, string>();
    for (const path of paths) {
      await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(path, `${root}/${path}`);
      if (path.endsWith(".ts")) texts.set(path, await Deno.readTextFile(path));
    }
    return new MutationBench(root, new ImportGraph(texts));
  }

  /**
   * Run tests without any fault.
   *
   * @returns How long they took, milliseconds.
   * @throws {Error} When one fails: nothing can be learnt from it then.
   */
  async timeOf(tests: readonly string[]): Promise<number> {
    const startedMs = performance.now();
    const run = await this.#test(tests, Infinity);
    if (run.kind === "failed") throw new Error(`A test fails without any fault: ${run.where}`);
    return performance.now() - startedMs;
  }

  /**
   * Put the fault into its file, run the tests that reach the file until one fails, and take the fault out again.
   *
   * @param limitMs A run that takes longer is killed and counts as a test that noticed.
   */
  async try(mutation: Mutation, tests: readonly string[], limitMs: number): Promise<Outcome> {
    const path = `${this.#root}/${mutation.path}`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, mutate(text, mutation));
    try {
      const reaching = this.#graph.reaching(mutation.path, tests);
      for (const batch of [reaching.slice(0, NEAREST), reaching.slice(NEAREST)]) {
        const run = await this.#test(batch, limitMs);
        if (run.kind === "failed") return { kind: "noticed", where: run.where };
        if (run.kind === "timedOut") return { kind: "noticed", where: "the time limit" };
      }
      return { kind: await this.#typesHold(mutation.path) ? "survived" : "refused" };
    } finally {
      await Deno.writeTextFile(path, text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#root, { recursive: true });
  }

  async #test(tests: readonly string[], limitMs: number): Promise<Run> {
    if (tests.length === 0) return { kind: "passed" };
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--fail-fast", ...tests],
      cwd: this.#root,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const kill = () => {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It has just ended by itself, and counts as it ended.
        if (!(error instanceof TypeError)) throw error;
      }
    };
    const timer = limitMs === Infinity ? undefined : setTimeout(kill, limitMs);
    const { success, signal, stdout, stderr } = await child.output();
    clearTimeout(timer);
    if (signal === "SIGKILL") return { kind: "timedOut" };
    if (success) return { kind: "passed" };
    const report = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const found = FAILED_AT.exec(report);
    return { kind: "failed", where: found?.[1] ?? found?.[2] ?? "an unknown test" };
  }

  async #typesHold(path: string): Promise<boolean> {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", path],
      cwd: this.#root,
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  }
}
