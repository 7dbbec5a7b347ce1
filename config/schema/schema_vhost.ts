/**
 * The keys of a vhost: RTMP, play and publish. Names, units and meanings are SRS's where SRS has the key.
 *
 * @module
 */

import type {
  HlsFormat,
  MissingStream,
  PlayedTracks,
  Takeover,
  TimeJitter,
} from "../../stream/admission/options.ts";
import { ACCESS_KEYS } from "./schema_access.ts";
import { CLUSTER_KEYS, FORWARD_KEYS, PULL_KEY } from "./schema_cluster.ts";
import { VHOST_LIMIT_KEYS } from "./schema_limits.ts";
import { DVR_KEYS } from "./schema_dvr.ts";
import { duration } from "../types/duration_type.ts";
import { vhostKey } from "./key_spec.ts";
import { PLAYLIST_PATTERN, SEGMENT_PATTERN } from "../types/file_pattern_type.ts";
import { MOUNTS } from "../types/mount_type.ts";
import { choice, count, OFF, ON, PATH, SWITCH } from "../types/value_type.ts";

const WINDOW = { min: 0, max: 2_147_483_647 };
const JITTERS: readonly TimeJitter[] = ["full", "zero", "off"];
const TRACKS: readonly PlayedTracks[] = ["all", "first"];
const MISSING: readonly MissingStream[] = ["wait", "404"];
const HLS_FORMATS: readonly HlsFormat[] = ["fmp4", "mpegts"];
const TAKEOVERS: readonly Takeover[] = ["idle", "same_ip", "never"];

/** What players get. */
const PLAY_KEYS = Object.freeze({
  gopCache: vhostKey("play.gop_cache", SWITCH, ON, "A new player starts with the newest key frame at once"),
  gopCacheMaxFrames: vhostKey(
    "play.gop_cache_max_frames",
    count({ min: 0, max: 10_000_000, zero: "is unlimited" }),
    2500,
    "The GOP cache is dropped above this number of messages",
  ),
  queueLengthMs: vhostKey(
    "play.queue_length",
    duration("s", { minMs: 100, maxMs: 600_000 }),
    30_000,
    "A player that lags further behind jumps to the newest key frame, or to the live position where none comes",
  ),
  mwLatencyMs: vhostKey(
    "play.mw_latency",
    duration("ms", { minMs: 0, maxMs: 10_000, zero: "sends at once" }),
    350,
    "Longest time that a message waits to be sent together with others",
  ),
  timeJitter: vhostKey("play.time_jitter", choice(JITTERS), "full", "How timestamps are corrected"),
  atc: vhostKey("play.atc", SWITCH, OFF, "Timestamps as the encoder sent them"),
  tracks: vhostKey(
    "play.tracks",
    choice(TRACKS),
    "all",
    "Which tracks players get: all, or the first of sound and of pictures; ?tracks=first or all asks for one play",
  ),
  reduceSequenceHeader: vhostKey(
    "play.reduce_sequence_header",
    SWITCH,
    OFF,
    "A repeated, unchanged sequence header is not passed on",
  ),
  sendTimeoutMs: vhostKey(
    "play.send_timeout",
    duration("s", { minMs: 100, maxMs: 3_600_000 }),
    30_000,
    "A player that reads nothing for this long is disconnected",
  ),
});

/** What publishers must do. */
const PUBLISH_KEYS = Object.freeze({
  firstpktTimeoutMs: vhostKey(
    "publish.firstpkt_timeout",
    duration("ms", { minMs: 100, maxMs: 3_600_000 }),
    20_000,
    "A publisher whose first packet takes longer is disconnected",
  ),
  normalTimeoutMs: vhostKey(
    "publish.normal_timeout",
    duration("ms", { minMs: 100, maxMs: 3_600_000 }),
    10_000,
    "A publisher that sends no media for this long is disconnected",
  ),
  kickoffForIdleMs: vhostKey(
    "publish.kickoff_for_idle",
    duration("s", { minMs: 0, zero: "is never" }),
    0,
    "A publisher without any player for this long is disconnected",
  ),
  takeover: vhostKey(
    "publish.takeover",
    choice(TAKEOVERS),
    "idle",
    "Who may take the name of a publisher that sends nothing new: anyone, the same address, nobody",
  ),
  takeoverAfterMs: vhostKey(
    "publish.takeover_after",
    duration("s", { minMs: 0, maxMs: 600_000 }),
    2000,
    "A publisher that sends nothing new for that long after another one wants its name is replaced",
  ),
  kickHoldMs: vhostKey(
    "publish.kick_hold",
    duration("s", { minMs: 0, maxMs: 86_400_000, zero: "is not at all" }),
    10_000,
    "After a kick, a refused on_update, bitrate or lease_expired, the name is kept from the publisher's address for that long",
  ),
});

