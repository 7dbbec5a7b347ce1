/**
 * The keys of a vhost: RTMP, play and publish. Names, units and meanings are SRS's where SRS has the key.
 *
 * @module
 */

import type { MissingStream, PlayedTracks, Takeover, TimeJitter } from "../../stream/admission/options.ts";
import { ACCESS_KEYS } from "./schema_access.ts";
import { CLUSTER_KEYS, FORWARD_KEYS, PULL_KEY } from "./schema_cluster.ts";
import { VHOST_LIMIT_KEYS } from "./schema_limits.ts";
import { HLS_KEYS } from "./schema_hls.ts";
import { DVR_KEYS } from "./schema_dvr.ts";
import { duration } from "../types/duration_type.ts";
import { vhostKey } from "./key_spec.ts";
import { MOUNTS } from "../types/mount_type.ts";
import { choice, count, OFF, ON, SWITCH } from "../types/value_type.ts";

const WINDOW = { min: 0, max: 2_147_483_647 };
const JITTERS: readonly TimeJitter[] = ["full", "zero", "off"];
const TRACKS: readonly PlayedTracks[] = ["all", "first"];
const MISSING: readonly MissingStream[] = ["wait", "404"];
const TAKEOVERS: readonly Takeover[] = ["idle", "same_ip", "never"];

/** What players get. */
const PLAY_KEYS = Object.freeze({
  gopCache: vhostKey(
    "play.gop_cache",
    "new",
    SWITCH,
    ON,
    "A new player starts with the newest key frame at once",
  ),
  gopCacheMaxFrames: vhostKey(
    "play.gop_cache_max_frames",
    "new",
    count({ min: 0, max: 10_000_000, zero: "is unlimited" }),
    2500,
    "The GOP cache is dropped above this number of messages",
  ),
  queueLengthMs: vhostKey(
    "play.queue_length",
    "new",
    duration("s", { minMs: 100, maxMs: 600_000 }),
    30_000,
    "A player that lags further behind jumps to the newest key frame, or to the live position where none comes",
  ),
  mwLatencyMs: vhostKey(
    "play.mw_latency",
    "next",
    duration("ms", { minMs: 0, maxMs: 10_000, zero: "sends at once" }),
    350,
    "Longest time that a message waits to be sent together with others",
  ),
  timeJitter: vhostKey("play.time_jitter", "new", choice(JITTERS), "full", "How timestamps are corrected"),
  atc: vhostKey("play.atc", "new", SWITCH, OFF, "Timestamps as the encoder sent them"),
  tracks: vhostKey(
    "play.tracks",
    "next",
    choice(TRACKS),
    "all",
    "Which tracks players get: all, or the first of sound and of pictures; ?tracks=first or all asks for one play",
  ),
  reduceSequenceHeader: vhostKey(
    "play.reduce_sequence_header",
    "new",
    SWITCH,
    OFF,
    "A repeated, unchanged sequence header is not passed on",
  ),
  sendTimeoutMs: vhostKey(
    "play.send_timeout",
    "live",
    duration("s", { minMs: 100, maxMs: 3_600_000 }),
    30_000,
    "A player that reads nothing for this long is disconnected",
  ),
});

/** What publishers must do. */
const PUBLISH_KEYS = Object.freeze({
  firstpktTimeoutMs: vhostKey(
    "publish.firstpkt_timeout",
    "live",
    duration("ms", { minMs: 100, maxMs: 3_600_000 }),
    20_000,
    "A publisher whose first packet takes longer is disconnected",
  ),
  normalTimeoutMs: vhostKey(
    "publish.normal_timeout",
    "live",
    duration("ms", { minMs: 100, maxMs: 3_600_000 }),
    10_000,
    "A publisher that sends no media for this long is disconnected",
  ),
  kickoffForIdleMs: vhostKey(
    "publish.kickoff_for_idle",
    "live",
    duration("s", { minMs: 0, zero: "is never" }),
    0,
    "A publisher without any player for this long is disconnected",
  ),
  takeover: vhostKey(
    "publish.takeover",
    "next",
    choice(TAKEOVERS),
    "idle",
    "Who may take the name of a publisher that sends nothing new: anyone, the same address, nobody",
  ),
  takeoverAfterMs: vhostKey(
    "publish.takeover_after",
    "next",
    duration("s", { minMs: 0, maxMs: 600_000 }),
    2000,
    "A publisher that sends nothing new for that long after another one wants its name is replaced",
  ),
  kickHoldMs: vhostKey(
    "publish.kick_hold",
    "live",
    duration("s", { minMs: 0, maxMs: 86_400_000, zero: "is not at all" }),
    10_000,
    "After a kick, a refused on_update, bitrate or lease_expired, the name is kept from the publisher's address for that long",
  ),
});

