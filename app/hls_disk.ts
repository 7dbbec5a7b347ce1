/**
 * HLS on disk, and where its segments are reported, as the configuration says.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import type { Clock, Log } from "../core/mod.ts";
import type { HookService } from "../hooks/mod.ts";
import { HlsDisk, type HlsDiskOptions } from "../http/mod.ts";
import type { Followers } from "./followers.ts";

const SEGMENT_EVENTS = ["on_hls", "on_hls_notify"] as const;

/** What is written and reported. */
export function hlsDiskOptions({ rtmp: { vhosts }, hooks, http: { api } }: Config): HlsDiskOptions {
  const reported = [...hooks.vhosts].filter(([, { enabled, urls }]) =>
    enabled && SEGMENT_EVENTS.some((event) => urls.has(event))
  );
  return { vhosts, reported: new Set(api.enabled ? vhosts.keys() : reported.map(([vhost]) => vhost)) };
}

/** Open it. */
export function openHlsDisk(
  config: Config,
  { hooks, followers }: { readonly hooks: HookService; readonly followers: Followers },
  base: { readonly log: Log; readonly clock: Clock },
): HlsDisk {
  return new HlsDisk({
    ...base,
    ...hlsDiskOptions(config),
    publications: followers.publications(hooks.publications),
    cwd: Deno.cwd(),
  });
}
