/**
 * Where the segments of a publish go.
 *
 * @module
 */
import type {
  AudioConfig,
  MediaPacket,
  Sample,
  SampleStore,
  TrackConfig,
  VideoConfig,
} from "../media/mod.ts";
import type { FrameList, SegmenterEvents, SegmenterPlans } from "./segmenter.ts";
import type { ProbedTracks } from "./track_probe.ts";

/** The tracks of a segment. */
export interface SegmentTracks {
  /** `undefined` where there is none. */
  readonly video: VideoConfig | undefined;
  /** `undefined` where there is none. */
  readonly audio: AudioConfig | undefined;
}

/** Where the segments go, with frames in lists of its own choice. Times are media time, milliseconds. */
export interface PublishHost<L extends FrameList<Sample<D>>, D = Uint8Array<ArrayBuffer>>
  extends SegmenterEvents<L> {
  /** Where the data of the samples are. */
  readonly store: SampleStore<D>;
  /** Whether the first segment of pictures has the sound of the second before them too. */
  readonly keepsEarlySound: boolean;
  /** Whether nothing is to be muxed for a while: the open segment ends, and a later one does not continue it. */
  readonly isFull: boolean;
  /** The publish can begin: how its parts and segments are cut. */
  plan(found: ProbedTracks): (leading: MediaPacket["track"]) => SegmenterPlans;
  /**
   * What follows has these tracks, and does not continue what was before. Whatever was kept and is in no part yet will be
   * in none.
   */
  tracks(tracks: SegmentTracks): void;
  /** Whether the format of the segments can carry a track. */
  canCarry(track: TrackConfig): boolean;
  /** A track cannot be had. */
  refused(reason: string): void;
}
