/**
 * The keys outside of vhosts. Names, units and meanings are SRS's where SRS has the key.
 *
 * @module
 */

import { LOG_LEVELS } from "../../core/mod.ts";
import { NETWORKS } from "../types/access_types.ts";
import { duration } from "../types/duration_type.ts";
import { type KeySpec, rootKey } from "./key_spec.ts";
import { listeners } from "./listen_addresses.ts";
import { LISTEN, LISTEN_OR_NONE } from "../types/listen_type.ts";
import { choice, count, NON_EMPTY_PATH, OFF, ON, PATH, SWITCH, TEXT } from "../types/value_type.ts";
import { WORKERS } from "../types/workers_type.ts";
import { type TlsKeys, tlsKeys } from "./schema_tls.ts";

/** The RTMP listener. */
export const RTMP_KEYS = Object.freeze({
  listen: rootKey("listen", "live", LISTEN, listeners("0.0.0.0", 1935), "Where RTMP clients connect", {
    example: '[1935, "127.0.0.1:19350", "[::1]:1935"]',
  }),
  maxConnections: rootKey(
    "max_connections",
    "next",
    count({ min: 1, max: 1_000_000 }),
    1000,
    "A connection above it is closed at once",
  ),
});

/** Proxies in front of this server. */
export const PROXY_KEYS = Object.freeze({
  trusted: rootKey(
    "trusted_proxies",
    "next",
    NETWORKS,
    Object.freeze([]),
    "Addresses of proxies whose word on their clients counts: PROXY protocol, X-Forwarded-For, X-Real-IP",
    { example: '["10.0.0.0/8", "127.0.0.1"]' },
  ),
  listen: rootKey(
    "proxy_listen",
    "live",
    LISTEN_OR_NONE,
    Object.freeze([]),
    "Where trusted_proxies connect with RTMP behind a header of the PROXY protocol, version 1 or 2",
    { example: '"127.0.0.1:1936"' },
  ),
});

/** RTMP by TLS. */
export const RTMPS_KEYS: TlsKeys = tlsKeys("rtmps", { hostname: "0.0.0.0", port: 1443 }, "RTMP by TLS");

/** The outgoing chunk size of vhosts that name none. */
export const CHUNK_SIZE: KeySpec<number> = rootKey(
  "chunk_size",
  "next",
  count({ min: 128, max: 65_536 }),
  60_000,
  "Outgoing RTMP chunk size, bytes",
);

/** The name of this server. */
export const SERVER_ID: KeySpec<string> = rootKey(
  "server_id",
  "restart",
  TEXT,
  "",
  "Name of this server for clients and hooks, made at start when empty",
  {
    example: '"vid-edge-1"',
  },
);

/** The process. */
export const PROCESS_KEYS = Object.freeze({
  workDir: rootKey("work_dir", "restart", NON_EMPTY_PATH, "./", "Directory to change to at start"),
  pid: rootKey("pid", "restart", PATH, "", "File for the process id, none when empty", {
    example: '"./objs/srs.pid"',
  }),
  graceFinalWaitMs: rootKey(
    "grace_final_wait",
    "live",
    duration("ms", { minMs: 0, maxMs: 3_600_000 }),
    3200,
    "Longest wait for the last hook calls at a stop, before the hooks' timeout is added",
  ),
  graceDrainMs: rootKey(
    "grace_drain",
    "live",
    duration("s", { minMs: 0, maxMs: 604_800_000, zero: "has no end" }),
    0,
    "How long a drain, by SIGQUIT or the API, waits for the last client to go",
  ),
  reusePort: rootKey(
    "reuse_port",
    "restart",
    SWITCH,
    ON,
    "Listen so that a later start can share the ports and take over: srs --takeover",
  ),
  autoReload: rootKey(
    "auto_reload",
    "live",
    SWITCH,
    OFF,
    "Reload when the configuration, what it includes or a file of secrets that it names has changed on disk",
  ),
  workers: rootKey("workers", "restart", WORKERS, 1, "Threads that serve connections, one a core for auto"),
});

/** The log. */
export const LOG_KEYS = Object.freeze({
  utcTime: rootKey("utc_time", "live", SWITCH, OFF, "Log times in UTC instead of local time"),
  tank: rootKey("srs_log_tank", "live", choice(["console", "file"]), "console", "Where log lines go"),
  level: rootKey(
    "srs_log_level",
    "live",
    choice(LOG_LEVELS),
    "trace",
    "Lines below this level are not written",
  ),
  file: rootKey(
    "srs_log_file",
    "live",
    NON_EMPTY_PATH,
    "./objs/srs.log",
    "The log's file when srs_log_tank is file",
  ),
  format: rootKey("srs_log_format", "live", choice(["text", "json"]), "text", "How a log line looks"),
});

/** How often a publish is reported; its default depends on the log's level. */
export const LOG_STATS_INTERVAL: KeySpec<number> = rootKey(
  "log_stats_interval",
  "next",
  duration("s", { minMs: 0, maxMs: 86_400_000, zero: "is off" }),
  60_000,
  "Time between two lines about a publish, warnings included; unset, 10 s where srs_log_level is info or verbose",
);
