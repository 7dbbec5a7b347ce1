/**
 * What SRS knows and this server does not obey: the names, what to do instead, and names that moved.
 * A file with such a key starts with a warning, so that an SRS operator learns what has no effect.
 *
 * @module
 */

import type { Scope } from "./key_spec.ts";

/** A key or block of SRS without effect here. */
export interface UnsupportedKey {
  readonly scope: Scope;
  /** Dotted path; everything below it is included. */
  readonly path: string;
  /** What to do instead. */
  readonly alternative: string;
  /** Whether something is missing without it. */
  readonly isMissed: boolean;
}

/** Blocks that ask for nothing unless they are enabled; other keys ask by standing there. */
const OWN_SWITCH = "enabled";

const NO_NEED = "nothing to do";
const FORKS = "run ffmpeg next to the server: this one never starts programs";

function unsupported(scope: Scope, alternative: string, paths: readonly string[]): UnsupportedKey[] {
  return paths.map((path) => Object.freeze({ scope, path, alternative, isMissed: true }));
}

/** Keys that nobody misses: what they ask for is done, or is of no use here. */
function unneeded(scope: Scope, alternative: string, paths: readonly string[]): UnsupportedKey[] {
  return paths.map((path) => Object.freeze({ scope, path, alternative, isMissed: false }));
}

/** All of them. */
export const UNSUPPORTED_KEYS: readonly UnsupportedKey[] = Object.freeze([
  ...unsupported("root", "the server stays in the foreground; use systemd or a container", [
    "daemon",
    "asprocess",
  ]),
  ...unsupported("root", "use grace_final_wait; every SIGTERM is graceful", [
    "grace_start_wait",
    "force_grace_quit",
  ]),
  ...unsupported("root", "use srs_log_level", ["srs_log_level_v2"]),
  ...unneeded("root", NO_NEED, [
    ...[
      "ff_log_dir",
      "pithy_print",
      "pithy_print_ms",
      "srs_log_flush_rate",
      "tcmalloc_release_rate",
      "query_latest_version",
    ],
    ...[
      "threads",
      "circuit_breaker",
      "in_docker",
      "disable_daemon_for_docker",
      "first_wait",
    ],
    ...["empty_ip_ok", "is_full"],
  ]),
  ...unsupported("root", "set auto_reload", ["inotify_auto_reload", "auto_reload_for_docker"]),
  ...unsupported("root", "ask the API, or the hooks' on_update", [
    "heartbeat",
    "stats",
    "tencentcloud_apm",
  ]),
  ...unneeded("root", NO_NEED, ["tencentcloud_cls"]),
  ...unsupported("root", "listen takes the ports of RTMP", ["rtmp"]),
  ...unsupported("root", "publish and play by RTMP", [
    ...["rtc_server", "rtc", "srt_server", "stream_caster", "rtsp_server", "kafka"],
  ]),
  ...unsupported("root", "the API takes no configuration; edit the file", ["http_api.raw_api"]),
  ...unneeded("vhost", NO_NEED, ["play.mw_msgs", "publish.mr", "publish.mr_latency", "publish.parse_sps"]),
  ...unneeded("vhost", NO_NEED, ["play.mix_correct", "publish.try_annexb_first", "debug_srs_upnode"]),
  ...unsupported("vhost", "set play.atc itself", ["play.atc_auto"]),
  ...unsupported("vhost", "use play.mw_latency", ["play.send_min_interval"]),
  ...unsupported("vhost", "list the origins of each edge in cluster.origin", [
    "cluster.origin_cluster",
    "cluster.coworkers",
    "cluster.protocol",
    "cluster.follow_client",
  ]),
  ...unneeded("vhost", NO_NEED, ["cluster.debug_srs_upnode"]),
  ...unsupported("vhost", "play by HLS", ["hds", "dash"]),
  ...unsupported("vhost", "use http_server.dir", ["http_static"]),
  ...unneeded("vhost", NO_NEED, ["http_remux.hstrs"]),
  ...unneeded("vhost", "recordings have the time line of players", ["dvr.time_jitter"]),
  ...unsupported("vhost", "publish and play by RTMP", ["rtc", "srt", "rtsp", "nack", "twcc"]),
  ...unsupported("vhost", "measure with iperf", ["bandcheck"]),
  ...unsupported(
    "vhost",
    "name streams of RTMP and HTTP-FLV in pull; run ffmpeg next to the server for others",
    ["ingest"],
  ),
  ...unsupported("vhost", FORKS, ["transcode", "exec"]),
  ...unneeded("vhost", NO_NEED, [
    ...[
      "hls.hls_td_ratio",
      "hls.hls_aof_ratio",
      "hls.hls_on_error",
      "hls.hls_wait_keyframe",
    ],
    ...["hls.hls_dts_directly", "hls.hls_acodec", "hls.hls_vcodec", "hls.hls_ts_ctx"],
  ]),
  ...unsupported("vhost", 'set hls_format, "fmp4" or "mpegts"', ["hls.hls_use_fmp4"]),
  ...unsupported(
    "vhost",
    "use hls_path, hls_m3u8_file and hls_ts_file",
    [
      ...["hls.hls_ts_floor", "hls.hls_fmp4_file", "hls.hls_init_file", "hls.hls_storage", "hls.hls_mount"],
      ...["hls.hls_recover", "hls.hls_master_m3u8_path_relative"],
    ],
  ),
  ...unsupported("vhost", "serve viewers by TLS", [
    ...[
      "hls.hls_keys",
      "hls.hls_fragments_per_key",
      "hls.hls_key_file",
      "hls.hls_key_file_path",
      "hls.hls_key_url",
    ],
  ]),
  ...unsupported("vhost", "set forward.backend", ["http_hooks.on_forward"]),
]);

