/**
 * The new file while it is put together: values and comments by their place, written in the schema's order.
 *
 * @module
 */

import { showPath } from "../problems/diagnostics.ts";
import type { Scope } from "../schema/key_spec.ts";
import { findKey, isSection, nameOf, SCHEMA, sectionOf } from "../schema/schema.ts";

/** The keys of the top of the file, or of one vhost. */
export class DraftTable {
  /** Root or vhost. */
  readonly scope: Scope;
  /** Values as TOML, by path. */
  readonly values = new Map<string, string>();
  readonly #base: readonly string[];
  readonly #comments = new Map<string, string[]>();

  /**
   * @param scope Root or vhost.
   * @param base Path of the table in the file.
   */
  constructor(scope: Scope, base: readonly string[]) {
    this.scope = scope;
    this.#base = base;
  }

  /**
   * Put a comment before a key, below the header of a section, or at the top of the table for a path that the
   * schema does not know.
   *
   * @param path Dotted path below the table, `""` for its top.
   * @param text What to write, one line.
   */
  comment(path: string, text: string): void {
    let place = path;
    while (place !== "" && findKey(this.scope, place) === undefined && !isSection(this.scope, place)) {
      place = sectionOf({ path: place });
    }
    const comments = this.#comments.get(place) ?? [];
    comments.push(`# ${text.replaceAll(/\p{Cc}+/gu, " ")}`);
    this.#comments.set(place, comments);
  }

  /** The table's lines. A table of a vhost has its header always. */
  lines(): readonly string[] {
    const lines: string[] = [];
    for (const section of sectionsOf(this.scope)) {
      const body = [...this.#comments.get(section) ?? []];
      for (const key of SCHEMA) {
        if (key.scope !== this.scope || sectionOf(key) !== section) continue;
        body.push(...this.#comments.get(key.path) ?? []);
        const toml = this.values.get(key.path);
        if (toml !== undefined) body.push(`${nameOf(key)} = ${toml}`);
      }
      const path = [...this.#base, ...(section === "" ? [] : section.split("."))];
      const isTop = section === "" && this.scope === "vhost";
      if (body.length === 0 && !isTop) continue;
      lines.push(...(path.length === 0 ? [] : ["", `[${showPath(path)}]`]), ...body);
    }
    return lines;
  }
}

/** The whole file. */
export class TomlDraft {
  /** The top of the file. */
  readonly root = new DraftTable("root", []);
  readonly #vhosts = new Map<string, DraftTable>();

  /** The table of a vhost that was added. */
  findVhost(name: string): DraftTable | undefined {
    return this.#vhosts.get(name);
  }

  /** All vhosts that were added, by name. */
  vhosts(): ReadonlyMap<string, DraftTable> {
    return this.#vhosts;
  }

  /** Where the path of a problem is: its table, and the path below it. */
  locate(path: string): { readonly table: DraftTable; readonly below: string } {
    for (const [name, table] of this.#vhosts) {
      const start = `${showPath(["vhost", name])}.`;
      if (path.startsWith(start)) return { table, below: path.slice(start.length) };
    }
    return { table: this.root, below: path };
  }

  /** Add a vhost. */
  addVhost(name: string): DraftTable {
    const table = new DraftTable("vhost", ["vhost", name]);
    this.#vhosts.set(name, table);
    return table;
  }

  /** The file's text. */
  toml(): string {
    const lines = ["# Converted by srs config convert.", ...this.root.lines()];
    for (const vhost of this.#vhosts.values()) lines.push(...vhost.lines());
    return `${lines.join("\n")}\n`;
  }
}

/** The sections of a scope in the schema's order, `""` first. */
function sectionsOf(scope: Scope): ReadonlySet<string> {
  const paths = SCHEMA.filter((key) => key.scope === scope).map(sectionOf);
  return new Set(["", ...paths.flatMap(withParents)]);
}

function withParents(section: string): readonly string[] {
  const parts = section.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}
