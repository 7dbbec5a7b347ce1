/**
 * What does not fit together in a vhost, reported where it was set: at the file's line, or by the variable's name.
 *
 * @module
 */
import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import type { SettingReader } from "../schema/setting_reader.ts";

/** The diagnostics of one vhost's keys. */
export class VhostDiagnostics {
  readonly #vhost: string;
  readonly #reader: SettingReader;
  readonly #diagnostics: Diagnostics;

  /**
   * @param vhost The vhost's name.
   * @param reader Knows which keys variables have set.
   * @param diagnostics Takes what is found.
   */
  constructor(vhost: string, reader: SettingReader, diagnostics: Diagnostics) {
    this.#vhost = vhost;
    this.#reader = reader;
    this.#diagnostics = diagnostics;
  }

  /** The start is refused. */
  problem(key: KeySpec<unknown>, message: string, suggestion?: string): void {
    const variable = this.#variableOf(key);
    if (variable === undefined) this.#diagnostics.problem(this.#path(key), message, suggestion);
    else this.#diagnostics.environmentProblem(variable, message, suggestion);
  }

  /** The start says so. */
  warning(key: KeySpec<unknown>, message: string, suggestion?: string): void {
    const variable = this.#variableOf(key);
    if (variable === undefined) this.#diagnostics.warning(this.#path(key), message, suggestion);
    else this.#diagnostics.environmentWarning(variable, message, suggestion);
  }

  /** Variables set the default vhost alone. */
  #variableOf(key: KeySpec<unknown>): string | undefined {
    return this.#vhost === DEFAULT_VHOST ? this.#reader.variableOf(key) : undefined;
  }

  #path(key: KeySpec<unknown>): readonly string[] {
    return ["vhost", this.#vhost, ...key.path.split(".")];
  }
}
