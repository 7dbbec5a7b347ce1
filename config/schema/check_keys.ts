/**
 * Compares the keys of a file with the schema: unknown ones are problems with the name that was meant, those
 * that only SRS obeys are warnings.
 *
 * @module
 */

import { INCLUDE } from "../toml/config_document.ts";
import { type Diagnostics, showPath } from "../problems/diagnostics.ts";
import type { Scope } from "./key_spec.ts";
import { didYouMean } from "../problems/did_you_mean.ts";
import { isTable, type TomlTable } from "../toml/parse_toml.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import { findKey, isSection, nameOf, SCHEMA, sectionOf } from "./schema.ts";
import { findUnsupported, isDisabled, movedTo, UNSUPPORTED_KEYS } from "./unsupported_keys.ts";
import { show } from "../types/value_type.ts";

/** What other servers call `listen`. */
const ADDRESS_NAMES: ReadonlySet<string> = new Set(["port", "ports", "address", "addr", "bind"]);
/** What people write who have the default vhost in mind, its letters alone. */
const DEFAULT_NAMES: ReadonlySet<string> = new Set(["default", "defaultvhost", "defaulthost"]);

/**
 * Check the names of all keys; their values are not looked at.
 *
 * @param values The file's values.
 * @param diagnostics Takes what is found.
 */
export function checkKeys(values: TomlTable, diagnostics: Diagnostics): void {
  for (const [name, value] of Object.entries(values)) {
    if (name === "vhost") checkVhosts(value, diagnostics);
    else checkKey(new KeyPlace("root", [], [name]), value, diagnostics);
  }
}

function checkVhosts(vhosts: unknown, diagnostics: Diagnostics): void {
  if (!isTable(vhosts)) {
    diagnostics.problem(
      ["vhost"],
      `Expected tables, found ${show(vhosts)}`,
      "write [vhost.__defaultVhost__]",
    );
    return;
  }
  for (const [name, vhost] of Object.entries(vhosts)) {
    const path = ["vhost", name];
    if (name === "" || /[\s\p{Cc}]/u.test(name)) {
      diagnostics.problem(path, `${show(name)} cannot be a vhost's name: it is empty or has blanks`);
    } else if (!isTable(vhost)) {
      const meant = findKey("vhost", name) !== undefined || isSection("vhost", name)
        ? `write it in a vhost's table: [vhost.__defaultVhost__]`
        : `write [vhost.${showPath([name])}]`;
      diagnostics.problem(path, `Expected a vhost's table, found ${show(vhost)}`, meant);
    } else {
      if (name !== DEFAULT_VHOST && DEFAULT_NAMES.has(name.toLowerCase().replaceAll(/[^a-z]/g, ""))) {
        const meant = `did you mean [vhost.${DEFAULT_VHOST}], which answers for all other names?`;
        diagnostics.warning(path, `This vhost is for clients that ask for the host ${show(name)}`, meant);
      }
      for (const [key, value] of Object.entries(vhost)) {
        checkKey(new KeyPlace("vhost", path, [key]), value, diagnostics);
      }
    }
  }
}

/** A key's place: its scope, the path of the scope in the file, and the path below it. */
class KeyPlace {
  readonly scope: Scope;
  readonly base: readonly string[];
  readonly parts: readonly string[];

  constructor(scope: Scope, base: readonly string[], parts: readonly string[]) {
    this.scope = scope;
    this.base = base;
    this.parts = parts;
  }

  get full(): readonly string[] {
    return [...this.base, ...this.parts];
  }

  get path(): string {
    return this.parts.join(".");
  }

  below(name: string): KeyPlace {
    return new KeyPlace(this.scope, this.base, [...this.parts, name]);
  }
}

function checkKey(place: KeyPlace, value: unknown, diagnostics: Diagnostics): void {
  const { scope, path, full } = place;
  // A quoted part with a dot would pass for two parts.
  const plain = place.parts.every((part) => !part.includes("."));
  if (plain && findKey(scope, path) !== undefined) return;
  if (plain && isSection(scope, path)) {
    if (isTable(value)) {
      for (const [name, inner] of Object.entries(value)) checkKey(place.below(name), inner, diagnostics);
    } else {
      const header = showPath(full);
      diagnostics.problem(full, `Expected a table, found ${show(value)}`, `write [${header}], keys below it`);
    }
  } else {
    const unsupported = plain ? findUnsupported(scope, path) : undefined;
    if (unsupported === undefined) {
      diagnostics.problem(full, `Unknown key ${show(nameOf({ path }))}`, suggestionFor(place, value));
    } else if (!isDisabled(value)) {
      diagnostics.warning(full, "Has no effect here", unsupported.alternative);
    }
  }
}

function suggestionFor(place: KeyPlace, value: unknown): string | undefined {
  const { scope, parts, path } = place;
  const moved = movedTo(scope, path);
  if (moved !== undefined) {
    const alternative = findUnsupported(scope, moved)?.alternative;
    return alternative === undefined
      ? `write ${moved}`
      : `${moved} of SRS has no effect here: ${alternative}`;
  }
  if (scope === "root" && isSection("vhost", path)) {
    return `it belongs to a vhost: [vhost.${DEFAULT_VHOST}.${path}]`;
  }
  if (scope === "root" && findKey("vhost", path) !== undefined) {
    return `${nameOf({ path })} belongs to a vhost: below [${
      showPath(["vhost", DEFAULT_VHOST, ...parts.slice(0, -1)])
    }]`;
  }
  if (scope === "vhost" && findKey("root", path) !== undefined) {
    return "it belongs to the top of the file, before the first [header]";
  }
  if (parts.at(-1) === INCLUDE) return "it belongs to the top of a file, before the first [header]";
  const section = parts.slice(0, -1).join(".");
  const name = parts.at(-1) ?? "";
  const names = new Set(siblings(scope, section));
  const near = names.has("listen") && ADDRESS_NAMES.has(name) ? "listen" : didYouMean(name, names);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  if (scope === "vhost" && parts.length === 1 && isTable(value)) return dottedVhost(place, value);
  const elsewhere = SCHEMA.find((key) => key.scope === scope && nameOf(key) === name);
  return elsewhere === undefined ? undefined : `did you mean ${elsewhere.path}?`;
}

/** `[vhost.video.test.com]` without quotes is a table in a table in a table. */
function dottedVhost({ full }: KeyPlace, value: TomlTable): string {
  const parts = full.slice(1);
  let inner: unknown = value;
  while (isTable(inner)) {
    const [entry, ...more] = Object.entries(inner);
    if (entry === undefined || more.length > 0 || !isTable(entry[1])) break;
    if (findKey("vhost", entry[0]) !== undefined || isSection("vhost", entry[0])) break;
    parts.push(entry[0]);
    inner = entry[1];
  }
  return `a vhost's name with dots needs quotes: [vhost.${JSON.stringify(parts.join("."))}]`;
}

/** The names that a section may have: keys, sections, and what SRS knows there. */
function* siblings(scope: Scope, section: string): Iterable<string> {
  const depth = section === "" ? 0 : section.split(".").length;
  if (scope === "root" && section === "") yield* ["vhost", INCLUDE];
  for (const key of [...SCHEMA, ...UNSUPPORTED_KEYS]) {
    if (key.scope !== scope) continue;
    const around = sectionOf(key);
    if (around !== section && !(section === "" || around.startsWith(`${section}.`))) continue;
    const name = key.path.split(".")[depth];
    if (name !== undefined) yield name;
  }
}
