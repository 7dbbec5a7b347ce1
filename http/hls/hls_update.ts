/**
 * What a muxer makes of a stream, as plain data: it is shown by all threads, and its bytes are shared between them.
 *
 * @module
 */
import type { MediaName } from "./media_names.ts";
import type { Variant } from "./multivariant_playlist.ts";
import type { PlaylistState } from "./playlist_model.ts";
import type { PartRange, ReadyResponse } from "./segment_bytes.ts";

/** Something that can be fetched. */
export interface HlsMedia {
  readonly name: MediaName;
  readonly response: ReadyResponse;
  /** Of a segment: where in its body its parts are. */
  readonly ranges: readonly PartRange[];
}

/** What has changed. */
export interface HlsUpdate {
  /** `undefined` before the first whole segment. */
  readonly playlist: PlaylistState | undefined;
  readonly variant: Variant | undefined;
  readonly added: readonly HlsMedia[];
  /** What need not be kept any longer. */
  readonly dropped: readonly MediaName[];
}
