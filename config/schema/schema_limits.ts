/**
 * The keys of limits: how much a client may make this server keep.
 *
 * @module
 */

import { duration, size } from "../types/duration_type.ts";
import { rootKey, vhostKey } from "./key_spec.ts";
import { REDIRECTS } from "../types/redirect_type.ts";
import { count } from "../types/value_type.ts";

const MIB = 1024 * 1024;

const NONE: readonly string[] = Object.freeze([]);
const EGRESS = count({ min: 0, max: 1_000_000_000, zero: "is any number" });
const REDIRECT_MEANING =
  "Where a player beyond max_egress_kbps is sent, by RTMP's status and HTTP's 302; nowhere when empty";
const REDIRECT_EXAMPLE = '["rtmp://edge2.example.com", "https://edge2.example.com"]';

/** How much a vhost sends. */
export const VHOST_LIMIT_KEYS = Object.freeze({
  maxEgressKbps: vhostKey("limits.max_egress_kbps", "next", EGRESS, 0, "The same of this vhost alone"),
  redirect: vhostKey(
    "limits.redirect",
    "next",
    REDIRECTS,
    NONE,
    "The same for this vhost; empty: that of [limits]",
    {
      example: REDIRECT_EXAMPLE,
    },
  ),
});

/** How much one client may make this server keep, and how long it may take. */
export const LIMIT_KEYS = Object.freeze({
  handshakeTimeoutMs: rootKey(
    "limits.handshake_timeout",
    "new",
    duration("s", { minMs: 100, maxMs: 600_000 }),
    10_000,
    "From accept to the end of the handshake",
  ),
  connectTimeoutMs: rootKey(
    "limits.connect_timeout",
    "new",
    duration("s", { minMs: 100, maxMs: 600_000 }),
    10_000,
    "From the handshake to connect, whatever else is sent",
  ),
  idleTimeoutMs: rootKey(
    "limits.idle_timeout",
    "new",
    duration("s", { minMs: 100, maxMs: 3_600_000 }),
    10_000,
    "From connect to the first publish or play, and between two; a publish without media does not count",
  ),
  pingIntervalMs: rootKey(
    "limits.ping_interval",
    "new",
    duration("s", { minMs: 0, maxMs: 3_600_000, zero: "is never" }),
    20_000,
    "A client that was silent for this long is pinged",
  ),
  pingTimeoutMs: rootKey(
    "limits.ping_timeout",
    "new",
    duration("s", { minMs: 100, maxMs: 3_600_000 }),
    20_000,
    "A pinged client that sends nothing for this long is disconnected: a broken connection may show no other sign",
  ),
  maxConnectionsPerIp: rootKey(
    "limits.max_connections_per_ip",
    "next",
    count({ min: 0, max: 1_000_000, zero: "is half of max_connections, loopback left out" }),
    0,
    "Connections of one address, those in their handshake included",
  ),
  maxPublishersPerVhost: rootKey(
    "limits.max_publishers_per_vhost",
    "next",
    count({ min: 0, max: 1_000_000, zero: "is any number" }),
    0,
    "Publishers of one vhost at a time",
  ),
  maxPlayersPerVhost: rootKey(
    "limits.max_players_per_vhost",
    "next",
    count({ min: 0, max: 1_000_000, zero: "is any number" }),
    0,
    "Players of one vhost at a time",
  ),
  maxPlayersPerStream: rootKey(
    "limits.max_players_per_stream",
    "next",
    count({ min: 0, max: 1_000_000, zero: "is any number" }),
    0,
    "Players of one stream at a time",
  ),
  maxEgressKbps: rootKey(
    "limits.max_egress_kbps",
    "next",
    EGRESS,
    0,
    "What all players together are sent, kbit/s over the latest 5 s: a new one whose stream's bitrate goes beyond is refused",
  ),
  redirect: rootKey("limits.redirect", "next", REDIRECTS, NONE, REDIRECT_MEANING, {
    example: REDIRECT_EXAMPLE,
  }),
  maxHlsViewers: rootKey(
    "limits.max_hls_viewers",
    "next",
    count({ min: 1, max: 1_000_000 }),
    20_000,
    "Viewers by HLS at a time, for each thread: they need no connection; one above it is answered with 503",
  ),
  maxHlsBytes: rootKey(
    "limits.max_hls_bytes",
    "new",
    size({ min: MIB, max: 65_536 * MIB }),
    512 * MIB,
    "What HLS lists of one stream: above it a playlist is shorter than hls_window; as much again is kept for late viewers",
  ),
  maxCommandsPerSecond: rootKey(
    "limits.max_commands_per_second",
    "new",
    count({ min: 0, max: 1_000_000, zero: "is any number" }),
    50,
    "Commands and control messages of one client; twice as many may come at once",
  ),
  maxStartsPerMinute: rootKey(
    "limits.max_starts_per_minute",
    "new",
    count({ min: 0, max: 1_000_000, zero: "is any number" }),
    30,
    "Publish and play requests on one connection",
  ),
  maxReplyBytes: rootKey(
    "limits.max_reply_bytes",
    "new",
    size({ min: 16 * 1024, max: 64 * MIB }),
    256 * 1024,
    "Replies that may wait for a client that does not read",
  ),
  guessing: Object.freeze({
    maxWrongKeys: rootKey(
      "limits.max_wrong_keys",
      "next",
      count({ min: 0, max: 1_000_000, zero: "counts and delays none" }),
      20,
      "Wrong keys that one address may show in wrong_key_window; more, and none of its keys is looked at",
    ),
    windowMs: rootKey(
      "limits.wrong_key_window",
      "next",
      duration("s", { minMs: 1000, maxMs: 86_400_000 }),
      600_000,
      "In this time an address that used up its wrong keys has all of them again",
    ),
    delayMs: rootKey(
      "limits.wrong_key_delay",
      "next",
      duration("s", { minMs: 0, maxMs: 60_000 }),
      500,
      "The answer to the first wrong key is delayed by this time, to each further one by twice as long",
    ),
    maxDelayMs: rootKey(
      "limits.wrong_key_max_delay",
      "next",
      duration("s", { minMs: 0, maxMs: 60_000 }),
      8000,
      "The longest such wait",
    ),
  }),
  maxHeldBytes: rootKey(
    "limits.max_held_bytes",
    "new",
    size({ min: 1024, max: 64 * MIB }),
    64 * 1024,
    "What one client sends before its answer waits in memory up to this, the rest in its socket",
  ),
  maxLagBytes: rootKey(
    "limits.max_lag_bytes",
    "new",
    size({ min: MIB, max: 4096 * MIB }),
    64 * MIB,
    "A player that lags further behind jumps to a newer key frame, whatever queue_length says",
  ),
});

