/**
 * The keys outside of vhosts. Names, units and meanings are SRS's where SRS has the key.
 *
 * @module
 */

import { type ListenAddress, LOG_LEVELS } from "../../core/mod.ts";
import { HOSTS, NETWORKS } from "../types/access_types.ts";
import { API_TOKENS, PASSWORD } from "../types/api_auth_types.ts";
import { duration } from "../types/duration_type.ts";
import { type KeySpec, rootKey } from "./key_spec.ts";
import { LISTEN, LISTEN_OR_NONE } from "../types/listen_type.ts";
import { ORIGINS } from "../types/origin_type.ts";
import { choice, count, NON_EMPTY_PATH, OFF, ON, PATH, SWITCH, TEXT } from "../types/value_type.ts";
import { WORKERS } from "../types/workers_type.ts";
import { type HttpsKeys, httpsKeys, type TlsKeys, tlsKeys } from "./schema_tls.ts";

function listeners(hostname: string, port: number): readonly ListenAddress[] {
  return Object.freeze([Object.freeze({ hostname, port })]);
}

/** The RTMP listener. */
export const RTMP_KEYS = Object.freeze({
  listen: rootKey("listen", LISTEN, listeners("0.0.0.0", 1935), "Where RTMP clients connect", {
    example: '[1935, "127.0.0.1:19350", "[::1]:1935"]',
  }),
  maxConnections: rootKey(
    "max_connections",
    count({ min: 1, max: 1_000_000 }),
    1000,
    "A connection above it is closed at once",
  ),
});

/** Proxies in front of this server. */
export const PROXY_KEYS = Object.freeze({
  trusted: rootKey(
    "trusted_proxies",
    NETWORKS,
    Object.freeze([]),
    "Addresses of proxies whose word on their clients counts: PROXY protocol, X-Forwarded-For, X-Real-IP",
    { example: '["10.0.0.0/8", "127.0.0.1"]' },
  ),
  listen: rootKey(
    "proxy_listen",
    LISTEN_OR_NONE,
    Object.freeze([]),
    "Where trusted_proxies connect with RTMP behind a header of the PROXY protocol, version 1 or 2",
    { example: '"127.0.0.1:1936"' },
  ),
});

/** The same of players by HTTP. */
export const HTTP_PROXY_LISTEN: KeySpec<readonly ListenAddress[]> = rootKey(
  "http_server.proxy_listen",
  LISTEN_OR_NONE,
  Object.freeze([]),
  "Where trusted_proxies connect with HTTP behind a header of the PROXY protocol",
  { example: '"127.0.0.1:8081"' },
);

/** RTMP by TLS. */
export const RTMPS_KEYS: TlsKeys = tlsKeys("rtmps", { hostname: "0.0.0.0", port: 1443 }, "RTMP by TLS");

/** The outgoing chunk size of vhosts that name none. */
export const CHUNK_SIZE: KeySpec<number> = rootKey(
  "chunk_size",
  count({ min: 128, max: 65_536 }),
  60_000,
  "Outgoing RTMP chunk size, bytes",
);

/** The name of this server. */
export const SERVER_ID: KeySpec<string> = rootKey(
  "server_id",
  TEXT,
  "",
  "Name of this server for clients and hooks, made at start when empty",
  {
    example: '"vid-edge-1"',
  },
);

/** The process. */
export const PROCESS_KEYS = Object.freeze({
  workDir: rootKey("work_dir", NON_EMPTY_PATH, "./", "Directory to change to at start"),
  pid: rootKey("pid", PATH, "", "File for the process id, none when empty", { example: '"./objs/srs.pid"' }),
  graceFinalWaitMs: rootKey(
    "grace_final_wait",
    duration("ms", { minMs: 0, maxMs: 3_600_000 }),
    3200,
    "Longest wait for the last hook calls at a stop, before the hooks' timeout is added",
  ),
  graceDrainMs: rootKey(
    "grace_drain",
    duration("s", { minMs: 0, maxMs: 604_800_000, zero: "has no end" }),
    0,
    "How long a drain, by SIGQUIT or the API, waits for the last client to go",
  ),
  reusePort: rootKey(
    "reuse_port",
    SWITCH,
    ON,
    "Listen so that a later start can share the ports and take over: srs --takeover",
  ),
  workers: rootKey("workers", WORKERS, 1, "Threads that serve connections, one a core for auto"),
});

/** The log. */
export const LOG_KEYS = Object.freeze({
  utcTime: rootKey("utc_time", SWITCH, OFF, "Log times in UTC instead of local time"),
  tank: rootKey("srs_log_tank", choice(["console", "file"]), "console", "Where log lines go"),
  level: rootKey("srs_log_level", choice(LOG_LEVELS), "trace", "Lines below this level are not written"),
  file: rootKey(
    "srs_log_file",
    NON_EMPTY_PATH,
    "./objs/srs.log",
    "The log's file when srs_log_tank is file",
  ),
  format: rootKey("srs_log_format", choice(["text", "json"]), "text", "How a log line looks"),
});

/** How often a publish is reported; its default depends on the log's level. */
export const LOG_STATS_INTERVAL: KeySpec<number> = rootKey(
  "log_stats_interval",
  duration("s", { minMs: 0, maxMs: 86_400_000, zero: "is off" }),
  60_000,
  "Time between two lines about a publish, warnings included; unset, 10 s where srs_log_level is info or verbose",
);

/** HTTPS of the API and of players. */
export const HTTPS_KEYS: { readonly api: HttpsKeys; readonly server: HttpsKeys } = Object.freeze({
  api: httpsKeys("http_api.https", { hostname: "127.0.0.1", port: 1990 }, "The API by HTTPS"),
  server: httpsKeys(
    "http_server.https",
    { hostname: "0.0.0.0", port: 8088 },
    "Players by HTTPS and secure WebSocket",
  ),
});

