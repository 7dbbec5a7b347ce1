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

/** A host name that no page has: an empty list would admit all pages. */
const NO_PAGE = "none.invalid";

interface UnusableWords {
  readonly directive: Directive;
  readonly table: DraftTable;
  /** The directive as notes show it. */
  readonly text: string;
  readonly words: readonly string[];
  readonly why: string | undefined;
}

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
    this.#unusable(key, { directive, table, text, words, why: parsed?.message });
  }

  /** A list keeps its usable words: without any of them it would protect nothing. */
  #unusable<T>(key: KeySpec<T>, { directive, table, text, words, why }: UnusableWords): void {
    const { type } = key;
    const place = { table, path: key.path };
    const subject = subjectOf(key.scope, key.path);
    const tell = (stays: string): void => {
      const message = `${text}: ${why ?? "has no counterpart in SRS's syntax"}; ${stays}`;
      if (subject === undefined) this.#notes.add(place, directive, message);
      else this.#notes.lose(subject, place, directive, message);
    };
    if (type.repeats === true || words.length === 0 || !Array.isArray(key.default)) {
      const isKept = table.values.has(key.path);
      return tell(isKept ? "it is left out" : `the default ${type.toToml(key.default)} stays`);
    }
    const good = [...new Set(words.filter((word) => type.fromWords?.([word]).ok))];
    const some = type.fromWords?.(good);
    if (good.length > 0 && some?.ok) {
      table.values.set(key.path, type.toToml(some.value));
      const bad = words.filter((word) => !good.includes(word));
      if (bad.length > 0) return tell(`left out of the list: ${bad.join(" ")}`);
      return this.#notes.add(place, directive, `${text}: each is kept once`);
    }
    if (subject !== "refer") return tell(`the default ${type.toToml(key.default)} stays`);
    table.values.set(key.path, `"${NO_PAGE}"`);
    tell(`no usable name is left, so that it admits no page: ${NO_PAGE} is nobody's`);
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
  const isOffInSrs = key.scope === "root" || key.default !== true || /^.+\.enabled$/.test(key.path);
  const usually = isOffInSrs ? "off" : "on";
  const unusually = usually === "on" ? "off" : "on";
  const taken = word === unusually ? unusually : usually;
  if (word !== taken) add(`neither on nor off, ${taken} for SRS and here`);
  return [taken];
}
