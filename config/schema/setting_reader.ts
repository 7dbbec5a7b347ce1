/**
 * Reads single settings: the environment wins over the file, the file over the default. Keeps a record of what
 * came from where.
 *
 * @module
 */

import type { Setting, SettingOrigin } from "../config.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "./key_spec.ts";
import { isTable, type TomlTable } from "../toml/parse_toml.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import { environmentNamesOf } from "./schema.ts";
import type { SettingIndex } from "./setting_index.ts";
import { type OptionsOf, readSection, type SchemaSection } from "./schema_section.ts";
import type { Parsed } from "../types/value_type.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value and where it came from. */
interface Found<T> {
  readonly value: T;
  readonly origin: SettingOrigin;
}

/** What is the same of a key for each of many vhosts. */
interface KeyTexts {
  readonly parts: readonly string[];
  /** The default as TOML, and with its secrets masked. */
  readonly toml: string;
  readonly masked: string | undefined;
}

const BY_DEFAULT: SettingOrigin = Object.freeze({ kind: "default" });
const INHERITED: SettingOrigin = Object.freeze({ kind: "inherited" });

/** Reads settings out of one file and one environment. */
export class SettingReader {
  readonly #values: TomlTable;
  readonly #environment: Environment;
  readonly #diagnostics: Diagnostics;
  readonly #settings: Setting[] = [];
  readonly #texts = new Map<KeySpec<unknown>, KeyTexts>();
  readonly #before: SettingIndex | undefined;
  #vhostTable: { readonly vhost: string; readonly table: unknown } = { vhost: "", table: undefined };

  /**
   * @param values The file's values.
   * @param environment The variables.
   * @param diagnostics Takes values that cannot be read.
   * @param before What was in force; the objects of settings that are the same are used again.
   */
  constructor(values: TomlTable, environment: Environment, diagnostics: Diagnostics, before?: SettingIndex) {
    this.#values = values;
    this.#environment = environment;
    this.#diagnostics = diagnostics;
    this.#before = before;
  }

