/**
 * What `deno task test` does: all tests of `tests/` but those with real programs as clients.
 *
 * Each file that is tested alone loads its room again, which takes longer than most tests do. So the files of a room
 * that need no process of their own are loaded together, some at a time: measured on two cores, 86 files of `stream`
 * took 25 s of CPU one by one and 6 s together. Arguments go to `deno test`, as `--filter`.
 *
 * @module
 */

/** So many files are loaded together. */
const FILES_TOGETHER = 16;
/** Rooms whose tests start processes, or measure their own: each file has a worker to itself. */
const ALONE = ["app", "attacks", "bench", "clients", "e2e", "fuzz", "soak"];
/** Where the modules that load others are written. */
const LOADERS = "objs/tests";

Deno.chdir(new URL("../", import.meta.url));
await Deno.remove(LOADERS, { recursive: true }).catch(() => {});
await Deno.mkdir(LOADERS, { recursive: true });

const files: string[] = [];
for (const room of await sortedNames("tests")) {
  const tests = await testsBelow(`tests/${room}`);
  if (ALONE.includes(room)) files.unshift(...tests);
  else files.push(...await loadersOf(room, tests));
}
const jobs = Deno.env.get("DENO_JOBS") ?? String(2 * navigator.hardwareConcurrency);
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-check", "--parallel", ...Deno.args, ...files],
  env: { DENO_JOBS: jobs },
}).spawn().status;
Deno.exit(code);

async function sortedNames(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
}

/** The files of tests in a directory and all below it, but the real programs; or the one file that `path` is. */
async function testsBelow(path: string): Promise<string[]> {
  if (path === "tests/clients/programs") return [];
  if ((await Deno.stat(path)).isFile) return path.endsWith("_test.ts") ? [path] : [];
  const below = await Array.fromAsync(await sortedNames(path), (name) => testsBelow(`${path}/${name}`));
  return below.flat();
}

/** Modules that load the tests of a room between them. */
async function loadersOf(room: string, tests: readonly string[]): Promise<string[]> {
  const loaders: string[] = [];
  for (let from = 0; from < tests.length; from += FILES_TOGETHER) {
    const path = `${LOADERS}/${room}_${loaders.length + 1}_test.ts`;
    const imports = tests.slice(from, from + FILES_TOGETHER).map((test) => `import "../../${test}";\n`);
    await Deno.writeTextFile(path, imports.join(""));
    loaders.push(path);
  }
  return loaders;
}
