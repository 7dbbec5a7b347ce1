/**
 * What does not fit together outside of vhosts, reported where it was set: at the file's line, or by the
 * variable's name.
 *
 * @module
 */

import type { Findings } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import type { SettingReader } from "../schema/setting_reader.ts";

/** The findings of keys outside of vhosts. */
export class RootFindings {
  readonly #reader: SettingReader;
  readonly #findings: Findings;

  /**
   * @param reader Knows which keys variables have set.
   * @param findings Takes what is found.
   */
  constructor(reader: SettingReader, findings: Findings) {
    this.#reader = reader;
    this.#findings = findings;
  }

  /** The start is refused. */
  problem(key: KeySpec<unknown>, message: string, suggestion?: string): void {
    const variable = this.#reader.variableOf(key);
    if (variable === undefined) this.#findings.problem(key.path.split("."), message, suggestion);
    else this.#findings.environmentProblem(variable, message, suggestion);
  }

  /** The start says so. */
  warning(key: KeySpec<unknown>, message: string, suggestion?: string): void {
    const variable = this.#reader.variableOf(key);
    if (variable === undefined) this.#findings.warning(key.path.split("."), message, suggestion);
    else this.#findings.environmentWarning(variable, message, suggestion);
  }
}
