/**
 * The keys of HLS in a vhost. Names, units and meanings are SRS's where SRS has the key.
 *
 * @module
 */

import type { HlsFormat } from "../../stream/admission/options.ts";
import { duration } from "../types/duration_type.ts";
import { PLAYLIST_PATTERN, SEGMENT_PATTERN } from "../types/file_pattern_type.ts";
import { choice, count, OFF, ON, PATH, SWITCH } from "../types/value_type.ts";
import { vhostKey } from "./key_spec.ts";

const HLS_FORMATS: readonly HlsFormat[] = ["fmp4", "mpegts"];

/** What viewers by HLS get. */
export const HLS_KEYS = Object.freeze({
  enabled: vhostKey(
    "hls.enabled",
    "next",
    SWITCH,
    ON,
    "Streams as HLS and low-latency HLS at http_server.listen",
  ),
  fragmentMs: vhostKey(
    "hls.hls_fragment",
    "new",
    duration("s", { minMs: 1000, maxMs: 60_000 }),
    2000,
    "What a segment should last; it ends at the next key frame",
  ),
  windowMs: vhostKey(
    "hls.hls_window",
    "new",
    duration("s", { minMs: 2000, maxMs: 3_600_000 }),
    30_000,
    "What the playlist should last, and what is kept in memory twice; at least 3 segments",
  ),
  partMs: vhostKey(
    "hls.hls_part",
    "new",
    duration("s", { minMs: 0, maxMs: 2000, zero: "is HLS without low latency" }),
    200,
    "What a part of a segment should last: viewers of low-latency HLS are 3 of them behind",
  ),
  format: vhostKey(
    "hls.hls_format",
    "new",
    choice(HLS_FORMATS),
    "fmp4",
    "Segments as fragmented MP4, or as MPEG-TS for players that know nothing else",
  ),
  disposeMs: vhostKey(
    "hls.hls_dispose",
    "new",
    duration("s", { minMs: 0, maxMs: 86_400_000, zero: "is never" }),
    120_000,
    "A stream that is not published and that no viewer has requested for this long is not made any longer, and its files are removed",
  ),
  ctx: vhostKey(
    "hls.hls_ctx",
    "next",
    SWITCH,
    ON,
    "Each viewer is a session with its own paths and hooks; off: plain paths for a CDN, and no hooks",
  ),
  bindIp: vhostKey(
    "hls.hls_bind_ip",
    "next",
    SWITCH,
    OFF,
    "A viewer's session is of use from its first address alone",
  ),
  always: vhostKey(
    "hls.hls_always",
    "new",
    SWITCH,
    OFF,
    "Made from the publish on, not from the first viewer on; always so where hls_path is set",
  ),
  path: vhostKey(
    "hls.hls_path",
    "new",
    PATH,
    "",
    "Directory in which HLS is on disk too, for other servers; empty: in memory alone",
    { example: '"./objs/html"' },
  ),
  playlistPattern: vhostKey(
    "hls.hls_m3u8_file",
    "new",
    PLAYLIST_PATTERN,
    "[app]/[stream].m3u8",
    "Playlists below hls_path",
  ),
  segmentPattern: vhostKey(
    "hls.hls_ts_file",
    "new",
    SEGMENT_PATTERN,
    "[app]/[stream]-[seq].ts",
    "Segments below hls_path; .ts becomes .m4s for fragmented MP4",
  ),
  noticeMaxBytes: vhostKey(
    "hls.hls_nb_notify",
    "next",
    count({ min: 0, max: 65_536 }),
    64,
    "Bytes that are read of an answer to on_hls_notify",
  ),
  entryPrefix: vhostKey(
    "hls.hls_entry_prefix",
    "new",
    PATH,
    "",
    "Address in front of the paths in playlists below hls_path; empty: they are relative",
    { example: '"https://cdn.example/hls"' },
  ),
  cleanup: vhostKey(
    "hls.hls_cleanup",
    "new",
    SWITCH,
    ON,
    "Segments below hls_path are removed when players no longer need them; off: they stay",
  ),
});