/** The HTTP listeners. */
export const HTTP_KEYS = Object.freeze({
  api: Object.freeze({
    enabled: rootKey("http_api.enabled", SWITCH, ON, "The management API"),
    listen: rootKey("http_api.listen", LISTEN, listeners("127.0.0.1", 1985), "Where the API listens"),
    hosts: rootKey(
      "http_api.hosts",
      HOSTS,
      [],
      "Names that it may be called by, besides addresses, names without a dot and those below .localhost and .internal",
      { example: '["srs.example.com", ".cluster.local"]' },
    ),
    tokens: rootKey(
      "http_api.tokens",
      API_TOKENS,
      Object.freeze([]),
      "Bearer tokens by name, scope and hash; srs token makes one",
      { example: `["grafana read ${"0".repeat(64)}"]` },
    ),
    tokensFile: rootKey("http_api.tokens_file", PATH, "", "File with further ones, one a line"),
    maxAuthFailures: rootKey(
      "http_api.max_auth_failures",
      count({ min: 0, max: 1_000_000, zero: "is any number" }),
      10,
      "Wrong credentials of one address in a minute, after which those of that address are ignored",
    ),
    crossdomain: rootKey(
      "http_api.crossdomain",
      SWITCH,
      OFF,
      "Pages of any site may call, with a token of http_api.tokens",
    ),
    eventsKept: rootKey(
      "http_api.events_kept",
      count({ min: 1, max: 1_000_000 }),
      10_000,
      "Events that /api/v1/events keeps for listeners that come back, of about 1 KiB each at the most",
    ),
    limits: Object.freeze({
      maxConnections: rootKey(
        "http_api.max_connections",
        count({ min: 1, max: 100_000 }),
        100,
        "Connections of the API at a time; one above it is answered with 503",
      ),
      headTimeoutMs: rootKey(
        "http_api.head_timeout",
        duration("s", { minMs: 100, maxMs: 600_000 }),
        10_000,
        "From accept, or a request's first byte, to its end",
      ),
      idleTimeoutMs: rootKey(
        "http_api.idle_timeout",
        duration("s", { minMs: 100, maxMs: 3_600_000 }),
        60_000,
        "From an answer to the next request on the same connection",
      ),
    }),
    auth: Object.freeze({
      enabled: rootKey("http_api.auth.enabled", SWITCH, OFF, "A user and a password, by HTTP's basic scheme"),
      username: rootKey("http_api.auth.username", TEXT, "", "The user"),
      password: rootKey("http_api.auth.password", PASSWORD, "", "The password"),
      passwordFile: rootKey(
        "http_api.auth.password_file",
        PATH,
        "",
        "File with the password in its only line",
        {
          example: '"/run/credentials/srs.service/api_password"',
        },
      ),
    }),
  }),
  exporter: Object.freeze({
    enabled: rootKey("exporter.enabled", SWITCH, OFF, "Metrics for Prometheus on a listener of their own"),
    listen: rootKey(
      "exporter.listen",
      LISTEN,
      listeners("127.0.0.1", 9972),
      "Where Prometheus connects; nothing but /metrics is served there, and no password asked",
    ),
    label: rootKey("exporter.label", TEXT, "", "Label of srs_build_info, none when empty", {
      example: '"cn-beijing"',
    }),
    tag: rootKey("exporter.tag", TEXT, "", "The same: another label", { example: '"cn-edge"' }),
    maxStreams: rootKey(
      "exporter.max_streams",
      count({ min: 0, max: 100_000 }),
      1000,
      "With more streams than this, metrics say nothing of single ones, in the API neither",
    ),
  }),
  server: Object.freeze({
    enabled: rootKey("http_server.enabled", SWITCH, ON, "Players by HTTP and WebSocket"),
    listen: rootKey(
      "http_server.listen",
      LISTEN,
      listeners("0.0.0.0", 8080),
      "Where players and browsers connect",
      { example: '[8080, "[::1]:8080"]' },
    ),
    limits: Object.freeze({
      maxConnections: rootKey(
        "http_server.max_connections",
        count({ min: 1, max: 1_000_000 }),
        1000,
        "Connections of players at a time, max_connections when not given; one above it is answered with 503",
      ),
      headTimeoutMs: rootKey(
        "http_server.head_timeout",
        duration("s", { minMs: 100, maxMs: 600_000 }),
        10_000,
        "From accept, or a request's first byte, to its end",
      ),
      idleTimeoutMs: rootKey(
        "http_server.idle_timeout",
        duration("s", { minMs: 100, maxMs: 3_600_000 }),
        60_000,
        "From an answer to the next request on the same connection",
      ),
    }),
    player: rootKey(
      "http_server.player",
      SWITCH,
      ON,
      "A page that plays a stream, at its path, for browsers",
    ),
    accessLog: rootKey(
      "http_server.access_log",
      choice(["off", "combined", "log"]),
      "off",
      "A line for each request when its answer has ended: Apache's combined format, or the log's own",
    ),
    dir: rootKey("http_server.dir", PATH, "", "Directory of files to serve besides media, none when empty", {
      example: '"./objs/html"',
    }),
    crossdomain: rootKey(
      "http_server.crossdomain",
      SWITCH,
      ON,
      "Pages of any site may read media; off: those of this server",
    ),
    origins: rootKey(
      "http_server.origins",
      ORIGINS,
      Object.freeze([]),
      "Sites whose pages may open a WebSocket, any when empty; clients that are not browsers may always",
      { example: '["https://tv.example.com", "https://*.example.com"]' },
    ),
  }),
});
