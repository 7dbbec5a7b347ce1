/**
 * Files and rooms that the documents for developers name are there.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";

const ROOT = new URL("../../", import.meta.url);
/** Made up, in recipes. */
const EXAMPLE = /(^|[/_])foo/;

/** Every path of the repository. */
async function productPaths(): Promise<ReadonlySet<string>> {
  const paths = new Set(["main.ts", "srs.toml"]);
  const rooms = [
    "app",
    "cluster",
    "config",
    "core",
    "docs",
    "hooks",
    "http",
    "rtmp",
    "stream",
    "system",
    "tests",
    "tools",
  ];
  const folders = rooms.map((room) => `${room}/`);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    paths.add(folder);
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (isDirectory) folders.push(`${folder}${name}/`);
      else paths.add(folder + name);
    }
  }
  return paths;
}

/** `` `a/b.ts` `` and `` `a/b/` `` of a text; a file without its folder counts too. */
function namedPaths(text: string): string[] {
  const found = text.matchAll(/`((?:[\w.-]+\/)*(?:[\w-]+\.ts|[\w-]+\/))`/g);
  return [...new Set(found.map(([, path]) => path ?? ""))].filter((path) => !EXAMPLE.test(path));
}

const PATHS = await productPaths();

/** A document may leave out the folders before a path that it is speaking of. */
function isThere(named: string): boolean {
  return PATHS.has(named) || PATHS.values().some((path) => path.endsWith(`/${named}`));
}

for (const [document, least] of [["docs/ARCHITECTURE.md", 50], ["CONTRIBUTING.md", 20]] as const) {
  Deno.test(`${document} names files and folders that are there`, async () => {
    const named = namedPaths(await Deno.readTextFile(new URL(document, ROOT)));
    assertEquals(named.filter((path) => !isThere(path)), []);
    assert(named.length >= least, `only ${named.length} paths were found`);
  });
}

Deno.test("namedPaths() finds files and folders, and what is not there is missed", () => {
  const text = "`http/mod.ts`, `flv/`, `metrics.ts` of `http/metrics/`, not `Lease.end` or `http/foo/`";
  assertEquals(namedPaths(text), ["http/mod.ts", "flv/", "metrics.ts", "http/metrics/"]);
  assertEquals(["http/client_view.ts", "api/views/client_view.ts", "flv/"].map(isThere), [
    false,
    true,
    false,
  ]);
});
