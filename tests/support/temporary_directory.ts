/**
 * A directory for one test.
 *
 * @module
 */

/** Make a directory that is removed, with what is in it, at the end of its scope. */
export async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "srs-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