/** What players by HTTP get. */
const HTTP_REMUX_KEYS = Object.freeze({
  enabled: vhostKey(
    "http_remux.enabled",
    SWITCH,
    ON,
    "Streams by HTTP and WebSocket at http_server.listen",
  ),
  mount: vhostKey(
    "http_remux.mount",
    MOUNTS,
    Object.freeze(["[vhost]/[app]/[stream].flv"]),
    "Paths of streams, as FLV, MPEG-TS (.ts) or sound alone (.mp3, .aac); [vhost] where the path may begin with the name of a vhost",
    { example: '["[vhost]/[app]/[stream].flv", "[vhost]/[app]/[stream].ts"]' },
  ),
  hasAudio: vhostKey("http_remux.has_audio", SWITCH, ON, "Off: players get no audio"),
  hasVideo: vhostKey("http_remux.has_video", SWITCH, ON, "Off: players get no video"),
  guessHasAv: vhostKey(
    "http_remux.guess_has_av",
    SWITCH,
    ON,
    "The file header of FLV announces the tracks that the stream has; off: audio and video, whatever it has",
  ),
  dropIfNotMatch: vhostKey(
    "http_remux.drop_if_not_match",
    SWITCH,
    ON,
    "A track that was not announced to a player of FLV is left out",
  ),
  fastCacheMs: vhostKey(
    "http_remux.fast_cache",
    duration("s", { minMs: 0, maxMs: 3_600_000 }),
    0,
    "For streams of audio without FLV",
    { notImplemented: "sound starts with what is published when a player joins" },
  ),
  missing: vhostKey(
    "http_remux.missing",
    choice(MISSING),
    "wait",
    "A stream that nobody publishes: players wait for it, or are answered 404 at once",
  ),
  missingTimeoutMs: vhostKey(
    "http_remux.missing_timeout",
    duration("s", { minMs: 1000, maxMs: 3_600_000 }),
    60_000,
    "A player that has no publisher for this long is ended",
  ),
});

/** What viewers by HLS get. */
const HLS_KEYS = Object.freeze({
  enabled: vhostKey("hls.enabled", SWITCH, ON, "Streams as HLS and low-latency HLS at http_server.listen"),
  fragmentMs: vhostKey(
    "hls.hls_fragment",
    duration("s", { minMs: 1000, maxMs: 60_000 }),
    2000,
    "What a segment should last; it ends at the next key frame",
  ),
  windowMs: vhostKey(
    "hls.hls_window",
    duration("s", { minMs: 2000, maxMs: 3_600_000 }),
    30_000,
    "What the playlist should last, and what is kept in memory twice; at least 3 segments",
  ),
  partMs: vhostKey(
    "hls.hls_part",
    duration("s", { minMs: 0, maxMs: 2000, zero: "is HLS without low latency" }),
    200,
    "What a part of a segment should last: viewers of low-latency HLS are 3 of them behind",
  ),
  format: vhostKey(
    "hls.hls_format",
    choice(HLS_FORMATS),
    "fmp4",
    "Segments as fragmented MP4, or as MPEG-TS for players that know nothing else",
  ),
  disposeMs: vhostKey(
    "hls.hls_dispose",
    duration("s", { minMs: 0, maxMs: 86_400_000, zero: "is never" }),
    120_000,
    "A stream that is not published and that no viewer has requested for this long is not made any longer, and its files are removed",
  ),
  ctx: vhostKey(
    "hls.hls_ctx",
    SWITCH,
    ON,
    "Each viewer is a session with its own paths and hooks; off: plain paths for a CDN, and no hooks",
  ),
  bindIp: vhostKey(
    "hls.hls_bind_ip",
    SWITCH,
    OFF,
    "A viewer's session is of use from its first address alone",
  ),
  always: vhostKey(
    "hls.hls_always",
    SWITCH,
    OFF,
    "Made from the publish on, not from the first viewer on; always so where hls_path is set",
  ),
  path: vhostKey(
    "hls.hls_path",
    PATH,
    "",
    "Directory in which HLS is on disk too, for other servers; empty: in memory alone",
    { example: '"./objs/html"' },
  ),
  playlistPattern: vhostKey(
    "hls.hls_m3u8_file",
    PLAYLIST_PATTERN,
    "[app]/[stream].m3u8",
    "Playlists below hls_path",
  ),
  segmentPattern: vhostKey(
    "hls.hls_ts_file",
    SEGMENT_PATTERN,
    "[app]/[stream]-[seq].ts",
    "Segments below hls_path; .ts becomes .m4s for fragmented MP4",
  ),
  noticeMaxBytes: vhostKey(
    "hls.hls_nb_notify",
    count({ min: 0, max: 65_536 }),
    64,
    "Bytes that are read of an answer to on_hls_notify",
  ),
  entryPrefix: vhostKey(
    "hls.hls_entry_prefix",
    PATH,
    "",
    "Address in front of the paths in playlists below hls_path; empty: they are relative",
    { example: '"https://cdn.example/hls"' },
  ),
  cleanup: vhostKey(
    "hls.hls_cleanup",
    SWITCH,
    ON,
    "Segments below hls_path are removed when players no longer need them; off: they stay",
  ),
});

/** A whole vhost but its hooks. */
export const VHOST_KEYS = Object.freeze({
  enabled: vhostKey("enabled", SWITCH, ON, "Off: the vhost is treated as unknown"),
  chunkSize: vhostKey(
    "chunk_size",
    count({ min: 128, max: 65_536 }),
    60_000,
    "Outgoing RTMP chunk size, bytes; the root's when not given",
  ),
  inAckSize: vhostKey(
    "in_ack_size",
    count({ ...WINDOW, zero: "obeys the client" }),
    0,
    "Acknowledge after this many bytes, whatever the client requested",
  ),
  outAckSize: vhostKey(
    "out_ack_size",
    count({ ...WINDOW, zero: "is none" }),
    2_500_000,
    "Acknowledgement window announced to clients, bytes",
  ),
  tcpNodelay: vhostKey(
    "tcp_nodelay",
    SWITCH,
    ON,
    "Send to players at once; off delays media by about 40 ms and saves nothing",
  ),
  minLatency: vhostKey("min_latency", SWITCH, OFF, "Send each message as soon as it arrives"),
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