/** What players by HTTP get. */
const HTTP_REMUX_KEYS = Object.freeze({
  enabled: vhostKey(
    "http_remux.enabled",
    "next",
    SWITCH,
    ON,
    "Streams by HTTP and WebSocket at http_server.listen",
  ),
  mount: vhostKey(
    "http_remux.mount",
    "next",
    MOUNTS,
    Object.freeze(["[vhost]/[app]/[stream].flv"]),
    "Paths of streams, as FLV, MPEG-TS (.ts) or sound alone (.mp3, .aac); [vhost] where the path may begin with the name of a vhost",
    { example: '["[vhost]/[app]/[stream].flv", "[vhost]/[app]/[stream].ts"]' },
  ),
  hasAudio: vhostKey("http_remux.has_audio", "next", SWITCH, ON, "Off: players get no audio"),
  hasVideo: vhostKey("http_remux.has_video", "next", SWITCH, ON, "Off: players get no video"),
  guessHasAv: vhostKey(
    "http_remux.guess_has_av",
    "next",
    SWITCH,
    ON,
    "The file header of FLV announces the tracks that the stream has; off: audio and video, whatever it has",
  ),
  dropIfNotMatch: vhostKey(
    "http_remux.drop_if_not_match",
    "next",
    SWITCH,
    ON,
    "A track that was not announced to a player of FLV is left out",
  ),
  fastCacheMs: vhostKey(
    "http_remux.fast_cache",
    "next",
    duration("s", { minMs: 0, maxMs: 3_600_000 }),
    0,
    "For streams of audio without FLV",
    { notImplemented: "sound starts with what is published when a player joins" },
  ),
  missing: vhostKey(
    "http_remux.missing",
    "next",
    choice(MISSING),
    "wait",
    "A stream that nobody publishes: players wait for it, or are answered 404 at once; at an edge when its origin has had 2 s to send it",
  ),
  missingTimeoutMs: vhostKey(
    "http_remux.missing_timeout",
    "next",
    duration("s", { minMs: 1000, maxMs: 3_600_000 }),
    60_000,
    "A player that has no publisher for this long is ended",
  ),
});

/** A whole vhost but its hooks. */
export const VHOST_KEYS = Object.freeze({
  enabled: vhostKey("enabled", "live", SWITCH, ON, "Off: the vhost is treated as unknown"),
  chunkSize: vhostKey(
    "chunk_size",
    "next",
    count({ min: 128, max: 65_536 }),
    60_000,
    "Outgoing RTMP chunk size, bytes; the root's when not given",
  ),
  inAckSize: vhostKey(
    "in_ack_size",
    "next",
    count({ ...WINDOW, zero: "obeys the client" }),
    0,
    "Acknowledge after this many bytes, whatever the client requested",
  ),
  outAckSize: vhostKey(
    "out_ack_size",
    "next",
    count({ ...WINDOW, zero: "is none" }),
    2_500_000,
    "Acknowledgement window announced to clients, bytes",
  ),
  tcpNodelay: vhostKey(
    "tcp_nodelay",
    "next",
    SWITCH,
    ON,
    "Send to players at once; off delays media by about 40 ms and saves nothing",
  ),
  minLatency: vhostKey("min_latency", "next", SWITCH, OFF, "Send each message as soon as it arrives"),
  pulls: PULL_KEY,
  play: PLAY_KEYS,
  publish: PUBLISH_KEYS,
  httpRemux: HTTP_REMUX_KEYS,
  hls: HLS_KEYS,
  dvr: DVR_KEYS,
  cluster: CLUSTER_KEYS,
  forward: FORWARD_KEYS,
  limits: VHOST_LIMIT_KEYS,
  // Last: the keys of its files follow in the schema.
  access: ACCESS_KEYS,
});
