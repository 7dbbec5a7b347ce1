/**
 * What the compiled file may do. Paths, addresses and hook services come from the configuration, so that they cannot be
 * compiled in; programs, foreign libraries and foreign code are never wanted.
 *
 * @module
 */
/** Deno's flags. Without `--no-prompt` a compiled file asks on the terminal, and waits there forever. */
export function permissionFlags(): readonly string[] {
  return [
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    // To say which user a file must belong to, and which addresses are the host's own; the others are what the API
    // shows of the machine.
    "--allow-sys=uid,networkInterfaces,cpus,loadavg,osUptime,statfs,systemMemoryInfo",
    // A misspelt SRS_ variable is found only by listing them; the server gives this up before it listens.
    "--allow-env",
    // Deno grants some hosts where nothing is said.
    "--deny-import",
  ];
}
