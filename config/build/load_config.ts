/**
 * Text and environment -> one typed, frozen Config, or all problems at once. Pure but for the PEM files, which
 * the caller's `readFile` reads.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { buildHooks } from "./build_hooks.ts";
import { buildVhost } from "./build_vhost.ts";
import { checkEnvironment } from "./check_environment.ts";
import { checkKeys } from "../schema/check_keys.ts";
import { buildApi } from "./build_api.ts";
import { buildHttps, buildTls } from "./build_tls.ts";
import { checkListeners } from "./check_listeners.ts";
import { checkPaths } from "./check_paths.ts";
import type { Config } from "../config.ts";
import { documentSteps } from "../toml/config_document.ts";
import { RootDiagnostics } from "./root_diagnostics.ts";
import { Diagnostics } from "../problems/diagnostics.ts";
import { isTable, type TomlTable } from "../toml/parse_toml.ts";
import type { IncludeReader } from "../toml/include_reader.ts";
import type { Problem } from "../problems/problem.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import type { VhostHookOptions } from "../../hooks/options.ts";
import type { VhostOptions } from "../../stream/admission/options.ts";
import { SCHEMA } from "../schema/schema.ts";
import { buildHostCluster } from "./build_host_cluster.ts";
import { LIMIT_KEYS, WIRE_LIMIT_KEYS } from "../schema/schema_limits.ts";
import { OUTBOX_KEYS } from "../schema/schema_outbox.ts";
import { HTTP_KEYS, HTTP_PROXY_LISTEN, HTTPS_KEYS } from "../schema/schema_http.ts";
import {
  CHUNK_SIZE,
  LOG_KEYS,
  LOG_STATS_INTERVAL,
  PROCESS_KEYS,
  PROXY_KEYS,
  RTMP_KEYS,
  RTMPS_KEYS,
  SERVER_ID,
} from "../schema/schema_root.ts";
import { SettingIndex } from "../schema/setting_index.ts";
import { type Environment, SettingReader, valueAt } from "../schema/setting_reader.ts";

/** What a configuration is made of. */
export interface ConfigInput {
  /** The file's text as TOML; without it everything has its default. */
  readonly text?: string | undefined;
  /** The file's name, for messages. */
  readonly file?: string | undefined;
  /** The environment: `environmentNames()` are read, what else begins with `SRS_` is reported. */
  readonly env: Environment;
  /** Of this program, sent to clients and hooks. */
  readonly version: string;
  /** What is in force, for a reload; absent: nothing yet. */
  readonly before?: Config | undefined;
  /** Used where `server_id` is empty. */
  readonly serverId: string;
  /** Reads the files that `include` names; without it there must be none. */
  readonly includes?: IncludeReader;
  /**
   * Reads a file that a key names.
   *
   * @throws {Error} It cannot be read; the message reaches the operator.
   */
  readFile?(path: string): string;
}

/** A configuration, and what the operator should know about it. */
export interface LoadedConfig {
  /** What is in force. */
  readonly config: Config;
  /** What has no effect or makes no sense, in the file's order. */
  readonly warnings: readonly Problem[];
}

/**
 * Load a configuration.
 *
 * @param given Text, environment, and what the program says of itself.
 * @throws {ConfigError} A syntax error alone, or all other problems, each with its line.
 */
