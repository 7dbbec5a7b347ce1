/**
 * How included files are found and read. The configuration room opens no files itself.
 *
 * @module
 */

/** More files than this are a loop or a mistake. */
export const MAX_INCLUDED_FILES = 256;

/** Finds and reads the files that `include` names. */
export interface IncludeReader {
  /**
   * The files that a pattern names, sorted. `*`, `?` and `[...]` match any characters but `/`, and a pattern
   * with them may match nothing.
   *
   * @param pattern Relative to the directory of `from`, or absolute.
   * @param from The file that includes, `undefined` for a text without a name.
   * @returns Names for `read` and for messages.
   * @throws {Error} A directory that cannot be read.
   */
  expand(pattern: string, from: string | undefined): readonly string[];
  /**
   * The text of a file.
   *
   * @param name As `expand` returned it.
   * @throws {Error} It cannot be read; the message reaches the operator.
   */
  read(name: string): string;
  /**
   * The same text for the same file, whatever name it has: links may lead to it in several ways.
   *
   * @param name As `expand` returned it, or as the operator named the first file.
   */
  identity(name: string): string;
}
