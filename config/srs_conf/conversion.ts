/**
 * What a conversion gives: the new file, and what it does not say.
 *
 * @module
 */

/** Parts of a configuration whose loss an operator must not overlook: protection, and where media goes. */
export type LostSubject =
  | "hooks"
  | "security"
  | "refer"
  | "cluster"
  | "forward"
  | "dvr"
  | "hls"
  | "include";

/** Something in the old file that the new one does not say, or says differently. */
export interface ConversionNote {
  /** The old file, or the one that it includes; `undefined` when the text came without a name. */
  readonly file: string | undefined;
  /** Counted from 1. */
  readonly line: number;
  /** The directive and what becomes of it. */
  readonly message: string;
  /** What was dropped; `undefined` where nothing that protects or records is missing. */
  readonly lost: LostSubject | undefined;
}

/** A converted configuration. */
export interface Conversion {
  /** Text that `loadConfig` takes; each note is a comment where it belongs. */
  readonly toml: string;
  /** By file, in the order of its lines. */
  readonly notes: readonly ConversionNote[];
  /** What was dropped, each once. */
  readonly lost: readonly LostSubject[];
}

/**
 * One note as one line: `srs.conf:49: hls: no effect here`.
 *
 * @param note The note.
 */
export function formatNote({ file, line, message }: ConversionNote): string {
  return `${file === undefined ? "line " : `${file}:`}${line}: ${message}`;
}
