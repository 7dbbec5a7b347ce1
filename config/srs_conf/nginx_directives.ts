/**
 * Directives of nginx-rtmp: which of them have a counterpart, and what to do instead of the others.
 *
 * @module
 */

import type { HookEventName } from "../../core/mod.ts";
import type { Scope } from "../schema/key_spec.ts";
import type { LostSubject } from "./conversion.ts";

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
  [/^dash$/, { subject: undefined, alternative: "play by HLS" }],
  [/^play$/, { subject: undefined, alternative: "http_server.dir serves files" }],
  [/^(?:exec|respawn)/, FORKS],
  [/^http$/, {
    subject: undefined,
    alternative: "GET /api/v1/streams of http_api.listen has the statistics",
  }],
  [/^live$/, { subject: undefined, alternative: "every stream is live" }],
];

/**
 * What is lost with a directive.
 *
 * @param name The directive's name.
 */
export function nginxLoss(name: string): NginxLoss {
  return LOSSES.find(([pattern]) => pattern.test(name))?.[1] ?? NO_NEED;
}

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
