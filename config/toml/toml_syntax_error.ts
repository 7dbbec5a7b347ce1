/**
 * TOML text that cannot be read.
 *
 * @module
 */

/** TOML text that breaks its grammar or writes a key twice. */
export class TomlSyntaxError extends Error {
  override readonly name = "TomlSyntaxError";
  /** Counted from 1. */
  readonly line: number;

  /**
   * @param line Counted from 1.
   * @param message What is wrong on this line.
   */
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
