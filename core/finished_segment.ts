/**
 * A segment of HLS that is finished, as `on_hls` reports it.
 *
 * @module
 */

/** Where a segment is on disk, as the configuration names it: relative to `cwd` where it is not absolute. */
export interface SegmentFiles {
  /** The directory that the server works in. */
  readonly cwd: string;
  /** The segment. */
  readonly file: string;
  /** The playlist that lists it. */
  readonly m3u8: string;
}

/** A segment of HLS that is finished. */
export interface FinishedSegment {
  /** Its media sequence number: never the same for two segments of one stream. */
  readonly sequence: number;
  /** Of its frames, milliseconds. */
  readonly durationMs: number;
  /** Its size. */
  readonly bytes: number;
  /** Wall clock of its first frame, milliseconds since 1970. */
  readonly startMs: number;
  /** Absent: it is in memory alone. */
  readonly files?: SegmentFiles;
  /** Below the address of the HTTP server that serves it, or an address where the configuration names one; `""`: none. */
  readonly url: string;
  /** The same of the playlist that lists it. */
  readonly playlistUrl: string;
}

/** A publish whose segments are reported. */
export interface Publication {
  /** A segment of it is finished; it may be over by now. Never throws. */
  segmentFinished(segment: FinishedSegment): void;
}

/** Finds publishes by their public names. */
export interface Publications {
  /** The publish that has the name now, or had it last; `undefined`: there is none, or nothing to report it to. */
  find(vhost: string, app: string, stream: string): Publication | undefined;
}