/** How large what a client sends may be. */
export const WIRE_LIMIT_KEYS = Object.freeze({
  maxMediaMessageBytes: rootKey(
    "limits.max_media_message",
    "new",
    size({ min: 64 * 1024, max: 16 * MIB }),
    10 * MIB,
    "Largest audio, video or data message",
  ),
  maxCommandMessageBytes: rootKey(
    "limits.max_command_message",
    "new",
    size({ min: 4096, max: 16 * MIB }),
    64 * 1024,
    "Largest message of any other kind",
  ),
  maxChunkStreams: rootKey(
    "limits.max_chunk_streams",
    "new",
    count({ min: 8, max: 65_600 }),
    64,
    "Chunk streams in use by one client",
  ),
  maxPartialBytes: rootKey(
    "limits.max_partial_bytes",
    "new",
    size({ min: 64 * 1024, max: 1024 * MIB }),
    16 * MIB,
    "Unfinished messages of one client",
  ),
  minChunkSize: rootKey(
    "limits.min_chunk_size",
    "new",
    count({ min: 1, max: 65_536 }),
    128,
    "Smallest chunk size that a client may choose, bytes",
  ),
  maxAmfDepth: rootKey(
    "limits.max_amf_depth",
    "new",
    count({ min: 4, max: 64 }),
    16,
    "Nesting of AMF0 values",
  ),
  maxAmfNodes: rootKey(
    "limits.max_amf_nodes",
    "new",
    count({ min: 64, max: 1_000_000 }),
    4096,
    "AMF0 values in one message",
  ),
  maxAmfStringBytes: rootKey(
    "limits.max_amf_string",
    "new",
    size({ min: 1024, max: 16 * MIB }),
    MIB,
    "Longest string in AMF0 and AMF3",
  ),
  maxAggregateMessages: rootKey(
    "limits.max_aggregate_messages",
    "new",
    count({ min: 1, max: 1_000_000 }),
    1024,
    "Messages inside one aggregate message",
  ),
});
