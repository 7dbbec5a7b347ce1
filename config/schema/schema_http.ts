/**
 * The keys of the HTTP listeners: the API, metrics, and the server for players. Names, units and meanings are SRS's where
 * SRS has the key.
 *
 * @module
 */

import type { ListenAddress } from "../../core/mod.ts";
import { HOSTS } from "../types/access_types.ts";
import { API_TOKENS, PASSWORD } from "../types/api_auth_types.ts";
import { duration } from "../types/duration_type.ts";
import { type KeySpec, rootKey } from "./key_spec.ts";
import { listeners } from "./listen_addresses.ts";
import { LISTEN, LISTEN_OR_NONE } from "../types/listen_type.ts";
import { ORIGINS } from "../types/origin_type.ts";
import { choice, count, OFF, ON, PATH, SWITCH, TEXT } from "../types/value_type.ts";
import { type HttpsKeys, httpsKeys } from "./schema_tls.ts";

/** Where trusted proxies bring players by HTTP. */
export const HTTP_PROXY_LISTEN: KeySpec<readonly ListenAddress[]> = rootKey(
  "http_server.proxy_listen",
  "live",
  LISTEN_OR_NONE,
  Object.freeze([]),
  "Where trusted_proxies connect with HTTP behind a header of the PROXY protocol",
  { example: '"127.0.0.1:8081"' },
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
    enabled: rootKey("http_api.enabled", "live", SWITCH, ON, "The management API"),
    listen: rootKey("http_api.listen", "live", LISTEN, listeners("127.0.0.1", 1985), "Where the API listens"),
    hosts: rootKey(
      "http_api.hosts",
      "next",
      HOSTS,
      [],
      "Names that it may be called by, besides addresses, names without a dot and those below .localhost and .internal",
      { example: '["srs.example.com", ".cluster.local"]' },
    ),
    tokens: rootKey(
      "http_api.tokens",
      "next",
      API_TOKENS,
      Object.freeze([]),
      "Bearer tokens by name, scope and hash; srs token makes one",
      { example: `["grafana read ${"0".repeat(64)}"]` },
    ),
    tokensFile: rootKey("http_api.tokens_file", "next", PATH, "", "File with further ones, one a line"),
    maxAuthFailures: rootKey(
      "http_api.max_auth_failures",
      "next",
      count({ min: 0, max: 1_000_000, zero: "is any number" }),
      10,
      "Wrong credentials of one address in a minute, after which those of that address are ignored",
    ),
    crossdomain: rootKey(
      "http_api.crossdomain",
      "next",
      SWITCH,
      OFF,
      "Pages of any site may call, with a token of http_api.tokens",
    ),
    eventsKept: rootKey(
      "http_api.events_kept",
      "restart",
      count({ min: 1, max: 1_000_000 }),
      10_000,
      "Events that /api/v1/events keeps for listeners that come back, of about 1 KiB each at the most",
    ),
    limits: Object.freeze({
      maxConnections: rootKey(
        "http_api.max_connections",
        "next",
        count({ min: 1, max: 100_000 }),
        100,
        "Connections of the API at a time; one above it is answered with 503",
      ),
      headTimeoutMs: rootKey(
        "http_api.head_timeout",
        "new",
        duration("s", { minMs: 100, maxMs: 600_000 }),
        10_000,
        "From accept, or a request's first byte, to its end",
      ),
      idleTimeoutMs: rootKey(
        "http_api.idle_timeout",
        "new",
        duration("s", { minMs: 100, maxMs: 3_600_000 }),
        60_000,
        "From an answer to the next request on the same connection",
      ),
    }),
    auth: Object.freeze({
      enabled: rootKey(
        "http_api.auth.enabled",
        "next",
        SWITCH,
        OFF,
        "A user and a password, by HTTP's basic scheme",
      ),
      username: rootKey("http_api.auth.username", "next", TEXT, "", "The user"),
      password: rootKey("http_api.auth.password", "next", PASSWORD, "", "The password"),
      passwordFile: rootKey(
        "http_api.auth.password_file",
        "next",
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
    enabled: rootKey(
      "exporter.enabled",
      "live",
      SWITCH,
      OFF,
      "Metrics for Prometheus on a listener of their own",
    ),
    listen: rootKey(
      "exporter.listen",
      "live",
      LISTEN,
      listeners("127.0.0.1", 9972),
      "Where Prometheus connects; nothing but /metrics is served there, and no password asked",
    ),
    label: rootKey("exporter.label", "next", TEXT, "", "Label of srs_build_info, none when empty", {
      example: '"cn-beijing"',
    }),
    tag: rootKey("exporter.tag", "next", TEXT, "", "The same: another label", { example: '"cn-edge"' }),
    maxStreams: rootKey(
      "exporter.max_streams",
      "next",
      count({ min: 0, max: 100_000 }),
      1000,
      "With more streams than this, metrics say nothing of single ones, in the API neither",
    ),
  }),
  server: Object.freeze({
    enabled: rootKey("http_server.enabled", "live", SWITCH, ON, "Players by HTTP and WebSocket"),
    listen: rootKey(
      "http_server.listen",
      "live",
      LISTEN,
      listeners("0.0.0.0", 8080),
      "Where players and browsers connect",
      { example: '[8080, "[::1]:8080"]' },
    ),
    limits: Object.freeze({
      maxConnections: rootKey(
        "http_server.max_connections",
        "next",
        count({ min: 1, max: 1_000_000 }),
        1000,
        "Connections of players at a time, max_connections when not given; one above it is answered with 503",
      ),
      headTimeoutMs: rootKey(
        "http_server.head_timeout",
        "new",
        duration("s", { minMs: 100, maxMs: 600_000 }),
        10_000,
        "From accept, or a request's first byte, to its end",
      ),
      idleTimeoutMs: rootKey(
        "http_server.idle_timeout",
        "new",
        duration("s", { minMs: 100, maxMs: 3_600_000 }),
        60_000,
        "From an answer to the next request on the same connection",
      ),
    }),
    player: rootKey(
      "http_server.player",
      "next",
      SWITCH,
      ON,
      "A page that plays a stream, at its path, for browsers",
    ),
    accessLog: rootKey(
      "http_server.access_log",
      "next",
      choice(["off", "combined", "log"]),
      "off",
      "A line for each request when its answer has ended: Apache's combined format, or the log's own",
    ),
    dir: rootKey(
      "http_server.dir",
      "next",
      PATH,
      "",
      "Directory of files to serve besides media, none when empty",
      {
        example: '"./objs/html"',
      },
    ),
    crossdomain: rootKey(
      "http_server.crossdomain",
      "next",
      SWITCH,
      ON,
      "Pages of any site may read media; off: those of this server",
    ),
    origins: rootKey(
      "http_server.origins",
      "next",
      ORIGINS,
      Object.freeze([]),
      "Sites whose pages may open a WebSocket, any when empty; clients that are not browsers may always",
      { example: '["https://tv.example.com", "https://*.example.com"]' },
    ),
  }),
});
