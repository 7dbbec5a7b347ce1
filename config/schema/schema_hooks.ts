/**
 * The keys of a vhost's HTTP callbacks.
 *
 * @module
 */

import type { HookEventName } from "../../core/mod.ts";
import type { Payload } from "../../hooks/options.ts";
import { duration } from "../types/duration_type.ts";
import { HEADERS, ON_ERROR, SECRETS } from "../types/hook_types.ts";
import { type KeyExtras, type KeySpec, vhostKey } from "./key_spec.ts";
import { HOOK_URLS, PROXY_URL } from "../types/url_type.ts";
import { choice, count, OFF, PATH, SWITCH } from "../types/value_type.ts";

const PAYLOADS: readonly Payload[] = ["full", "1.0", "6.0"];
const NO_URLS: readonly string[] = Object.freeze([]);

/** The events that have a key among the callbacks; that of `on_forward` is `forward.backend`. */
export type HookKeyEvent = Exclude<HookEventName, "on_forward">;

function urlKey(event: HookKeyEvent, description: string, extras: KeyExtras): KeySpec<readonly string[]> {
  return vhostKey(`http_hooks.${event}`, "next", HOOK_URLS, NO_URLS, description, extras);
}

function service(path: string): KeyExtras {
  return { example: `"http://127.0.0.1:8085/api/v1/${path}"` };
}

/** The addresses, by event. */
const HOOK_URL_KEYS: Readonly<Record<HookKeyEvent, KeySpec<readonly string[]>>> = Object.freeze({
  on_connect: urlKey("on_connect", "Requested when a client connects", service("clients")),
  on_close: urlKey("on_close", "Notified when a connection ended", service("clients")),
  on_publish: urlKey("on_publish", "Requested when a client wants to publish", service("streams")),
  on_unpublish: urlKey("on_unpublish", "Notified when a publish ended", service("streams")),
  on_play: urlKey("on_play", "Requested when a client wants to play", service("sessions")),
  on_stop: urlKey("on_stop", "Notified when a play ended", service("sessions")),
  on_update: urlKey(
    "on_update",
    "Requested every update_interval while a publish or play lasts",
    service("updates"),
  ),
  on_hls: urlKey(
    "on_hls",
    "Notified when an HLS segment is finished, on disk where hls_path is set",
    service("hls"),
  ),
  on_hls_notify: urlKey(
    "on_hls_notify",
    "Fetched once when an HLS segment is finished: GET, any answer will do; warms a cache",
    service("hls/[app]/[stream]/[ts_url][param]"),
  ),
  on_dvr: urlKey("on_dvr", "Notified when a file of a recording is whole", service("dvrs")),
});

/** The HTTP callbacks of a vhost. */
export const HOOK_KEYS = Object.freeze({
  enabled: vhostKey(
    "http_hooks.enabled",
    "next",
    SWITCH,
    OFF,
    "Off: nothing is called, and every request is allowed",
  ),
  urls: HOOK_URL_KEYS,
  payload: vhostKey(
    "http_hooks.payload",
    "next",
    choice(PAYLOADS),
    "full",
    "Shape of the request body; a version is SRS's",
  ),
  timeoutMs: vhostKey(
    "http_hooks.timeout",
    "next",
    duration("s", { minMs: 1, maxMs: 600_000 }),
    5000,
    "One call to one address, from connect to the last byte",
  ),
  askTimeoutMs: vhostKey(
    "http_hooks.ask_timeout",
    "next",
    duration("s", { minMs: 1, maxMs: 600_000 }),
    10_000,
    "One request to all its addresses, waiting included",
  ),
  onError: vhostKey(
    "http_hooks.on_error",
    "next",
    ON_ERROR,
    Object.freeze({ default: "deny" }),
    "What is decided when the service gives no usable answer; last is its previous answer",
    { example: '{ on_play = "allow" }' },
  ),
  lastTtlMs: vhostKey(
    "http_hooks.last_ttl",
    "next",
    duration("s", { minMs: 0 }),
    600_000,
    "How old an answer on_error = last may use",
  ),
  cacheTtlMs: vhostKey(
    "http_hooks.cache_ttl",
    "next",
    duration("s", { minMs: 0, zero: "is off" }),
    0,
    "Equal requests share one answer for this long",
  ),
  updateIntervalMs: vhostKey(
    "http_hooks.update_interval",
    "live",
    duration("s", { minMs: 0, zero: "is off" }),
    0,
    "Time between two on_update calls of one session",
  ),
  breakerFailures: vhostKey(
    "http_hooks.breaker_failures",
    "next",
    count({ min: 1, max: 1_000_000 }),
    5,
    "After this number of errors in a row an address is not called for breaker_open",
  ),
  breakerOpenMs: vhostKey(
    "http_hooks.breaker_open",
    "next",
    duration("s", { minMs: 1, maxMs: 3_600_000 }),
    10_000,
    "Pause of a failing address",
  ),
  maxConcurrency: vhostKey(
    "http_hooks.max_concurrency",
    "next",
    count({ min: 1, max: 10_000 }),
    64,
    "Calls at a time to one scheme, host and port",
  ),
  secrets: vhostKey(
    "http_hooks.secrets",
    "next",
    SECRETS,
    NO_URLS,
    "Sign every call, one signature for each secret",
    {
      example: '["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"]',
    },
  ),
  secretsFile: vhostKey("http_hooks.secrets_file", "next", PATH, "", "File with further ones, one a line"),
  headers: vhostKey("http_hooks.headers", "next", HEADERS, Object.freeze({}), "Headers of every call", {
    example: '{ Authorization = "Bearer abc" }',
  }),
  caCert: vhostKey(
    "http_hooks.ca_cert",
    "next",
    PATH,
    "",
    "PEM file of the authority that signed the service's certificate",
    {
      example: '"./conf/ca.pem"',
    },
  ),
  clientCert: vhostKey(
    "http_hooks.client_cert",
    "next",
    PATH,
    "",
    "PEM file of this server's own certificate",
    {
      example: '"./conf/client.pem"',
    },
  ),
  clientKey: vhostKey("http_hooks.client_key", "next", PATH, "", "PEM file of its private key", {
    example: '"./conf/client.key"',
  }),
  proxy: vhostKey(
    "http_hooks.proxy",
    "next",
    PROXY_URL,
    "",
    "HTTP proxy for the calls; variables like HTTP_PROXY are ignored",
    {
      example: '"http://127.0.0.1:3128"',
    },
  ),
  mode: vhostKey(
    "http_hooks.mode",
    "next",
    choice(["enforce", "shadow"]),
    "enforce",
    "shadow calls, logs and counts, but refuses no client",
  ),
});
