/**
 * The process's environment, as this program wants it.
 *
 * @module
 */

/** They would carry the hook calls, or Deno's own, to a host that is in no configuration. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] as const;

/** What this server's variables begin with. */
const OWN = /^SRS_/;

/** The names that `removeProxyVariables` touches. */
export function proxyVariableNames(): readonly string[] {
  return PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()]);
}

/** Make this process deaf to the proxies of its environment. */
export function removeProxyVariables(): void {
  for (const name of proxyVariableNames()) Deno.env.delete(name);
}

/** The variables that begin with `SRS_`, unknown ones included. */
export function readOwnVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => OWN.test(name)));
}

/**
 * Give up the permission to read or change the environment. Unknown variables can only be found by a program that
 * may read all of them; a server that clients connect to needs none any more.
 */
export function giveUpEnvironment(): void {
  Deno.permissions.revokeSync({ name: "env" });
}
