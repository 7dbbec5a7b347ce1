/**
 * Rewrites a configuration of SRS 1.0 to 6.0 as ours. Old flat names find their blocks, the first of repeated
 * directives wins as in SRS, and what has no place here is listed with its line.
 *
 * @module
 */

import { showPath } from "./findings.ts";
import type { KeySpec, Scope } from "./key_spec.ts";
import { loadConfig } from "./load_config.ts";
import { ConfigError } from "./problem.ts";
import { findKey, isSection, nameOf, SCHEMA, sectionOf } from "./schema.ts";
import { type Directive, parseSrsConf } from "./srs_conf_parser.ts";
import { findUnsupported, movedTo } from "./unsupported_keys.ts";
import { show, SWITCH } from "./value_type.ts";

/** Something in the old file that the new one does not say. */
export interface ConversionNote {
  /** Counted from 1. */
  readonly line: number;
  /** The directive and what becomes of it. */
  readonly message: string;
}

/** A converted configuration. */
export interface Conversion {
  /** Text that `loadConfig` takes. */
  readonly toml: string;
  /** In the old file's order. */
  readonly notes: readonly ConversionNote[];
}

const VHOST = "vhost";

/** Keys of ours that no SRS ever had: in an old file they are as unknown as any misspelt one. */
const NOT_OF_SRS = new RegExp(
  "^(?:limits\\.|hooks\\.|access\\.|workers$|srs_log_format$|play\\.send_timeout$|publish\\.takeover" +
    "|http_hooks\\.(?!enabled$|on_(?:connect|close|publish|unpublish|play|stop|hls|dvr)$))",
);

/**
 * Convert a whole file.
 *
 * @param text The old configuration.
 * @param file Its name, for errors.
 * @throws {ConfigError} The text breaks SRS's grammar, or holds no directive at all.
 */
export function convertSrsConf(text: string, file?: string): Conversion {
  const directives = parseSrsConf(text, file);
  if (directives.length === 0) {
    const suggestion = "SRS refuses an empty file too";
    throw new ConfigError([{
      file,
      line: undefined,
      path: "",
      message: "The file says nothing",
      suggestion,
    }]);
  }
  return new Converter().convert(directives);
}

/** The values found for one table of the new file. */
type Values = Map<string, string>;

class Converter {
  readonly #notes: ConversionNote[] = [];
  readonly #root: Values = new Map();
  readonly #vhosts = new Map<string, Values>();
  /** Words of directives that add up, by table and path. */
  readonly #lists = new Map<Values, Map<string, readonly string[]>>();

