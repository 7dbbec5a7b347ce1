/**
 * The process's environment, as this program wants it.
 *
 * @module
 */

/** They would carry the hook calls, or Deno's own, to somebody who is in no configuration. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] as const;

/** The names that `removeProxyVariables` touches: a compiled file needs permission for each. */
export function proxyVariableNames(): readonly string[] {
  return PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()]);
}

/** Make this process deaf to the proxies of its environment. */
export function removeProxyVariables(): void {
  for (const name of proxyVariableNames()) Deno.env.delete(name);
}

/** The values of those of `names` that are set. */
export function readEnvironment(names: readonly string[]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}
