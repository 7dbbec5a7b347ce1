/**
 * Which tracks of a stream a player gets where the stream has them. Pure.
 *
 * @module
 */
import type { HttpRemuxOptions } from "../../stream/admission/mod.ts";
import type { PlayedMedia } from "../../stream/live/mod.ts";
import type { FlvTracks } from "../../stream/media/mod.ts";
import type { RemuxContainer } from "./container.ts";

/** What the vhost allows and the container can have. */
export function wantedTracks(
  { hasAudio, hasVideo }: Pick<HttpRemuxOptions, "hasAudio" | "hasVideo">,
  container: Pick<RemuxContainer, "hasVideo">,
): FlvTracks {
  // Sound alone is all that such a path is for.
  if (!container.hasVideo) return { hasAudio: true, hasVideo: false };
  return { hasAudio, hasVideo };
}

/** The media of an output with these tracks. */
export function mediaOf({ hasAudio, hasVideo }: FlvTracks): PlayedMedia {
  if (hasAudio === hasVideo) return "both";
  return hasAudio ? "audio" : "video";
}
