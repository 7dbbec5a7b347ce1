/**
 * Converts a configuration of nginx-rtmp as far as it has a counterpart: listeners, callbacks, address rules. All
 * applications become one vhost, so that what one of them says counts for all, which is noted.
 *
 * @module
 */

import { DEFAULT_VHOST, type HookEventName } from "../../core/mod.ts";
import { ADDRESS_RULES, APPS } from "../types/access_types.ts";
import { LISTEN } from "../types/listen_type.ts";
import { findKey } from "../schema/schema.ts";
import type { Directive } from "./srs_conf_parser.ts";
import { HOOK_URLS } from "../types/url_type.ts";
import type { Conversion } from "./conversion.ts";
import { ConversionNotes } from "./conversion_notes.ts";
import { DirectiveValues } from "./directive_value.ts";
import { finishDraft } from "./finish_draft.ts";
import type { Included } from "./included_directives.ts";
import { withoutOverlaps } from "./listen_words.ts";
import { NginxAccess } from "./nginx_access.ts";
import { alsoFor, applicationsWithout, type NginxApplication } from "./nginx_applications.ts";
import { CALLBACKS, isOff, isOwnerOff, nginxLoss, ownerOf, SAME_VALUES } from "./nginx_directives.ts";
import { completeHttpServer } from "./other_defaults.ts";
import { type DraftTable, TomlDraft } from "./toml_draft.ts";

const BLOCKS: ReadonlySet<string> = new Set(["server", "application"]);

/** Converts one file. */
export class NginxConverter {
  readonly #notes = new ConversionNotes();
  readonly #values = new DirectiveValues(this.#notes);
  readonly #draft = new TomlDraft();
  readonly #vhost = this.#draft.addVhost(DEFAULT_VHOST);
  readonly #access = new NginxAccess();
  readonly #urls = new Map<HookEventName, Directive>();
  readonly #listen: Directive[] = [];
  readonly #apps = new Set<string>();
  readonly #applications: NginxApplication[] = [];
  /** Directives whose value is in the new file, by name. */
  readonly #taken = new Map<string, Directive>();
  readonly #leftOut: Directive[] = [];
  readonly #included: Included;
  #method: Directive | undefined;

  /** @param included The directives, one `rtmp` block among them. */
  constructor(included: Included) {
    this.#included = included;
  }

