/**
 * Text and environment -> one typed, frozen Config, or all problems at once. Pure but for the PEM files, which
 * the caller's `readFile` reads.
 *
 * @module
 */

import { buildHooks } from "./build_hooks.ts";
import { buildVhost } from "./build_vhost.ts";
import { checkEnvironment } from "./check_environment.ts";
import { checkKeys } from "../schema/check_keys.ts";
import { checkListeners, warnOfOpenApi } from "./check_listeners.ts";
import { checkPaths } from "./check_paths.ts";
import type { Config } from "../config.ts";
import { readDocument } from "../toml/config_document.ts";
import { Diagnostics } from "../problems/diagnostics.ts";
import { isTable, type TomlTable } from "../toml/parse_toml.ts";
import type { IncludeReader } from "../toml/include_reader.ts";
import type { Problem } from "../problems/problem.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import { SCHEMA } from "../schema/schema.ts";
import { HTTP_KEYS, LIMIT_KEYS, OUTBOX_KEYS, ROOT_KEYS } from "../schema/schema_root.ts";
import { type Environment, SettingReader, valueAt } from "../schema/setting_reader.ts";

/** What a configuration is made of. */
export interface ConfigInput {
  /** The file's text as TOML; without it everything has its default. */
  readonly text?: string | undefined;
  /** The file's name, for messages. */
  readonly file?: string | undefined;
  /** The environment: `environmentNames()` are read, what else begins with `SRS_` is reported. */
  readonly env: Environment;
  /** Of this program, told to clients and hooks. */
  readonly version: string;
  /** Stands in for `server_id` where that is empty. */
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
 * @param input Text, environment, and what the program says of itself.
 * @throws {ConfigError} A syntax error alone, or all other problems, each with its line.
 */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const { text = "", file, includes } = input;
  const document = readDocument({ text, file, includes });
  const { values } = document;
  const diagnostics = new Diagnostics(document);
  checkKeys(values, diagnostics);
  checkEnvironment(input.env, diagnostics);
  const reader = new SettingReader(values, input.env, diagnostics);
  const config = build(input, values, reader, diagnostics);
  return Object.freeze({ config, warnings: diagnostics.finish() });
}

/** The default of `log_stats_interval` where the log is detailed, milliseconds. */
const DETAILED_STATS_MS = 10_000;

function build(
  input: ConfigInput,
  values: TomlTable,
  reader: SettingReader,
  diagnostics: Diagnostics,
): Config {
  const listen = reader.root(ROOT_KEYS.listen);
  const maxConnections = reader.root(ROOT_KEYS.maxConnections);
  const chunkSize = reader.root(ROOT_KEYS.chunkSize);
  const workDir = reader.root(ROOT_KEYS.workDir);
  const pid = reader.root(ROOT_KEYS.pid);
  const serverId = reader.root(ROOT_KEYS.serverId) || input.serverId;
  const graceFinalWaitMs = reader.root(ROOT_KEYS.graceFinalWait);
  const workers = reader.root(ROOT_KEYS.workers);
  const utcTime = reader.root(ROOT_KEYS.utcTime);
  const log = Object.freeze({
    tank: reader.root(ROOT_KEYS.logTank),
    level: reader.root(ROOT_KEYS.logLevel),
    file: reader.root(ROOT_KEYS.logFile),
    format: reader.root(ROOT_KEYS.logFormat),
    utcTime,
  });
  const isDetailed = log.level === "info" || log.level === "verbose";
  const logStatsIntervalMs = reader.root(ROOT_KEYS.logStatsInterval, {
    ...(isDetailed ? { default: DETAILED_STATS_MS } : {}),
  });
  const http = buildHttp(reader);
  checkListeners(reader, diagnostics, [
    { key: ROOT_KEYS.listen, listen, enabled: true },
    { key: HTTP_KEYS.apiListen, ...http.api },
    { key: HTTP_KEYS.serverListen, ...http.server },
  ]);
  warnOfOpenApi(reader, diagnostics, { key: HTTP_KEYS.apiListen, ...http.api });
  const limits = buildLimits(reader);
  const outbox = Object.freeze({
    path: reader.root(OUTBOX_KEYS.path),
    required: reader.root(OUTBOX_KEYS.required),
    maxRows: reader.root(OUTBOX_KEYS.maxRows),
    maxBytes: reader.root(OUTBOX_KEYS.maxBytes),
    maxAgeMs: reader.root(OUTBOX_KEYS.maxAge),
  });
  checkPaths(reader, diagnostics, [
    { key: ROOT_KEYS.pid, path: pid },
    { key: ROOT_KEYS.logFile, path: log.tank === "file" ? log.file : "" },
    { key: OUTBOX_KEYS.path, path: outbox.path },
  ]);
  const names = vhostNames(values);
  warnOfLostVariables(names, reader, diagnostics);
  const vhosts = names.map((name) => ({
    options: buildVhost(name, reader, chunkSize, diagnostics),
    hooks: buildHooks(name, reader, diagnostics, input),
  }));
  const { version } = input;
  return Object.freeze({
    rtmp: Object.freeze({
      ...{ listen, maxConnections, serverId, version, logStatsIntervalMs },
      vhosts: new Map(vhosts.map(({ options }) => [options.name, options])),
      ...limits,
    }),
    hooks: Object.freeze({
      ...{ serverId, version, outbox },
      vhosts: new Map(vhosts.map(({ options, hooks }) => [options.name, hooks])),
    }),
    log,
    http,
    process: Object.freeze({ pid, workDir, graceFinalWaitMs, workers }),
    settings: reader.settings,
  });
}

