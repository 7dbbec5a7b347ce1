/**
 * How long a publisher may send no media. Pure.
 *
 * @module
 */
import type { LimitName } from "../../../core/mod.ts";
import type { PublishOptions } from "../options.ts";

/** A deadline that was missed. */
export interface LateMedia {
  /** Which one. */
  readonly limit: LimitName;
  /** For the log and the client. */
  readonly description: string;
}

/**
 * Check the silence of a publisher.
 *
 * @param hasMedia Media has come before.
 */
export function lateMedia(
  hasMedia: boolean,
  silentMs: number,
  publish: PublishOptions,
): LateMedia | undefined {
  const limitMs = hasMedia ? publish.normalTimeoutMs : publish.firstpktTimeoutMs;
  if (limitMs <= 0 || silentMs <= limitMs) return undefined;
  const what = hasMedia ? "No media for" : "No first media within";
  return {
    limit: hasMedia ? "publish.normal_timeout" : "publish.firstpkt_timeout",
    description: `${what} ${Math.round(limitMs)} ms`,
  };
}
