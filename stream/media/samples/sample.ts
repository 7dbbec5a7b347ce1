/**
 * A coded frame with its place on the track's time line.
 *
 * @module
 */

/** Ready to be written into MP4 or MPEG-TS. */
export interface Sample<D = Uint8Array<ArrayBuffer>> {
  /** The coded frame, never written again; or what the `SampleStore` that has it says of it. */
  readonly data: D;
  /** Decode time in units of the track's time scale, whole, later than that of the sample before. */
  readonly time: number;
  /** In units of the time scale, 1 or more. */
  readonly duration: number;
  /** Presentation minus decode time in units of the time scale, 0 or more. */
  readonly compositionOffset: number;
  /** A decoder can start here; true for all samples of audio. */
  readonly keyFrame: boolean;
  /** Further slices of the picture before it, for MPEG-TS. */
  readonly continues?: boolean;
}
