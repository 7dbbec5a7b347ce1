/**
 * Directives of nginx-rtmp: which of them have a counterpart, and what to do instead of the others.
 *
 * @module
 */

import type { HookEventName } from "../../core/mod.ts";
import type { Scope } from "../schema/key_spec.ts";
import type { LostSubject } from "./conversion.ts";
import type { Directive } from "./srs_conf_parser.ts";

/** The events of our hooks that take the place of a callback. */
export const CALLBACKS: Readonly<Record<string, readonly HookEventName[]>> = Object.freeze({
  on_connect: ["on_connect"],
  on_disconnect: ["on_close"],
  on_publish: ["on_publish"],
  on_publish_done: ["on_unpublish"],
  on_play: ["on_play"],
  on_play_done: ["on_stop"],
  on_done: ["on_unpublish", "on_stop"],
  on_update: ["on_update"],
});

/** Directives with one value that means the same here. */
export const SAME_VALUES: Readonly<Record<string, { readonly scope: Scope; readonly path: string }>> = Object
  .freeze({
    chunk_size: { scope: "root", path: "chunk_size" },
    max_connections: { scope: "root", path: "max_connections" },
    ping: { scope: "root", path: "limits.ping_interval" },
    ping_timeout: { scope: "root", path: "limits.ping_timeout" },
    ack_window: { scope: "vhost", path: "out_ack_size" },
    hls: { scope: "vhost", path: "hls.enabled" },
    hls_fragment: { scope: "vhost", path: "hls.hls_fragment" },
    hls_playlist_length: { scope: "vhost", path: "hls.hls_window" },
    drop_idle_publisher: { scope: "vhost", path: "publish.normal_timeout" },
    notify_update_timeout: { scope: "vhost", path: "http_hooks.update_interval" },
  });

/** What a directive without counterpart loses, and what to do instead. */
export interface NginxLoss {
  readonly subject: LostSubject | undefined;
  readonly alternative: string;
}

const FORKS: NginxLoss = {
  subject: undefined,
  alternative: "run ffmpeg next to the server: this one never starts programs",
};
const RECORD: NginxLoss = { subject: "dvr", alternative: "set dvr.enabled and dvr.dvr_path of the vhost" };
const HLS_FILES: NginxLoss = {
  subject: "hls",
  alternative:
    "set hls.hls_path; playlists are at http://HOST:8080/APP/STREAM.m3u8 (http_server.listen) without it",
};
const NO_NEED: NginxLoss = { subject: undefined, alternative: "nothing to do" };

const UNKNOWN: NginxLoss = { subject: undefined, alternative: "nginx-rtmp is not known to have it" };

const LOSSES: readonly (readonly [RegExp, NginxLoss])[] = [
  [/^push$/, {
    subject: "forward",
    alternative:
      "set forward.enabled and forward.destination of the vhost, or data.forward in on_publish's answer",
  }],
  [/^pull$/, {
    subject: "cluster",
    alternative:
      'set pull of the vhost for single streams, or cluster.mode = "remote" and cluster.origin for all',
  }],
  [/^(?:push|pull)_reconnect$/, {
    subject: undefined,
    alternative: "it waits a second first, half a minute at last",
  }],
  [/^on_record_done$/, { subject: "hooks", alternative: "set on_dvr of the vhost" }],
  [/^record(?:er)?$/, RECORD],
  [/^record_/, { subject: undefined, alternative: "dvr.dvr_path and dvr.dvr_plan of the vhost say it" }],
  [/^hls_path$/, HLS_FILES],
  [/^hls_(?:keys|key_path|key_url|fragments_per_key)$/, {
    subject: "hls",
    alternative: "serve viewers by TLS",
  }],
  [/^hls_variant$/, { subject: "hls", alternative: "write the playlist of all qualities yourself" }],
  [/^hls_cleanup$/, { subject: undefined, alternative: "set hls.hls_cleanup together with hls.hls_path" }],
  [/^hls_base_url$/, {
    subject: undefined,
    alternative: "set hls.hls_entry_prefix together with hls.hls_path",
  }],
  [/^hls_nested$/, { subject: undefined, alternative: "set hls.hls_m3u8_file together with hls.hls_path" }],
  [/^idle_streams$/, {
    subject: undefined,
    alternative: "players wait for a stream that nobody publishes; on_play of a service can refuse them",
  }],
  [/^meta$/, { subject: undefined, alternative: "players get the metadata of the publisher" }],
  [/^notify_relay_redirect$/, {
    subject: "hooks",
    alternative: "the answer to on_publish or on_play can name another stream",
  }],
  [/^dash$/, { subject: undefined, alternative: "play by HLS" }],
  [/^play$/, { subject: undefined, alternative: "http_server.dir serves files" }],
  [/^(?:exec|respawn)/, FORKS],
  [/^http$/, {
    subject: undefined,
    alternative: "GET /api/v1/streams of http_api.listen has the statistics",
  }],
  [
    /^(?:user|pid|daemon|env|events|stream|mail|load_module|error_log|access_log|log_format|pcre_jit|thread_pool)$/,
    NO_NEED,
  ],
  [/^(?:worker_|rtmp_auto_push|rtmp_socket_dir|hls_|dash_|play_|notify_|relay_|out_)/, NO_NEED],
  [/^(?:timeout|max_streams|max_message|max_queue|buflen|buffer|sync|interleave|session_relay)$/, NO_NEED],
  [/^(?:wait_key|wait_video|publish_notify|publish_time_fix|stream_buckets|timer_resolution)$/, NO_NEED],
  [/^live$/, { subject: undefined, alternative: "every stream is live" }],
];

/**
 * What is lost with a directive.
 *
 * @param name The directive's name.
 */
export function nginxLoss(name: string): NginxLoss {
  return LOSSES.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

/** Directives that are on in nginx-rtmp unless they say otherwise, and whose effect is there here too. */
const ON_IN_NGINX: ReadonlySet<string> = new Set(["idle_streams", "meta", "hls_cleanup"]);

/** Details of something that is on or off by a directive of its own: the directive, and the values that are off. */
const DETAILS: readonly (readonly [RegExp, string])[] = [
  [/^record_/, "record"],
  [/^hls_/, "hls"],
  [/^dash_/, "dash"],
];

/**
 * The directive that decides about a detail, as `hls` does about `hls_path`.
 *
 * @param name The directive's name.
 */
export function ownerOf(name: string): string | undefined {
  return DETAILS.find(([pattern]) => pattern.test(name))?.[1];
}

/**
 * Whether a directive asks for nothing: it is off as it is here, or a detail of what is off or not there at all.
 *
 * @param directive The directive.
 * @param scope The directives around it: the first that has the owner's name decides.
 */
export function isOff({ name, args, children }: Directive, scope: readonly Directive[]): boolean {
  if (isOwnerOff(name, scope)) return true;
  const isSwitch = children === undefined && args[0] === "off";
  return isSwitch && name !== "live" && !ON_IN_NGINX.has(name);
}

/**
 * Whether a directive is a detail of something that is off or not there at all.
 *
 * @param name The directive's name.
 * @param scope The directives around it.
 */
export function isOwnerOff(name: string, scope: readonly Directive[]): boolean {
  const owner = ownerOf(name);
  if (owner === undefined) return false;
  const decided = scope.find((other) => other.name === owner);
  return decided === undefined || decided.args[0] === "off";
}