function buildHttp(reader: SettingReader): Config["http"] {
  return Object.freeze({
    api: Object.freeze({
      enabled: reader.root(HTTP_KEYS.apiEnabled),
      listen: reader.root(HTTP_KEYS.apiListen),
      hosts: reader.root(HTTP_KEYS.apiHosts),
      limits: Object.freeze({
        maxConnections: reader.root(HTTP_KEYS.apiMaxConnections),
        headTimeoutMs: reader.root(HTTP_KEYS.apiHeadTimeout),
        idleTimeoutMs: reader.root(HTTP_KEYS.apiIdleTimeout),
      }),
    }),
    server: Object.freeze({
      enabled: reader.root(HTTP_KEYS.serverEnabled),
      listen: reader.root(HTTP_KEYS.serverListen),
    }),
  });
}

function buildLimits(reader: SettingReader): Pick<Config["rtmp"], "limits" | "wireLimits"> {
  return {
    limits: Object.freeze({
      handshakeTimeoutMs: reader.root(LIMIT_KEYS.handshakeTimeout),
      connectTimeoutMs: reader.root(LIMIT_KEYS.connectTimeout),
      idleTimeoutMs: reader.root(LIMIT_KEYS.idleTimeout),
      pingIntervalMs: reader.root(LIMIT_KEYS.pingInterval),
      pingTimeoutMs: reader.root(LIMIT_KEYS.pingTimeout),
      maxConnectionsPerIp: reader.root(LIMIT_KEYS.maxConnectionsPerIp),
      maxPublishersPerVhost: reader.root(LIMIT_KEYS.maxPublishersPerVhost),
      maxPlayersPerVhost: reader.root(LIMIT_KEYS.maxPlayersPerVhost),
      maxPlayersPerStream: reader.root(LIMIT_KEYS.maxPlayersPerStream),
      maxCommandsPerSecond: reader.root(LIMIT_KEYS.maxCommandsPerSecond),
      maxStartsPerMinute: reader.root(LIMIT_KEYS.maxStartsPerMinute),
      maxReplyBytes: reader.root(LIMIT_KEYS.maxReplyBytes),
      guessing: Object.freeze({
        maxWrongKeys: reader.root(LIMIT_KEYS.maxWrongKeys),
        windowMs: reader.root(LIMIT_KEYS.wrongKeyWindow),
        delayMs: reader.root(LIMIT_KEYS.wrongKeyDelay),
        maxDelayMs: reader.root(LIMIT_KEYS.wrongKeyMaxDelay),
      }),
      maxHeldBytes: reader.root(LIMIT_KEYS.maxHeldBytes),
      maxLagBytes: reader.root(LIMIT_KEYS.maxLagBytes),
    }),
    wireLimits: Object.freeze({
      maxMediaMessageBytes: reader.root(LIMIT_KEYS.maxMediaMessageBytes),
      maxCommandMessageBytes: reader.root(LIMIT_KEYS.maxCommandMessageBytes),
      maxChunkStreams: reader.root(LIMIT_KEYS.maxChunkStreams),
      maxPartialBytes: reader.root(LIMIT_KEYS.maxPartialBytes),
      minChunkSize: reader.root(LIMIT_KEYS.minChunkSize),
      maxAmfDepth: reader.root(LIMIT_KEYS.maxAmfDepth),
      maxAmfNodes: reader.root(LIMIT_KEYS.maxAmfNodes),
      maxAmfStringBytes: reader.root(LIMIT_KEYS.maxAmfString),
      maxAggregateMessages: reader.root(LIMIT_KEYS.maxAggregateMessages),
    }),
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
