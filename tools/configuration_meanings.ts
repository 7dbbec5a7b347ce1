/**
 * What the log says of configurations and reloads, and what it means: a part of `LOG_MEANINGS`.
 *
 * @module
 */

/** Messages and their meanings. */
export const CONFIGURATION_MEANINGS: readonly (readonly [message: string, meaning: string])[] = [
  [
    "Configuration invalid; keeping the running one",
    "A reload found problems, listed before this line; nothing changed",
  ],
  ["Configuration: <problem>", "One problem that a reload found, with file, line and key"],
  [
    "Configuration is being reloaded",
    "SIGHUP came, the API was called or, with auto_reload, the file has changed: by says which",
  ],
  [
    "Configuration changed",
    "A setting that a reload puts in force, and when, as docs/CONFIGURATION.md explains it",
  ],
  ["Configuration change needs a restart", "A setting that stays as it is until then"],
  ["Configuration reloaded", "What the lines before name is in force: how much of it, and how long it took"],
  ["Configuration: <warning>", "A key that has no effect or makes no sense, with file, line and key"],
];
