/**
 * What is left of a recording that was not finished.
 *
 * @module
 */

/** A file that is whole now. */
export interface RepairedRecording {
  /** Of its media, milliseconds. */
  readonly durationMs: number;
  /** Its size. */
  readonly bytes: number;
}
