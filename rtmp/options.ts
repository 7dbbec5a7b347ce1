/**
 * The options of the RTMP room, as `config/` fills them. Times in milliseconds, sizes in bytes.
 *
 * @module
 */
import type { ListenAddress, TlsListenOptions } from "../core/mod.ts";
import type { AdmissionLimits, AdmissionOptions, KeyAttemptLimits } from "../stream/admission/options.ts";
import type { WireLimits } from "./wire/limits.ts";

export type { WireLimits };

/** Options of the RTMP server. */
export interface RtmpOptions extends AdmissionOptions {
  /** At least one. */
  readonly listen: readonly ListenAddress[];
  /** Where each connection begins with a header of the PROXY protocol; none: nowhere. */
  readonly proxyListen: readonly ListenAddress[];
  /** Addresses and networks of proxies whose word on their clients counts. */
  readonly trustedProxies: readonly string[];
  /** RTMP by TLS. */
  readonly rtmps: TlsListenOptions;
  /** A connection above it is closed at once. */
  readonly maxConnections: number;
  /** Of every connection. */
  readonly limits: ConnectionLimits;
  /** Of every connection's decoding. */
  readonly wireLimits: WireLimits;
}

/** Deadlines and sizes of one connection. */
export interface ConnectionLimits extends AdmissionLimits {
  /** From accept to the end of the handshake. */
  readonly handshakeTimeoutMs: number;
  /** From the end of the handshake to `connect`. */
  readonly connectTimeoutMs: number;
  /** From `connect` accepted to the first publish or play, and between two; a publish without media does not count. */
  readonly idleTimeoutMs: number;
  /** A client that was silent for this time is pinged, 0 for never. */
  readonly pingIntervalMs: number;
  /** A pinged client that does not answer for this time is ended. */
  readonly pingTimeoutMs: number;
  /** Connections of one address, those in their handshake included; 0 for half of all, loopback left out. */
  readonly maxConnectionsPerIp: number;
  /** Commands and control messages of one client, 0 for any number. */
  readonly maxCommandsPerSecond: number;
  /** Publish and play requests of one connection, 0 for any number. */
  readonly maxStartsPerMinute: number;
  /** Against guessing names and keys. */
  readonly guessing: KeyAttemptLimits;
  /** What may wait while an answer of the hooks is awaited, bytes. */
  readonly maxHeldBytes: number;
}