  convert(directives: readonly Directive[]): Conversion {
    for (const directive of directives) {
      if (directive.name === VHOST) this.#vhost(directive);
      else if (directive.name === "include") this.#include(directive);
      else this.#directive("root", "", directive, this.#root);
    }
    this.#closeTakenListeners();
    const notes = this.#notes.toSorted((a, b) => a.line - b.line);
    return Object.freeze({ toml: this.#toml(), notes: Object.freeze(notes) });
  }

  #vhost({ args, line, children }: Directive): void {
    const [name = "", ...more] = args;
    const unusable = name === "" || name === "__proto__" || /[\s\p{Cc}]/u.test(name);
    if (unusable) return this.#note(line, `vhost ${show(name)} has no usable name`);
    if (more.length > 0) this.#note(line, `vhost ${name}: only the first name counts, not ${more.join(" ")}`);
    if (this.#vhosts.has(name)) return this.#note(line, `vhost ${name} is repeated: its first block wins`);
    const values: Values = new Map();
    this.#vhosts.set(name, values);
    const before = this.#notes.length;
    for (const child of children ?? []) {
      if (child.name === "include") this.#include(child);
      else this.#directive("vhost", "", child, values);
    }
    if ([...values.keys()].some((path) => path.startsWith("http_hooks.on_"))) {
      const message =
        `vhost ${name}: the hooks get payload "full"; a service made for SRS 4 or later, where client_id ` +
        'is text, wants payload = "6.0", one that refuses unknown fields payload = "1.0"';
      this.#notes.splice(before, 0, { line, message });
    }
  }

  #include({ args, line }: Directive): void {
    this.#note(line, `include ${args.join(" ")}: not followed; convert that file too and join the results`);
  }

  #directive(scope: Scope, section: string, directive: Directive, values: Values): void {
    const { name, children, line } = directive;
    const written = section === "" ? name : `${section}.${name}`;
    const path = flatRefer(scope, written, directive, values) ?? movedTo(scope, written) ?? written;
    const known = !name.includes(".") && !NOT_OF_SRS.test(path);
    const key = known ? findKey(scope, path) : undefined;
    if (key !== undefined) {
      if (children !== undefined) this.#note(line, `${written}: its block has no place here`);
      this.#value(key, directive, values);
    } else if (known && isSection(scope, path)) {
      this.#section(scope, path, directive, values);
    } else {
      const alternative = findUnsupported(scope, path)?.alternative;
      const text = [written, ...directive.args].join(" ");
      this.#note(
        line,
        `${text}: ${alternative === undefined ? "unknown to SRS too" : `no effect here; ${alternative}`}`,
      );
    }
  }

  #section(scope: Scope, path: string, { args, line, children }: Directive, values: Values): void {
    const enabled = findKey(scope, `${path}.enabled`);
    if (children === undefined) this.#note(line, `${path} ${args.join(" ")}: expected a block { ... }`);
    else if (args.length > 0) {
      this.#note(line, `${path}: words before the block are dropped: ${args.join(" ")}`);
    }
    for (const child of children ?? []) this.#directive(scope, path, child, values);
    // In SRS these blocks are off until they say otherwise.
    if (enabled !== undefined && children !== undefined && !values.has(enabled.path)) {
      values.set(enabled.path, "false");
    }
  }

  #value<T>(key: KeySpec<T>, { args, line }: Directive, values: Values): void {
    const text = `${key.path} ${args.join(" ")}`.trim();
    const { type } = key;
    if (values.has(key.path) && type.repeats !== true) {
      return this.#note(line, `${text}: repeated, the first one wins`);
    }
    if (key.pending !== undefined) this.#note(line, `${text}: kept, but ${key.pending}`);
    if (args.length === 0) {
      return this.#note(line, `${text}: has no value, the default ${type.toToml(key.fallback)} stays`);
    }
    const counted = Array.isArray(key.fallback) ? args : args.slice(0, 1);
    if (counted.length < args.length) {
      this.#note(line, `${text}: only the first word counts, as in SRS; is a ; missing before ${args[1]}?`);
    }
    const words = type.name === SWITCH.name ? this.#switch(key, counted, line) : counted;
    const lists = this.#lists.get(values) ?? new Map<string, readonly string[]>();
    const all = type.repeats === true ? [...lists.get(key.path) ?? [], ...words] : words;
    const parsed = type.fromWords?.(all);
    if (parsed?.ok) {
      values.set(key.path, type.toToml(parsed.value));
      this.#lists.set(values, lists.set(key.path, all));
    } else {
      const why = parsed?.message ?? "Cannot be said in SRS's syntax";
      this.#note(line, `${text}: ${why}; the default ${type.toToml(key.fallback)} stays`);
    }
  }

  /** SRS asks for exact words: what is off by default is on only by `on`, what is on is off only by `off`. */
  #switch(key: KeySpec<unknown>, [word = ""]: readonly string[], line: number): readonly string[] {
    const usually = key.scope === "root" || key.fallback !== true ? "off" : "on";
    const unusually = usually === "on" ? "off" : "on";
    const taken = word === unusually ? unusually : usually;
    if (word !== taken) {
      this.#note(line, `${key.path} ${word}: neither on nor off, ${taken} for SRS and here`);
    }
    return [taken];
  }

  /** In SRS the HTTP listeners are off by default, here they are not: a port that RTMP has stays RTMP's. */
  #closeTakenListeners(): void {
    try {
      loadConfig({ text: this.#toml(), env: {}, version: "", serverId: "" });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const { path, message } of error.problems) {
        const section = sectionOf({ path });
        const enabled = findKey("root", `${section}.enabled`);
        if (enabled !== undefined) {
          this.#root.set(enabled.path, "false");
          this.#note(1, `${section}: switched off. ${message}`);
        } else if (this.#root.delete(path)) {
          this.#note(1, `${path}: left out. ${message}`);
        } else {
          throw error;
        }
      }
    }
  }

  #note(line: number, message: string): void {
    this.#notes.push(Object.freeze({ line, message: message.replaceAll(/\p{Cc}+/gu, " ") }));
  }

  #toml(): string {
    const lines = ["# Converted from SRS's own syntax."];
    this.#write(lines, "root", [], this.#root);
    for (const [name, values] of this.#vhosts) {
      lines.push("", `[${showPath(["vhost", name])}]`);
      this.#write(lines, "vhost", ["vhost", name], values);
    }
    return `${lines.join("\n")}\n`;
  }

  #write(lines: string[], scope: Scope, base: readonly string[], values: Values): void {
    let section = "";
    // The schema's order keeps every section in one piece, those without header first.
    for (const key of SCHEMA) {
      const toml = key.scope === scope ? values.get(key.path) : undefined;
      if (toml === undefined) continue;
      const own = sectionOf(key);
      if (own !== section) lines.push("", `[${showPath([...base, ...own.split(".")])}]`);
      section = own;
      lines.push(`${nameOf(key)} = ${toml}`);
    }
  }
}

/** SRS 1 and 2 have `refer`, `refer_publish` and `refer_play` beside each other, each on where it stands. */
function flatRefer(
  scope: Scope,
  written: string,
  { children }: Directive,
  values: Values,
): string | undefined {
  const paths: Readonly<Record<string, string>> = {
    refer: "refer.all",
    refer_publish: "refer.publish",
    refer_play: "refer.play",
  };
  const isFlat = scope === "vhost" && children === undefined && Object.hasOwn(paths, written);
  if (!isFlat) return undefined;
  values.set("refer.enabled", "true");
  return paths[written];
}
