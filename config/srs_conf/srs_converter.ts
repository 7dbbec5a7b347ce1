/**
 * Rewrites a configuration of SRS 1.0 to 7.0. Old flat names find their blocks, the first of repeated directives
 * wins as in SRS.
 *
 * @module
 */

import type { Scope } from "../schema/key_spec.ts";
import { findKey, isSection } from "../schema/schema.ts";
import type { Directive } from "./srs_conf_parser.ts";
import { findUnsupported, movedTo } from "../schema/unsupported_keys.ts";
import { show } from "../types/value_type.ts";
import type { Conversion } from "./conversion.ts";
import { ConversionNotes, type NotePlace } from "./conversion_notes.ts";
import { DirectiveValues } from "./directive_value.ts";
import { finishDraft } from "./finish_draft.ts";
import type { Included } from "./included_directives.ts";
import { subjectOf } from "./lost_subject.ts";
import { completeHls } from "./hls_of_srs.ts";
import { completeHttpServer, noteApi, noteVhosts } from "./other_defaults.ts";
import { isFlatHls, isIdle, isSwitchedOff, isVhostOff } from "./switched_off.ts";
import { type DraftTable, TomlDraft } from "./toml_draft.ts";

const VHOST = "vhost";

/** Keys of ours that no SRS ever had: in an old file they are as unknown as any misspelt one. */
const NOT_OF_SRS = new RegExp(
  "^(?:limits\\.|http_api\\.(?:tokens|tokens_file|max_auth_failures|events_kept)$|hooks\\.|access\\.|workers$|srs_log_format$" +
    "|play\\.send_timeout$|exporter\\.max_streams$|publish\\.takeover" +
    "|hls\\.hls_(?:always|part|format|bind_ip)$" +
    "|http_hooks\\.(?!enabled$|on_(?:connect|close|publish|unpublish|play|stop|hls|hls_notify|dvr)$))",
);

/** Old names of access rules, which are on by being there. */
const FLAT_REFER: Readonly<Record<string, string>> = Object.freeze({
  refer: "refer.all",
  refer_publish: "refer.publish",
  refer_play: "refer.play",
});

/** Converts one file. */
export class SrsConverter {
  readonly #notes = new ConversionNotes();
  readonly #values = new DirectiveValues(this.#notes);
  readonly #draft = new TomlDraft();
  readonly #included: Included;

  /** @param included The directives, at least one. */
  constructor(included: Included) {
    this.#included = included;
  }

  /** The whole conversion. */
  convert(): Conversion {
    const { directives } = this.#included;
    const { root } = this.#draft;
    for (const directive of directives) {
      if (directive.name === VHOST) this.#vhost(directive);
      else this.#directive("", directive, root, directives);
    }
    const converted = { draft: this.#draft, notes: this.#notes, directives };
    noteVhosts(converted);
    noteApi(converted);
    completeHttpServer(converted);
    const [first] = directives;
    return finishDraft(this.#draft, this.#notes, { file: first?.file, line: 1 });
  }

  #vhost(directive: Directive): void {
    const { args, children = [] } = directive;
    const [name = "", ...more] = args;
    const top = { table: this.#draft.root, path: "" };
    if (name === "" || name === "__proto__" || /[\s\p{Cc}]/u.test(name)) {
      return this.#unnamed(directive, top);
    }
    const known = this.#draft.findVhost(name);
    if (known !== undefined) {
      const place = { table: known, path: "" };
      return this.#notes.add(place, directive, `vhost ${name} is repeated: its first block wins`);
    }
    const table = this.#draft.addVhost(name);
    const place = { table, path: "" };
    if (more.length > 0) {
      this.#notes.add(place, directive, `vhost ${name}: only the first name counts, not ${more.join(" ")}`);
    }
    this.#notes.ofBlock({ isOff: isVhostOff(directive) }, () => {
      for (const child of children) this.#directive("", child, table, children);
      this.#aboutHooks(name, directive, table);
      completeHls(directive, table, this.#notes);
      this.#aboutRules(name, directive, table);
    });
  }

  /** Nothing of the vhost is converted: without its rules and callbacks it would be open to all. */
  #unnamed(directive: Directive, place: NotePlace): void {
    const { args, children = [] } = directive;
    const message = `vhost ${show(args[0] ?? "")} has no usable name: left out`;
    const subjects = children.flatMap((child) => {
      const path = movedTo(VHOST, child.name) ?? child.name;
      return isSwitchedOff(path, child) ? [] : subjectOf(VHOST, path) ?? [];
    });
    if (subjects.length === 0 || isVhostOff(directive)) return this.#notes.add(place, directive, message);
    for (const subject of new Set(subjects)) {
      this.#notes.lose(subject, place, directive, `${message}, with its ${subject}`);
    }
  }

