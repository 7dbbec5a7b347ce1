/**
 * What the compiled file may do. Paths, addresses and hook services come from the configuration, so that they cannot be
 * compiled in; programs, foreign libraries and foreign code are never wanted.
 *
 * @module
 */
/** Deno's flags. Without `--no-prompt` a compiled file asks on the terminal, and waits there for ever. */
export function permissionFlags(): readonly string[] {
  return [
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    // Whom a file has to belong to, where it is another user's.
    "--allow-sys=uid",
    // A misspelt SRS_ variable is found only by who may list them; the server gives this up before it listens.
    "--allow-env",
    // Deno grants some hosts where nothing is said.
    "--deny-import",
  ];
}