export function loadConfig(given: ConfigInput): LoadedConfig {
  const steps = configSteps(given);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The same in steps of a few milliseconds each, for a server that has other things to do in between.
 *
 * @param given As of {@link loadConfig}.
 * @throws {ConfigError} As that.
 */
export function* configSteps(given: ConfigInput): Generator<void, LoadedConfig> {
  const files = new Map<string, string>();
  const input = { ...given, ...(given.readFile === undefined ? {} : { readFile: noting(given, files) }) };
  const { text = "", file, includes } = input;
  const document = yield* documentSteps({ text, file, includes });
  yield;
  const { values } = document;
  const diagnostics = new Diagnostics(document);
  checkKeys(values, diagnostics);
  checkEnvironment(input.env, diagnostics);
  const before = input.before === undefined ? undefined : new SettingIndex(input.before.settings);
  const reader = new SettingReader(values, input.env, diagnostics, before);
  const config = Object.freeze({ ...yield* build(input, values, reader, diagnostics), files });
  return Object.freeze({ config, warnings: diagnostics.finish() });
}

/** The default of `log_stats_interval` where the log is detailed, milliseconds. */
const DETAILED_STATS_MS = 10_000;

function* build(
  input: ConfigInput,
  values: TomlTable,
  reader: SettingReader,
  diagnostics: Diagnostics,
): Generator<void, Omit<Config, "files">> {
  const rtmp = reader.rootSection(RTMP_KEYS);
  const { trusted: trustedProxies, listen: proxyListen } = reader.rootSection(PROXY_KEYS);
  const chunkSize = reader.root(CHUNK_SIZE);
  const serverId = reader.root(SERVER_ID) || input.serverId;
  const process = reader.rootSection(PROCESS_KEYS);
  const log = reader.rootSection(LOG_KEYS);
  const isDetailed = log.level === "info" || log.level === "verbose";
  const logStatsIntervalMs = reader.root(LOG_STATS_INTERVAL, {
    ...(isDetailed ? { default: DETAILED_STATS_MS } : {}),
  });
  const rtmps = buildTls(RTMPS_KEYS, reader, diagnostics);
  const { api, server, exporter } = reader.rootSection(HTTP_KEYS, {
    "server.limits.maxConnections": rtmp.maxConnections,
  });
  const httpProxyListen = reader.root(HTTP_PROXY_LISTEN);
  const apiTls = buildHttps(HTTPS_KEYS.api, reader, diagnostics);
  const serverTls = buildHttps(HTTPS_KEYS.server, reader, diagnostics);
  const http = Object.freeze({
    api: Object.freeze({ ...buildApi(api, reader, diagnostics, input), trustedProxies, https: apiTls }),
    server: Object.freeze({ ...server, proxyListen: httpProxyListen, trustedProxies, https: serverTls }),
    exporter,
  });
  const limits = reader.rootSection(LIMIT_KEYS);
  const wireLimits = reader.rootSection(WIRE_LIMIT_KEYS);
  const outbox = reader.rootSection(OUTBOX_KEYS);
  const cluster = buildHostCluster(reader, diagnostics, input);
  checkListeners(reader, diagnostics, [
    { key: RTMP_KEYS.listen, listen: rtmp.listen, enabled: true },
    { key: PROXY_KEYS.listen, listen: proxyListen, enabled: true },
    { key: HTTP_PROXY_LISTEN, listen: httpProxyListen, enabled: http.server.enabled },
    { ...rtmps, key: RTMPS_KEYS.listen },
    { key: HTTP_KEYS.api.listen, ...http.api },
    { key: HTTP_KEYS.server.listen, ...http.server },
    { ...apiTls, key: HTTPS_KEYS.api.listen },
    { ...serverTls, key: HTTPS_KEYS.server.listen },
    { key: HTTP_KEYS.exporter.listen, ...http.exporter },
  ]);
  const proxied = proxyListen.length > 0 ? PROXY_KEYS.listen : HTTP_PROXY_LISTEN;
  if (trustedProxies.length === 0 && proxyListen.length + httpProxyListen.length > 0) {
    const root = new RootDiagnostics(reader, diagnostics);
    root.warning(proxied, "Nobody may connect there: trusted_proxies is empty", "name the proxies");
  }
  checkPaths(reader, diagnostics, [
    { key: PROCESS_KEYS.pid, path: process.pid },
    { key: LOG_KEYS.file, path: log.tank === "file" ? log.file : "" },
    { key: OUTBOX_KEYS.path, path: outbox.path },
  ]);
  const names = vhostNames(values);
  warnOfLostVariables(names, reader, diagnostics);
  const vhosts: { readonly options: VhostOptions; readonly hooks: VhostHookOptions }[] = [];
  for (const name of names) {
    yield;
    const options = buildVhost(name, reader, chunkSize, diagnostics, input);
    vhosts.push({ options, hooks: buildHooks(name, reader, diagnostics, input, options) });
  }
  yield;
  const { version } = input;
  return {
    rtmp: Object.freeze({
      ...rtmp,
      ...{ proxyListen, trustedProxies, rtmps },
      ...{ serverId, version, logStatsIntervalMs, limits, wireLimits, cluster },
      vhosts: new Map(vhosts.map(({ options }) => [options.name, options])),
    }),
    hooks: Object.freeze({
      ...{ serverId, version, outbox },
      vhosts: new Map(vhosts.map(({ options, hooks }) => [options.name, hooks])),
    }),
    log,
    http,
    process,
    settings: reader.settings,
  };
}

/** A reader that notes what it has read. */
function noting({ readFile }: ConfigInput, files: Map<string, string>): (path: string) => string {
  return (path) => {
    const text = readFile?.(path) ?? "";
    files.set(path, createHash("sha256").update(text).digest("hex"));
    return text;
  };
}

/** A file without any vhost block has the default one. */
function vhostNames(values: TomlTable): readonly string[] {
  const vhosts = valueAt(values, ["vhost"]);
  const names = isTable(vhosts) ? Object.keys(vhosts).filter((name) => isTable(vhosts[name])) : [];
  return names.length > 0 ? names : [DEFAULT_VHOST];
}

function warnOfLostVariables(
  names: readonly string[],
  reader: SettingReader,
  diagnostics: Diagnostics,
): void {
  if (names.includes(DEFAULT_VHOST)) return;
  for (const key of SCHEMA) {
    const variable = key.scope === "vhost" ? reader.variableOf(key) : undefined;
    if (variable === undefined) continue;
    const message = `Has no effect: the file has vhosts, but not ${DEFAULT_VHOST}`;
    diagnostics.environmentWarning(variable, message, `add [vhost.${DEFAULT_VHOST}]`);
  }
}
