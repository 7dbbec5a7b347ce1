/**
 * A copy of the checkout in which faults are tried: one at a time, so that several at once need a copy each.
 *
 * @module
 */
import { ImportGraph } from "./import_graph.ts";
import { mutate, type Mutation } from "./mutations.ts";

/** Tests that run together before the others: the nearest ones, where most faults are noticed. */
const NEAREST = 3;

/** A run may take its tests' own time this often, and this long besides, before it is killed. */
const PATIENCE = 3;
const START_MS = 20_000;

/** Where Deno writes the times of tests, and a test's file and seconds in it. */
const TIMES_FILE = "test-times.xml";
const TEST_TIME = /classname="\.\/(\S+?)" time="([\d.]+)"/g;

/** A failed test in Deno's report, and a test file that could not be loaded. */
const FAILED_AT = /=> \.\/(\S+?:\d+):\d+|^error: .*?(tests\/\S+_test\.ts)/m;

/** How a run of tests ended. */
type Run =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly where: string }
  | { readonly kind: "timedOut" };

/** Test files by their paths from the root, and how long each takes without any fault, milliseconds. */
export type TestTimes = ReadonlyMap<string, number>;

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
   * @returns How long each file took, milliseconds.
   * @throws {Error} When one fails: nothing can be learnt from it then.
   */
  async timesOf(tests: readonly string[]): Promise<TestTimes> {
    const run = await this.#test(tests, Infinity, `--junit-path=${TIMES_FILE}`);
    if (run.kind === "failed") throw new Error(`A test fails without any fault: ${run.where}`);
    const times = new Map(tests.map((path) => [path, 0]));
    const report = await Deno.readTextFile(`${this.#root}/${TIMES_FILE}`);
    for (const [, path = "", seconds] of report.matchAll(TEST_TIME)) {
      times.set(path, (times.get(path) ?? 0) + Number(seconds) * 1000);
    }
    return times;
  }

  /**
   * Put the fault into its file, run the tests that reach the file until one fails, and take the fault out again.
   * A run that takes much longer than without the fault is killed and counts as a test that noticed.
   */
  async try(mutation: Mutation, times: TestTimes): Promise<Outcome> {
    const path = `${this.#root}/${mutation.path}`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, mutate(text, mutation));
    try {
      const reaching = this.#graph.reaching(mutation.path, [...times.keys()]);
      for (const batch of [reaching.slice(0, NEAREST), reaching.slice(NEAREST)]) {
        const ownMs = batch.reduce((sum, path) => sum + (times.get(path) ?? 0), 0);
        const run = await this.#test(batch, START_MS + ownMs * PATIENCE);
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

  async #test(tests: readonly string[], limitMs: number, ...flags: readonly string[]): Promise<Run> {
    if (tests.length === 0) return { kind: "passed" };
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--fail-fast", ...flags, ...tests],
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
