/**
 * `deno task compile`: one executable, `./srs`, with the permissions that the server needs and no others.
 *
 * `DENORT_BIN` names a runtime base where none can be fetched; Deno itself reads it.
 *
 * @module
 */
import { permissionFlags } from "./permission_flags.ts";

const OUTPUT = "srs";

/** Written next to the real one for the time of the compilation, so that nothing of the tests gets in. */
const CONFIG = "compile.deno.json";

/**
 * V8's young generation grows to 48 MB under a burst of connections and never shrinks again: 1,000 players of RTMP then
 * take 66 KB each, with this bound 36, with a bound of 2 MB 31. That one is too small for LL-HLS: what 1,000 viewers
 * leave between two parts does not fit, grows old, and costs a tenth more CPU and twice the wait for a part.
 *
 * Under a connect storm V8 takes the objects of connections for ones that stay, and allocates them in the old
 * generation, where each keeps what it refers to from the quick rounds: without that, a connection costs 6 % less.
 */
const V8_FLAGS = "--max-semi-space-size=8,--no-allocation-site-pretenuring";

/** Packages that only tests import. */
const TEST_PACKAGES: ReadonlySet<string> = new Set([
  "@std/assert",
  "@std/assert/",
  "ajv/2020",
  "axe-core",
  "fast-check",
  "playwright-core",
  "typescript",
]);

/** What the server reads as files: no import leads to it. */
const ASSETS = "http/pages/assets";

/** Of this package the builds and maps that nobody reads are 31 MB: only these files get in. */
const THINNED = "hls.js";
const KEPT: ReadonlySet<string> = new Set(["package.json", "LICENSE", "dist/hls.light.min.mjs"]);

const ROOT = new URL("../", import.meta.url);

Deno.chdir(ROOT);
await Deno.writeTextFile(CONFIG, productConfig(await Deno.readTextFile("deno.json")));
const workers = await workerFiles(".");
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "compile",
    ...permissionFlags(),
    `--v8-flags=${V8_FLAGS}`,
    "--config",
    CONFIG,
    "--no-lock",
    ...[...workers, ASSETS].flatMap((file) => ["--include", file]),
    ...(await unusedFiles()).flatMap((file) => ["--exclude", file]),
    "--output",
    OUTPUT,
    "main.ts",
  ],
  stdout: "inherit",
  stderr: "inherit",
}).output().finally(() => Deno.remove(CONFIG));
Deno.exit(code);

/** The configuration without what only tests need. */
function productConfig(text: string): string {
  const { imports, unstable, compilerOptions }: {
    imports: Record<string, string>;
    unstable: string[];
    compilerOptions: Record<string, unknown>;
  } = JSON.parse(text);
  const used = Object.entries(imports).filter(([name]) => !TEST_PACKAGES.has(name));
  return JSON.stringify({ imports: Object.fromEntries(used), unstable, compilerOptions });
}

/** Files that start as worker threads: nothing imports them, so they have to be named. */
async function workerFiles(directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isFile && entry.name.endsWith("_worker.ts")) files.push(path);
    const isRoom = entry.isDirectory && !/^(?:\..*|tests|tools|docs|objs|node_modules)$/.test(entry.name);
    if (isRoom) files.push(...await workerFiles(path));
  }
  return files.sort();
}

/** Files of the package that is thinned. */
async function unusedFiles(): Promise<string[]> {
  const root = new URL("./", import.meta.resolve(`${THINNED}/package.json`)).pathname;
  const unused: string[] = [];
  const read = async (directory: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(root + directory)) {
      const path = directory + name;
      const isOnTheWay = Array.from(KEPT).some((kept) => kept.startsWith(`${path}/`));
      if (isDirectory && isOnTheWay) await read(`${path}/`);
      else if (!KEPT.has(path)) unused.push(root + path);
    }
  };
  await read("");
  return unused.sort();
}
