/**
 * A vhost's options as sources take them.
 *
 * @module
 */
import type { SourceOptions } from "../live/mod.ts";
import type { VhostOptions } from "./options.ts";

/** What a source takes from its vhost's options. */
export function sourceOptions(vhost: VhostOptions, limits: { readonly maxLagBytes: number }): SourceOptions {
  const { play } = vhost;
  return {
    gopCache: play.gopCache,
    gopCacheMaxFrames: play.gopCacheMaxFrames,
    queueLengthMs: play.queueLengthMs,
    maxLagBytes: limits.maxLagBytes,
    timeJitter: play.atc ? "off" : play.timeJitter,
    reduceSequenceHeader: play.reduceSequenceHeader,
  };
}

/** Whether each message leaves at once. */
export function isLowLatency(vhost: VhostOptions): boolean {
  return vhost.minLatency || vhost.play.mwLatencyMs === 0;
}