/** Names of earlier SRS versions, by scope, and the path of today. */
const MOVED: Readonly<Record<Scope, Readonly<Record<string, string>>>> = Object.freeze({
  root: Object.freeze({ http_stream: "http_server", log_dir: "ff_log_dir" }),
  vhost: Object.freeze({
    gop_cache: "play.gop_cache",
    gop_cache_max_frames: "play.gop_cache_max_frames",
    queue_length: "play.queue_length",
    mw_latency: "play.mw_latency",
    mw_msgs: "play.mw_msgs",
    time_jitter: "play.time_jitter",
    mix_correct: "play.mix_correct",
    atc: "play.atc",
    atc_auto: "play.atc_auto",
    send_min_interval: "play.send_min_interval",
    reduce_sequence_header: "play.reduce_sequence_header",
    publish_1stpkt_timeout: "publish.firstpkt_timeout",
    publish_normal_timeout: "publish.normal_timeout",
    mr: "publish.mr",
    refer_publish: "refer.publish",
    refer_play: "refer.play",
    mode: "cluster.mode",
    origin: "cluster.origin",
    token_traverse: "cluster.token_traverse",
    hls_path: "hls.hls_path",
    hls_fragment: "hls.hls_fragment",
    hls_window: "hls.hls_window",
    http: "http_static",
  }),
});

/**
 * The unsupported key at a path, or around it.
 *
 * @param scope Root or vhost.
 * @param path Dotted path below it.
 */
export function findUnsupported(scope: Scope, path: string): UnsupportedKey | undefined {
  return UNSUPPORTED_KEYS.find((key) =>
    key.scope === scope && (path === key.path || path.startsWith(`${key.path}.`))
  );
}

/**
 * Where a name of an earlier SRS version lives today.
 *
 * @param scope Root or vhost.
 * @param path Dotted path below it, as the old version wrote it.
 */
export function movedTo(scope: Scope, path: string): string | undefined {
  const [first = "", ...rest] = path.split(".");
  const today = Object.hasOwn(MOVED[scope], first) ? MOVED[scope][first] : undefined;
  return today === undefined ? undefined : [today, ...rest].join(".");
}

/**
 * Whether an unsupported value asks for nothing, so that no warning is due: off, or a block that is not enabled.
 *
 * @param value The key's value as TOML has it.
 */
export function isDisabled(value: unknown): boolean {
  if (value === false || value === "off") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const own: unknown = Object.entries(value).find(([name]) => name === OWN_SWITCH)?.[1];
  return own === false || own === "off";
}
