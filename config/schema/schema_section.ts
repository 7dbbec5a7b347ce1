/**
 * A section of the schema: keys by the names of the options that they fill. The options' type is derived from it,
 * so that a key is written once.
 *
 * @module
 */

import type { KeySpec } from "./key_spec.ts";

/** Keys, and groups of keys, by the names of their options. */
export interface SchemaSection {
  readonly [option: string]: KeySpec<unknown> | SchemaSection;
}

/** The options that a section gives. */
export type OptionsOf<S> = {
  readonly [K in keyof S]: S[K] extends KeySpec<infer T> ? T : OptionsOf<S[K]>;
};

/** Reads the value of one key; `option` is the name of its option, after those of its groups: `play.atc`. */
export type ReadKey = (key: KeySpec<unknown>, option: string) => unknown;

/** The keys of a section, those of its groups included, in their order. */
export function keysOf(section: SchemaSection): readonly KeySpec<unknown>[] {
  return Object.values(section).flatMap((entry) => isKey(entry) ? [entry] : keysOf(entry));
}

/**
 * The options of a section.
 *
 * @param read Gives the value of each key.
 * @param group What the names of the options begin with.
 */
export function readSection<S extends SchemaSection>(section: S, read: ReadKey, group = ""): OptionsOf<S> {
  const options = Object.entries(section).map(([name, entry]) => {
    const option = `${group}${name}`;
    return [name, isKey(entry) ? read(entry, option) : readSection(entry, read, `${option}.`)];
  });
  // One option a key, of the key's own type.
  return Object.freeze(Object.fromEntries(options)) as OptionsOf<S>;
}

function isKey(entry: KeySpec<unknown> | SchemaSection): entry is KeySpec<unknown> {
  return typeof entry["scope"] === "string";
}
