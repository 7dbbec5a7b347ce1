/**
 * The environment of a server that a test starts.
 *
 * @module
 */

/** Variables of the tests themselves, blank, which counts as absent: they begin as the server's do. */
export function withoutTestVariables(): Readonly<Record<string, string>> {
  const names = Object.keys(Deno.env.toObject()).filter((name) => name.startsWith("SRS_"));
  return Object.fromEntries(names.map((name) => [name, ""]));
}
