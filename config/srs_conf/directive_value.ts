/**
 * One directive's words -> one key's value, with what is lost on the way.
 *
 * @module
 */

import type { KeySpec } from "../schema/key_spec.ts";
import type { Directive } from "./srs_conf_parser.ts";
import { SWITCH } from "../types/value_type.ts";
import type { ConversionNotes } from "./conversion_notes.ts";
import { withoutOverlaps } from "./listen_words.ts";
import { subjectOf } from "./lost_subject.ts";
import type { DraftTable } from "./toml_draft.ts";

/** Sets keys by directives; the first of repeated ones wins as in SRS, but those that add up. */
export class DirectiveValues {
  readonly #notes: ConversionNotes;
  /** Words of directives that add up, by table and path. */
  readonly #lists = new Map<DraftTable, Map<string, readonly string[]>>();

  /** @param notes Takes what is lost. */
  constructor(notes: ConversionNotes) {
    this.#notes = notes;
  }

  /** Set a key. */
  set<T>(key: KeySpec<T>, directive: Directive, table: DraftTable): void {
    const { args } = directive;
    const text = `${key.path} ${args.join(" ")}`.trim();
    const place = { table, path: key.path };
    const add = (message: string) => this.#notes.add(place, directive, `${text}: ${message}`);
    const { type } = key;
    if (table.values.has(key.path) && type.repeats !== true) return add("repeated, the first one wins");
    if (key.notImplemented !== undefined) add(`kept, but ${key.notImplemented}`);
    if (args.length === 0) return add(`has no value, the default ${type.toToml(key.default)} stays`);
    const counted = Array.isArray(key.default) ? args : args.slice(0, 1);
    if (counted.length < args.length) {
      add(`only the first word counts, as in SRS; is a ; missing before ${args[1]}?`);
    }
    const words = this.#words(key, counted, add);
    const lists = this.#lists.get(table) ?? new Map<string, readonly string[]>();
    const all = type.repeats === true ? [...lists.get(key.path) ?? [], ...words] : words;
    const parsed = type.fromWords?.(all);
    if (parsed?.ok) {
      table.values.set(key.path, type.toToml(parsed.value));
      this.#lists.set(table, lists.set(key.path, all));
      return;
    }
    const why = parsed?.message ?? "has no counterpart in SRS's syntax";
    const stays = table.values.has(key.path)
      ? "it is left out"
      : `the default ${type.toToml(key.default)} stays`;
    const subject = subjectOf(key.scope, key.path);
    if (subject === undefined) add(`${why}; ${stays}`);
    else this.#notes.lose(subject, place, directive, `${text}: ${why}; ${stays}`);
  }

  #words(key: KeySpec<unknown>, words: readonly string[], add: (message: string) => void): readonly string[] {
    if (key.path === "listen" || key.path.endsWith(".listen")) {
      const { words: kept, notes } = withoutOverlaps(words);
      for (const note of notes) add(note);
      return kept;
    }
    return key.type.name === SWITCH.name ? switchWord(key, words, add) : words;
  }
}

/** SRS asks for exact words: what is off by default is on only by `on`, what is on is off only by `off`. */
function switchWord(
  key: KeySpec<unknown>,
  [word = ""]: readonly string[],
  add: (message: string) => void,
): readonly string[] {
  const usually = key.scope === "root" || key.default !== true ? "off" : "on";
  const unusually = usually === "on" ? "off" : "on";
  const taken = word === unusually ? unusually : usually;
  if (word !== taken) add(`neither on nor off, ${taken} for SRS and here`);
  return [taken];
}