  #aboutHooks(name: string, directive: Directive, table: DraftTable): void {
    if (![...table.values.keys()].some((path) => path.startsWith("http_hooks.on_"))) return;
    const message =
      `vhost ${name}: the hooks get payload "full"; a service made for SRS 4 or later, where client_id ` +
      'is text, wants payload = "6.0", one that refuses unknown fields payload = "1.0"';
    this.#notes.add({ table, path: "http_hooks" }, directive, message);
  }

  #aboutRules(name: string, directive: Directive, table: DraftTable): void {
    const { values } = table;
    const isOn = values.get("security.enabled") === "true";
    if (!isOn || values.has("security.allow")) return;
    const written = directive.children?.find((child) => child.name === "security")?.children ?? [];
    const allow = written.find((child) => child.name === "allow" && child.args.length > 0);
    if (allow !== undefined) {
      // Where SRS has an allow, clients that match none are refused. On without any rule refuses all.
      values.delete("security.deny");
      const text =
        `vhost ${name}: no usable allow is left, so that nobody is admitted, as by one that matches nobody`;
      return this.#notes.lose("security", { table, path: "security" }, allow, text);
    }
    if (!values.has("security.deny")) return;
    const message =
      `vhost ${name}: security without any allow admits all who match no deny, as in SRS 3 and later; ` +
      "SRS 2 refused them";
    this.#notes.add({ table, path: "security" }, directive, message);
  }

  #directive(
    section: string,
    directive: Directive,
    table: DraftTable,
    siblings: readonly Directive[],
  ): void {
    const { name, children } = directive;
    const { scope } = table;
    if (name === "include") return this.#include(section, directive, table);
    if (section === "" && isIdle(name, siblings)) return;
    const written = section !== "" ? `${section}.${name}` : isFlatHls(directive) ? "hls.enabled" : name;
    const path = flatRefer(written, directive, table) ?? movedTo(scope, written) ?? written;
    const known = !name.includes(".") && !NOT_OF_SRS.test(path);
    const key = known ? findKey(scope, path) : undefined;
    if (key !== undefined) {
      const place = { table, path };
      if (children !== undefined) {
        this.#notes.add(place, directive, `${written}: its block has no place here`);
      }
      this.#values.set(key, directive, table);
    } else if (known && isSection(scope, path)) {
      this.#section(path, directive, table);
    } else if (scope === "root" && path === "rtmp" && children !== undefined) {
      // SRS 7 has the listeners of RTMP in a block of their own.
      for (const child of children) {
        if (child.name !== "enabled") this.#directive("", child, table, children);
      }
    } else {
      this.#unsupported(written, path, directive, { table, path });
    }
  }

  #unsupported(written: string, path: string, directive: Directive, place: NotePlace): void {
    const { scope } = place.table;
    // By its path and format HLS is what it asks for.
    if (path === "hls.hls_use_fmp4") return;
    const unsupported = findUnsupported(scope, path);
    if (unsupported !== undefined && isSwitchedOff(path, directive)) return;
    const text = [written, ...directive.args].join(" ");
    const why = unsupported === undefined
      ? "unknown to SRS too"
      : `no effect here; ${unsupported.alternative}`;
    if (unsupported?.isMissed === false) this.#notes.add(place, directive, `${text}: ${why}`);
    else this.#lose(scope, path, directive, place, `${text}: ${why}`);
  }

  #include(section: string, directive: Directive, table: DraftTable): void {
    const empty = this.#included.empty.get(directive);
    if (empty !== undefined && !this.#included.failed.has(directive)) {
      return this.#notes.add({ table, path: section }, directive, empty);
    }
    const message = this.#included.failed.get(directive) ??
      `include ${directive.args.join(" ")}: not followed`;
    this.#notes.lose("include", { table, path: section }, directive, message);
  }

  #section(path: string, directive: Directive, table: DraftTable): void {
    const { args, children } = directive;
    const { scope } = table;
    const place = { table, path };
    const enabled = findKey(scope, `${path}.enabled`);
    if (children === undefined) {
      const message = `${path} ${args.join(" ")}: expected a block { ... }`;
      return this.#lose(scope, path, directive, place, message);
    }
    if (args.length > 0) {
      this.#notes.add(place, directive, `${path}: words before the block are dropped: ${args.join(" ")}`);
    }
    const isOff = path === "cluster" || enabled !== undefined ? isSwitchedOff(path, directive) : false;
    this.#notes.ofBlock({ isOff }, () => {
      for (const child of children) this.#directive(path, child, table, children);
    });
    // In SRS these blocks are off until they say otherwise.
    if (enabled !== undefined && !table.values.has(enabled.path)) table.values.set(enabled.path, "false");
  }

  #lose(scope: Scope, path: string, directive: Directive, place: NotePlace, message: string): void {
    const subject = subjectOf(scope, path);
    if (subject === undefined) this.#notes.add(place, directive, message);
    else this.#notes.lose(subject, place, directive, message);
  }
}

/** SRS 1 and 2 have `refer`, `refer_publish` and `refer_play` next to each other, each of them on by being there. */
function flatRefer(
  written: string,
  { children }: Directive,
  { scope, values }: DraftTable,
): string | undefined {
  const isFlat = scope === "vhost" && children === undefined && Object.hasOwn(FLAT_REFER, written);
  if (!isFlat) return undefined;
  values.set("refer.enabled", "true");
  return FLAT_REFER[written];
}
