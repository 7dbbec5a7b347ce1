/**
 * How the coded frames of a track become an elementary stream.
 *
 * @module
 */
import type { Sample } from "../samples/sample.ts";

/** Takes the pieces of a byte stream in order; keeps none. */
export type PutBytes = (bytes: Uint8Array) => void;

/** Rewrites the frames of one track. */
export interface FrameCoding {
  /** Bytes that {@link FrameCoding.writeFrame} puts; 0 for a frame that cannot be carried. */
  frameBytes(sample: Sample): number;
  /** Put the pieces of a frame that can be carried. */
  writeFrame(sample: Sample, put: PutBytes): void;
}
