/**
 * A configuration of another server, and what becomes of it.
 *
 * @module
 */

/** One file and what becomes of it. */
export interface ConversionCase {
  readonly name: string;
  readonly conf: string;
  /** Included files by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is lost: the exit code is 3, or 0 without any. */
  readonly lost: readonly string[];
  /** Table header, `""` for the top, and a part of a comment or line below it. */
  readonly lines: readonly (readonly [string, string])[];
  /** What must not be in the new file. */
  readonly absent?: readonly string[];
}
