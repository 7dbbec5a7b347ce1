/**
 * Why a configuration cannot be used.
 *
 * @module
 */

/** Thrown by the readers of this folder and caught in `read_track_config.ts`; no other room sees it. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}
