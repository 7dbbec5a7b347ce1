/**
 * The newest GOP of an output, as messages again: what its log has is not kept a second time. Pure.
 *
 * @module
 */
import type { LogFormat } from "../media/log_format.ts";
import { MediaKind, type StreamMessage } from "../media/media_message.ts";
import type { GopStart } from "./join_cache.ts";
import { hasMedia, type PlayedMedia, type PlayedTracks, selectTracks } from "./played_tracks.ts";
import { METADATA_TIME } from "./stream_headers.ts";
import type { StreamLog } from "./stream_log.ts";

/** What has a GOP: an output. */
export interface GopHolder {
  /** How its log encodes. */
  readonly format: LogFormat;
  /** Which tracks it has. */
  readonly tracks: PlayedTracks;
  /** Which media it has. */
  readonly media: PlayedMedia;
  /** Where a new player starts; `undefined`: at the head. */
  readonly cachedGop: GopStart | undefined;
  /** Everything published since it began. */
  readonly log: StreamLog;
}

/** Whether a message can be had back from the log just as it came. */
export function takesWhole({ format, media, tracks }: GopHolder, message: StreamMessage): boolean {
  return format.read !== undefined && hasMedia(media, message.typeId) &&
    selectTracks(tracks, message) === message;
}

/** What a new player gets from the key frame on, in copies; nothing where players begin at the head. */
export function messagesOfGop({ cachedGop, format, log }: GopHolder): StreamMessage[] {
  const messages: StreamMessage[] = [];
  if (cachedGop === undefined || format.read === undefined) return messages;
  for (let slice = log.slice(cachedGop.position); slice !== undefined; slice = log.slice(slice.to)) {
    for (const message of format.read(slice.bytes)) {
      messages.push({ ...message, time: wholeTime(message, log.newestTime) });
    }
  }
  return messages;
}

/** A time of which the low 32 bits are known, and that is not far from another one. */
function wholeTime({ typeId, time }: StreamMessage, near: number): number {
  return typeId === MediaKind.Data && time === METADATA_TIME ? time : near + ((time - near) | 0);
}