  /** Every setting read so far, in the order of reading. */
  get settings(): readonly Setting[] {
    return Object.freeze([...this.#settings]);
  }

  /**
   * A key outside of vhosts. What cannot be read is reported, and the default is used in its place.
   *
   * @param options `default`: a default that follows from other keys.
   */
  root<T>(key: KeySpec<T>, { default: defaultValue = key.default }: { readonly default?: T } = {}): T {
    const found = this.#environmentValue(key) ?? this.#fileValue(key, undefined);
    return this.#record(key, undefined, found ?? { value: defaultValue, origin: BY_DEFAULT });
  }

  /**
   * A key of a vhost. What cannot be read is reported, and the default is used.
   *
   * @param vhost The vhost's name.
   * @param key The key.
   * @param inherited Used as the default where the root has the same key.
   */
  vhost<T>(vhost: string, key: KeySpec<T>, inherited?: T): T {
    const environment = vhost === DEFAULT_VHOST ? this.#environmentValue(key) : undefined;
    const found = environment ?? this.#fileValue(key, vhost);
    if (found !== undefined) return this.#record(key, vhost, found);
    if (inherited === undefined) {
      return this.#record(key, vhost, { value: key.default, origin: BY_DEFAULT });
    }
    return this.#record(key, vhost, { value: inherited, origin: INHERITED });
  }

  /**
   * The options of a section outside of vhosts.
   *
   * @param defaults Those that follow from other keys, by the names of their options.
   */
  rootSection<S extends SchemaSection>(
    section: S,
    defaults: Readonly<Record<string, unknown>> = {},
  ): OptionsOf<S> {
    return readSection(
      section,
      (key, option) => this.root(key, { default: defaults[option] ?? key.default }),
    );
  }

  /**
   * The options of a section of a vhost.
   *
   * @param vhost The vhost's name.
   * @param section Its keys.
   * @param inherited The root's values, by the names of their options.
   */
  vhostSection<S extends SchemaSection>(
    vhost: string,
    section: S,
    inherited: Partial<OptionsOf<S>> = {},
  ): OptionsOf<S> {
    const defaults: Readonly<Record<string, unknown>> = inherited;
    return readSection(section, (key, option) => this.vhost(vhost, key, defaults[option]));
  }

  /** Whether the file has this section, outside of vhosts. */
  hasSection(path: string): boolean {
    return valueAt(this.#values, path.split(".")) !== undefined;
  }

  /** The variable that sets a key now; an empty one counts as absent. */
  variableOf(key: KeySpec<unknown>): string | undefined {
    return environmentNamesOf(key).find((name) => (this.#environment[name] ?? "").trim() !== "");
  }

  #environmentValue<T>(key: KeySpec<T>): Found<T> | undefined {
    const name = this.variableOf(key);
    if (name === undefined || key.type.fromWords === undefined) return undefined;
    const words = (this.#environment[name] ?? "").trim().split(/\s+/);
    const parsed: Parsed<T> = key.type.fromWords(words);
    if (parsed.ok) {
      const notImplemented = notImplementedMessage(key, parsed.value);
      if (notImplemented !== undefined) this.#diagnostics.environmentWarning(name, notImplemented);
      return { value: parsed.value, origin: { kind: "environment", name } };
    }
    this.#diagnostics.environmentProblem(name, parsed.message, parsed.suggestion);
    return undefined;
  }

  #fileValue<T>(key: KeySpec<T>, vhost: string | undefined): Found<T> | undefined {
    const { parts } = this.#textsOf(key);
    const raw = valueAt(vhost === undefined ? this.#values : this.#tableOf(vhost), parts);
    if (raw === undefined) return undefined;
    const path = vhost === undefined ? parts : ["vhost", vhost, ...parts];
    const parsed = key.type.parse(raw);
    if (parsed.ok) {
      const notImplemented = notImplementedMessage(key, parsed.value);
      if (notImplemented !== undefined) this.#diagnostics.warning(path, notImplemented);
      return { value: parsed.value, origin: this.#diagnostics.origin(path) };
    }
    this.#diagnostics.problem(path, parsed.message, parsed.suggestion);
    return undefined;
  }

  #tableOf(vhost: string): unknown {
    if (this.#vhostTable.vhost !== vhost) {
      this.#vhostTable = { vhost, table: valueAt(this.#values, ["vhost", vhost]) };
    }
    return this.#vhostTable.table;
  }

  #textsOf<T>(key: KeySpec<T>): KeyTexts {
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const { default: value, type, path } = key;
    const texts = { parts: path.split("."), toml: type.toToml(value), masked: type.mask?.(value) };
    this.#texts.set(key, texts);
    return texts;
  }

  #record<T>(key: KeySpec<T>, vhost: string | undefined, { value, origin }: Found<T>): T {
    const texts = value === key.default ? this.#textsOf(key) : undefined;
    const toml = texts === undefined ? key.type.toToml(value) : texts.toml;
    const masked = texts === undefined ? key.type.mask?.(value) : texts.masked;
    const setting = { vhost, path: key.path, toml, masked, origin: Object.freeze(origin) };
    this.#settings.push(this.#sameAsBefore(setting) ?? Object.freeze(setting));
    return value;
  }

  /** Most settings stay at their defaults. Thousands of objects a reload would have the old generation collected soon. */
  #sameAsBefore(setting: Setting): Setting | undefined {
    const { toml, masked, origin } = setting;
    const last = this.#before?.find(setting);
    return last?.toml === toml && last.masked === masked && last.origin === origin ? last : undefined;
  }
}

/** Asking for what nothing obeys yet is worth a warning; writing the default down or switching it off is not. */
function notImplementedMessage<T>(
  { type, default: defaultValue, notImplemented }: KeySpec<T>,
  value: T,
): string | undefined {
  if (notImplemented === undefined || value === false || type.toToml(value) === type.toToml(defaultValue)) {
    return undefined;
  }
  return `Read and checked, but ${notImplemented}`;
}

/** The value at a path of nested tables, `undefined` where the path ends early. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let at = values;
  for (const part of path) {
    if (!isTable(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}
