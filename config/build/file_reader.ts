/**
 * What reads the files that keys name.
 *
 * @module
 */

/** Reads files; without it there must be none. */
export interface FileReader {
  /**
   * Read a text file.
   *
   * @throws {Error} It cannot be read; the message reaches the operator.
   */
  readFile?(path: string): string;
}