  /** The whole conversion. */
  convert(): Conversion {
    const { directives } = this.#included;
    for (const directive of directives) {
      if (directive.name === "rtmp") this.#block(directive, [], "");
      else this.#other(directive, directives, "", this.#draft.root);
    }
    this.#writeListen();
    this.#writeHooks();
    this.#writeRules();
    this.#writeApps();
    this.#aboutValues();
    completeHttpServer({ draft: this.#draft, notes: this.#notes, directives });
    return finishDraft(this.#draft, this.#notes, { file: directives[0]?.file, line: 1 });
  }

  /** @param outer The directives of the blocks around, which count here too, the innermost block first. */
  #block({ children = [] }: Directive, outer: readonly Directive[], application: string): void {
    const own = children.filter(({ name }) => !BLOCKS.has(name));
    const scope = [...own, ...outer];
    // A detail of an outer block counts for the applications where its owner is on.
    const around = [...descendants(children).filter(({ args }) => args[0] !== "off"), ...scope];
    for (const directive of own) this.#directive(directive, around, application);
    for (const child of children) {
      if (child.name === "server") this.#block(child, scope, "");
      if (child.name === "application") this.#application(child, scope);
    }
  }

  #application(directive: Directive, outer: readonly Directive[]): void {
    const name = directive.args[0] ?? "";
    const { children = [] } = directive;
    const live = [...children, ...outer].find((other) => other.name === "live");
    const isLive = live?.args[0] === "on";
    if (isLive && APPS.parse(name).ok) {
      this.#apps.add(name);
      this.#applications.push({ name, scope: [...children, ...outer] });
      // Rules and callbacks of an application that is left out must not count for those that are not.
      this.#access.finish(name, [...children, ...outer]);
    } else {
      this.#leftOut.push(directive);
      const why = isLive ? "its name cannot be used" : "it has no live streams";
      const message = `application ${name}: left out, ${why}`;
      this.#notes.add({ table: this.#vhost, path: "access.apps" }, directive, message);
    }
    this.#block(directive, outer, name);
  }

  #directive(directive: Directive, scope: readonly Directive[], application: string): void {
    const { name } = directive;
    const same = Object.hasOwn(SAME_VALUES, name) ? SAME_VALUES[name] : undefined;
    const key = same === undefined ? undefined : findKey(same.scope, same.path);
    if (name === "listen") this.#listen.push(directive);
    else if (Object.hasOwn(CALLBACKS, name)) {
      if (application === "" || this.#apps.has(application)) this.#callback(directive, CALLBACKS[name] ?? []);
    } else if (name === "notify_method") {
      // A service that gets GET somewhere has to change.
      if (this.#method?.args[0] !== "get") this.#method = directive;
    } else if (key !== undefined) {
      // Off in one application is on for another one.
      const isLeftOut = application !== "" && !this.#apps.has(application);
      if (isLeftOut || isOff(directive, scope)) return;
      const table = key.scope === "root" ? this.#draft.root : this.#vhost;
      if (!table.values.has(key.path)) this.#taken.set(name, directive);
      this.#values.set(key, directive, table);
    } else if (name !== "allow" && name !== "deny") this.#other(directive, scope, application, this.#vhost);
  }

  /** What has no counterpart; what is off, or a detail of it, is not worth a word. */
  #other(
    directive: Directive,
    scope: readonly Directive[],
    application: string,
    table: DraftTable,
  ): void {
    const { name, args } = directive;
    const place = { table, path: "" };
    if (name === "include") {
      const why = this.#included.failed.get(directive);
      const empty = this.#included.empty.get(directive);
      if (why !== undefined) this.#notes.lose("include", place, directive, why);
      else if (empty !== undefined) this.#notes.add(place, directive, empty);
      return;
    }
    if (isOff(directive, scope)) return;
    const isLive = name === "live" && args[0] === "on";
    if (isLive) return;
    const { subject, alternative } = nginxLoss(name);
    const before = application === "" ? "" : `application ${application}: `;
    const message = `${before}${[name, ...args].join(" ")}: no effect here; ${alternative}`;
    if (subject === undefined) this.#notes.add(place, directive, message);
    else this.#notes.lose(subject, place, directive, message);
  }

  #callback(directive: Directive, events: readonly HookEventName[]): void {
    const { name, args } = directive;
    const parsed = HOOK_URLS.parse(args[0] ?? "");
    for (const event of events) {
      const place = { table: this.#vhost, path: `http_hooks.${event}` };
      const text = `${name} ${args.join(" ")}`;
      const earlier = this.#urls.get(event);
      if (!parsed.ok || parsed.value.length === 0) {
        this.#notes.lose(
          "hooks",
          place,
          directive,
          `${text}: ${parsed.ok ? "names no address" : parsed.message}`,
        );
      } else if (earlier === undefined) {
        this.#urls.set(event, directive);
      } else if (earlier.args[0] !== args[0]) {
        const message = `${text}: ${event} is called at ${earlier.args[0]} for all applications`;
        this.#notes.lose("hooks", place, directive, message);
      }
    }
  }

