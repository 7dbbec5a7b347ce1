/**
 * Which tracks an output has: all of the stream, or for players that know one track of each kind the first ones.
 *
 * @module
 */
import { firstTrackOf } from "../media/first_track.ts";
import { MediaKind, type StreamMessage } from "../media/media_message.ts";

/** All tracks of a stream, or the first of audio and the first of video. */
export type PlayedTracks = "all" | "first";

/** Audio and video, or one of them. Data is always there. */
export type PlayedMedia = "both" | "audio" | "video";

/** Whether a message of this kind is for an output with these media. */
export function hasMedia(media: PlayedMedia, typeId: number): boolean {
  if (media === "both" || typeId === MediaKind.Data) return true;
  return typeId === (media === "audio" ? MediaKind.Audio : MediaKind.Video);
}

/**
 * What of a message an output with these tracks has.
 *
 * @returns `message` itself where it stays as it is, another one where the first track had a wrapper, `undefined` where
 * nothing of it belongs to these tracks.
 */
export function selectTracks(tracks: PlayedTracks, message: StreamMessage): StreamMessage | undefined {
  const { typeId, payload } = message;
  if (tracks === "all" || (typeId !== MediaKind.Audio && typeId !== MediaKind.Video)) return message;
  const first = firstTrackOf(typeId, payload);
  if (first === undefined) return undefined;
  return first === payload ? message : { ...message, payload: first };
}
