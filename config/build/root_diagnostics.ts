/**
 * What does not fit together outside of vhosts, reported where it was set: at the file's line, or by the
 * variable's name.
 *
 * @module
 */

import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import type { SettingReader } from "../schema/setting_reader.ts";

/** The diagnostics of keys outside of vhosts. */
export class RootDiagnostics {
  readonly #reader: SettingReader;
  readonly #diagnostics: Diagnostics;

  /**
   * @param reader Knows which keys variables have set.
   * @param diagnostics Takes what is found.
   */
  constructor(reader: SettingReader, diagnostics: Diagnostics) {
    this.#reader = reader;
    this.#diagnostics = diagnostics;
  }

  /** The start is refused. */
  problem(key: KeySpec<unknown>, message: string, suggestion?: string): void {
    const variable = this.#reader.variableOf(key);
    if (variable === undefined) this.#diagnostics.problem(key.path.split("."), message, suggestion);
    else this.#diagnostics.environmentProblem(variable, message, suggestion);
  }

  /** The start says so. */
  warning(key: KeySpec<unknown>, message: string, suggestion?: string): void {
    const variable = this.#reader.variableOf(key);
    if (variable === undefined) this.#diagnostics.warning(key.path.split("."), message, suggestion);
    else this.#diagnostics.environmentWarning(variable, message, suggestion);
  }
}