  #writeListen(): void {
    const { root } = this.#draft;
    const place = { table: root, path: "listen" };
    const [first] = this.#listen;
    if (first === undefined) return;
    const readable = this.#listen.filter((directive) => {
      const [word = "", ...options] = directive.args;
      const parsed = LISTEN.parse(word);
      if (!parsed.ok) this.#notes.add(place, directive, `listen ${word}: ${parsed.message}`);
      else if (options.length > 0) {
        this.#notes.add(
          place,
          directive,
          `listen ${word}: its options have no counterpart: ${options.join(" ")}`,
        );
      }
      return parsed.ok;
    });
    const { words, notes } = withoutOverlaps(readable.map(({ args }) => args[0] ?? ""));
    for (const note of notes) this.#notes.add(place, first, `listen: ${note}`);
    const parsed = LISTEN.parse(words);
    if (parsed.ok) root.values.set("listen", LISTEN.toToml(parsed.value));
  }

  #writeHooks(): void {
    const { values } = this.#vhost;
    const [first] = this.#urls.values();
    if (first === undefined) return;
    values.set("http_hooks.enabled", "true");
    for (const [event, directive] of this.#urls) {
      const parsed = HOOK_URLS.parse(directive.args[0] ?? "");
      if (parsed.ok) values.set(`http_hooks.${event}`, HOOK_URLS.toToml(parsed.value));
      this.#aboutEvent(event, directive);
    }
    if (this.#urls.has("on_update") && !values.has("http_hooks.update_interval")) {
      values.set("http_hooks.update_interval", "30");
    }
    const method = this.#method?.args[0] ?? "post";
    const place = { table: this.#vhost, path: "http_hooks" };
    const message =
      `notify_method ${method}: a call is a POST of JSON here, and its yes is 0 or {"code":0}; ` +
      `nginx-rtmp sends a form by ${method.toUpperCase()} and takes any 2xx: the service has to change`;
    if (method === "get" && this.#method !== undefined) {
      this.#notes.lose("hooks", place, this.#method, message);
    } else this.#notes.add(place, this.#method ?? first, message);
  }

  /** A service refuses whom it does not know, so that another application's clients may be shut out. */
  #aboutEvent(event: HookEventName, directive: Directive): void {
    const others = applicationsWithout(
      this.#applications,
      (scope) =>
        scope.some(({ name }) => Object.hasOwn(CALLBACKS, name) && CALLBACKS[name]?.includes(event) === true),
    );
    if (others.length === 0) return;
    const message = `${directive.name} ${directive.args.join(" ")}: ${event} is called here ${
      alsoFor(others)
    }, without such a callback in nginx`;
    this.#notes.lose("hooks", { table: this.#vhost, path: `http_hooks.${event}` }, directive, message);
  }

  #aboutValues(): void {
    for (const [name, directive] of this.#taken) {
      const same = SAME_VALUES[name];
      if (same === undefined) continue;
      const others = applicationsWithout(
        this.#applications,
        (scope) => {
          const own = scope.find((other) => other.name === name);
          // What is said of its owner is enough.
          return own === undefined
            ? isOwnerOff(name, scope)
            : ownerOf(name) !== undefined || !isOff(own, scope);
        },
      );
      if (others.length === 0) continue;
      const table = same.scope === "root" ? this.#draft.root : this.#vhost;
      const message = `${name} ${directive.args.join(" ")}: counts here ${
        alsoFor(others)
      }, without it in nginx`;
      this.#notes.add({ table, path: same.path }, directive, message);
    }
  }

  /** Without any the vhost would take all, which nginx refuses. */
  #writeApps(): void {
    const [first] = this.#leftOut;
    if (this.#apps.size === 0) {
      if (first === undefined) return;
      this.#vhost.values.set("enabled", "false");
      const message = "no application is left, so that the vhost is off; else it would take every name";
      return this.#notes.add({ table: this.#vhost, path: "enabled" }, first, message);
    }
    const parsed = APPS.parse([...this.#apps]);
    if (parsed.ok) this.#vhost.values.set("access.apps", APPS.toToml(parsed.value));
  }

  #writeRules(): void {
    const { values } = this.#vhost;
    const place = { table: this.#vhost, path: "security" };
    const { allow, deny, lost } = this.#access.result();
    for (const { directive, message } of lost) this.#notes.lose("security", place, directive, message);
    if (allow.length + deny.length === 0) return;
    values.set("security.enabled", "true");
    if (allow.length > 0) values.set("security.allow", ADDRESS_RULES.toToml(allow));
    if (deny.length > 0) values.set("security.deny", ADDRESS_RULES.toToml(deny));
  }
}

/** The directives of the blocks inside, at any depth. */
function descendants(directives: readonly Directive[]): readonly Directive[] {
  return directives.filter(({ name }) => BLOCKS.has(name)).flatMap(({ children = [] }) => [
    ...children,
    ...descendants(children),
  ]);
}
