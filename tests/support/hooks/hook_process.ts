/**
 * Another process with hooks, which a test can kill.
 *
 * @module
 */

export interface Child {
  readonly process: Deno.ChildProcess;
  /** Resolves once the child has said this line; with all lines so far. */
  said(line: string): Promise<string[]>;
  kill(): Promise<void>;
}

/** @param prelude Shell commands before the process, for its limits. */
export function startScript(prelude: string, args: readonly string[]): Child {
  const script = new URL("./hook_child.ts", import.meta.url).pathname;
  const process = new Deno.Command("sh", {
    args: ["-c", `${prelude}; exec "$0" "$@"`, Deno.execPath(), "run", "-A", "--no-check", script, ...args],
    stdout: "piped",
    stdin: "null",
  }).spawn();
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    let rest = "";
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })();
  return {
    process,
    async said(line) {
      while (!lines.includes(line)) await Promise.race([wake.promise, process.status.then(() => line)]);
      return lines;
    },
    async kill() {
      process.kill("SIGKILL");
      await process.status;
      await reading;
    },
  };
}
