/**
 * Whether this process may open as many files as its configuration permits connections: a connection is an open file.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";

/** The runtime's own, listeners, log and outbox; with hooks and a log in a file about 30 are in use. */
const OWN_FILES = 64;
/** Of each further thread. */
const THREAD_FILES = 16;
/** The most connections that the exporter takes. */
const EXPORTER_FILES = 32;
/** Not more are tried: 65,536 take about a second. */
const MAX_TRIED = 65_536;
/** A suggested limit is a multiple of this. */
const LIMIT_STEP = 1024;
/** Open already when it is tried how many more may be opened, roughly. */
const OPEN_ALREADY = 32;

const OUT_OF_FILES = /os error 2[34]\b/;

/** What a configuration may come to have open. */
export interface FileNeeds {
  /** `max_connections`. */
  readonly connections: number;
  /** Everything else. */
  readonly others: number;
}

/** What this configuration may come to have open. */
export function fileNeeds(config: Config): FileNeeds {
  const { workers } = config.process;
  const threads = workers === "auto" ? navigator.hardwareConcurrency : workers;
  const api = config.http.api.enabled ? config.http.api.limits.maxConnections : 0;
  const exporter = config.http.exporter.enabled ? EXPORTER_FILES : 0;
  const players = config.http.server.enabled ? config.http.server.limits.maxConnections : 0;
  const others = OWN_FILES + (threads - 1) * THREAD_FILES + api + exporter + players + hookCalls(config);
  return { connections: config.rtmp.maxConnections, others };
}

/** Each origin is called `max_concurrency` times at once. */
function hookCalls({ hooks }: Config): number {
  const calls = new Map<string, number>();
  for (const { enabled, urls, maxConcurrency } of hooks.vhosts.values()) {
    if (!enabled) continue;
    for (const url of [...urls.values()].flat()) {
      const { origin } = new URL(url);
      calls.set(origin, Math.max(calls.get(origin) ?? 0, maxConcurrency));
    }
  }
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

/**
 * How many files this process may open, found by opening them: the runtime reports its limit only with permissions
 * that a server must not have. Nothing else may open files at the same time, so this is for the very start.
 *
 * @param wanted Not more are tried, and not more than 65,536.
 */
export function openableFiles(wanted: number): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < Math.min(wanted, MAX_TRIED)) files.push(Deno.openSync("/dev/null"));
    return wanted;
  } catch (error) {
    // Where it fails for another reason nothing is known, and there is nothing to warn of.
    return error instanceof Error && OUT_OF_FILES.test(error.message) ? files.length : wanted;
  } finally {
    for (const file of files) file.close();
  }
}

/**
 * The warning for the operator.
 *
 * @param openable How many files can be opened.
 * @returns `undefined` where everything fits.
 */
export function openFilesWarning({ connections, others }: FileNeeds, openable: number): string | undefined {
  const needed = connections + others;
  if (openable >= needed) return undefined;
  const limit = Math.ceil((needed + OPEN_ALREADY) / LIMIT_STEP) * LIMIT_STEP;
  const fitting = openable - others;
  const lower = fitting < 1 ? "" : `set max_connections to ${fitting} or less, or `;
  return `max_connections = ${connections} needs up to ${needed} open files with players by HTTP, hooks and API, and this process ` +
    `may open ${openable}: ${lower}raise the limit to ${limit} (LimitNOFILE=${limit} in systemd, ulimit -n ${limit} ` +
    `in a shell, --ulimit nofile=${limit} in Docker)`;
}
