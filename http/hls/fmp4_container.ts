/**
 * How samples become the bytes of a part: what a format of segments has to do, and fragmented MP4. MPEG-TS is in
 * `ts_container.ts`.
 *
 * @module
 */
import {
  encodeInitSegment,
  partBytes,
  type PartTrack,
  type TrackConfig,
  writePart,
} from "../../stream/media/mod.ts";
import { EXTENSIONS } from "./media_names.ts";

/** A format of segments. */
export interface Container {
  /** Of its segments and parts. */
  readonly extension: string;
  readonly contentType: string;
  /** Whether it can carry a track. */
  canCarry(track: TrackConfig): boolean;
  /** The initialization section; `undefined` where the format has none. */
  encodeInit(tracks: readonly TrackConfig[]): Uint8Array<ArrayBuffer> | undefined;
  /** A writer for the segments of these tracks. */
  writerOf(tracks: readonly TrackConfig[]): PartWriter;
}

/** Writes the parts of one set of tracks. */
export interface PartWriter {
  /**
   * Write a part.
   *
   * @param allocate Gives the memory for so many bytes, and where in it they begin.
   */
  write(tracks: readonly PartTrack[], allocate: AllocatePart): void;
}

/** Memory for a part. */
export type AllocatePart = (
  bytes: number,
) => { readonly target: Uint8Array<ArrayBufferLike>; readonly at: number };

/** Fragmented MP4: every part is a fragment. */
export class Fmp4Container implements Container {
  readonly extension: string = EXTENSIONS.fmp4;
  readonly contentType = "video/mp4";
  #fragments = 0;

  /** @inheritdoc */
  canCarry(): boolean {
    return true;
  }

  /** @inheritdoc */
  encodeInit(tracks: readonly TrackConfig[]): Uint8Array<ArrayBuffer> {
    return encodeInitSegment(tracks);
  }

  /** @inheritdoc */
  writerOf(): PartWriter {
    return {
      write: (tracks, allocate) => {
        const { target, at } = allocate(partBytes(tracks));
        writePart(target, at, ++this.#fragments, tracks);
      },
    };
  }
}
