/**
 * The limits that a client can run into: their names, and what counts how often each was reached.
 *
 * @module
 */

/**
 * The limits by their keys in the configuration; those of `[limits]` without the section's name. The last ones have no
 * key: those of the exporter are fixed, `open_files` is the system's, the others are connections and requests that came
 * to nothing.
 */
export const LIMIT_NAMES = [
  "handshake_timeout",
  "connect_timeout",
  "idle_timeout",
  "ping_timeout",
  "publish.firstpkt_timeout",
  "publish.normal_timeout",
  "play.send_timeout",
  "play.queue_length",
  "max_lag_bytes",
  "max_connections",
  "max_connections_per_ip",
  "max_publishers_per_vhost",
  "max_players_per_vhost",
  "max_players_per_stream",
  "max_egress_kbps",
  "max_hls_viewers",
  "max_hls_bytes",
  "max_commands_per_second",
  "max_starts_per_minute",
  "max_media_message",
  "max_command_message",
  "max_chunk_streams",
  "max_partial_bytes",
  "min_chunk_size",
  "max_amf_depth",
  "max_amf_nodes",
  "max_amf_string",
  "max_aggregate_messages",
  "max_held_bytes",
  "max_reply_bytes",
  "max_wrong_keys",
  "http_api.max_connections",
  "http_api.head_timeout",
  "http_api.idle_timeout",
  "http_api.write_timeout",
  "http_api.max_auth_failures",
  "http_server.max_connections",
  "http_server.max_connections_per_ip",
  "http_server.head_timeout",
  "http_server.idle_timeout",
  "http_server.write_timeout",
  "exporter.max_connections",
  "exporter.head_timeout",
  "exporter.idle_timeout",
  "exporter.write_timeout",
  "open_files",
  "accept_failed",
  "reset_before_accept",
  "http_on_rtmp",
  "tls_on_rtmp",
  "plain_on_rtmps",
  "edge_proof",
  "hls_segments",
  "tls_handshake",
  "proxy_header",
  "http_request_refused",
  "api_request_refused",
] as const;

/** One of {@link LIMIT_NAMES}. */
export type LimitName = typeof LIMIT_NAMES[number];

/** Which client ran into a limit, for the log. */
export interface LimitHit {
  /** The connection's number, where it has one. */
  readonly clientId?: number;
  /** Its address; absent where it was gone before it was known. */
  readonly ip?: string;
  /** What happened, in a few words. */
  readonly detail: string;
}

/** What a line says where it does not say that a limit was reached. */
export interface LimitLine {
  /** The message. */
  readonly message: string;
  /** `warn` by default. */
  readonly level?: "info" | "warn" | "error";
}

/** Counts what clients run into. */
export interface Limits {
  /** A client ran into a limit: counted, and logged at most once a second for each limit. */
  hit(limit: LimitName, hit: LimitHit, line?: LimitLine): void;
  /** The same without a line. */
  count(limit: LimitName, times: number): void;
  /** Write the lines that had to wait; called about once a second. */
  sweep(): void;
  /** Hits of every limit since the start. */
  counts(): Readonly<Record<LimitName, number>>;
}
