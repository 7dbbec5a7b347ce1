/**
 * The options of the hooks room, as `config/` fills them. Times in milliseconds, sizes in bytes.
 *
 * @module
 */

import type { HookEventName } from "../core/mod.ts";

/** The shape of a request body. */
export type Payload = "full" | "1.0" | "6.0";

/** What decides when the service gives no usable answer. */
export type OnError = "deny" | "allow" | "last";

/** The hooks of one vhost. */
export interface VhostHookOptions {
  /** `false`: as if no address were configured. */
  readonly enabled: boolean;
  /** Addresses in calling order; an event without any counts as accepted. */
  readonly urls: ReadonlyMap<HookEventName, readonly string[]>;
  /** Of the request bodies. */
  readonly payload: Payload;
  /** One call to one address, from connect to the last byte. */
  readonly timeoutMs: number;
  /** A whole request: waiting and all addresses. */
  readonly askTimeoutMs: number;
  /** By event of a request; `default` for those not named. */
  readonly onError: Readonly<{ default: OnError } & Partial<Record<HookEventName, OnError>>>;
  /** Maximum age of an answer that decides for `last`. */
  readonly lastTtlMs: number;
  /** 0 is off. */
  readonly cacheTtlMs: number;
  /** 0 is off. */
  readonly updateIntervalMs: number;
  /** Errors in a row that open the breaker. */
  readonly breakerFailures: number;
  /** How long the breaker stays open before a probe. */
  readonly breakerOpenMs: number;
  /** Calls at a time to one origin. */
  readonly maxConcurrency: number;
  /** What is read of an answer to `on_hls_notify`. */
  readonly noticeMaxBytes: number;
  /** `whsec_...`, one signature for each. */
  readonly secrets: readonly string[];
  /** Added to every call; may replace `Content-Type` and `User-Agent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM texts, `undefined` for the system's own. */
  readonly caCert: string | undefined;
  /** PEM, goes with `clientKey`. */
  readonly clientCert: string | undefined;
  /** PEM. */
  readonly clientKey: string | undefined;
  /** URL of the only proxy that is used. */
  readonly proxy: string | undefined;
  /** `shadow` calls, logs and counts, and enforces nothing. */
  readonly mode: "enforce" | "shadow";
}

/** Where endings and open sessions are kept. */
export interface OutboxOptions {
  /** File, `""` for memory only. */
  readonly path: string;
  /** Refuse to start without the file; otherwise a file that cannot be used raises an alarm. */
  readonly required: boolean;
  /** Undelivered events kept at most. */
  readonly maxRows: number;
  /** Of undelivered events, roughly. */
  readonly maxBytes: number;
  /** Age at which an undelivered event is given up. */
  readonly maxAgeMs: number;
}

/** Options of the whole room. */
export interface HooksOptions {
  /** By resolved vhost name; a vhost that is missing has no hooks. */
  readonly vhosts: ReadonlyMap<string, VhostHookOptions>;
  /** Where endings are kept. */
  readonly outbox: OutboxOptions;
  /** Of this server over its restarts, in every event. */
  readonly serverId: string;
  /** Of this server, for the User-Agent. */
  readonly version: string;
}
