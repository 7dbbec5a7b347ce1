/**
 * The `allow` and `deny` of nginx-rtmp's applications, as the rules of one vhost.
 *
 * @module
 */

import type { AccessAction, AddressRule } from "../../stream/admission/access/options.ts";
import { ADDRESS_RULES } from "../types/access_types.ts";
import type { Directive } from "./srs_conf_parser.ts";
import { alsoFor } from "./nginx_applications.ts";
import { convertNginxRules, type NginxRule } from "./nginx_rules.ts";

/** A rule that is not in the result, or not as nginx has it. */
export interface LostRule {
  readonly directive: Directive;
  readonly message: string;
}

/** The rules of one vhost. */
export interface VhostRules {
  readonly allow: readonly AddressRule[];
  readonly deny: readonly AddressRule[];
  readonly lost: readonly LostRule[];
}

const ACTIONS: readonly AccessAction[] = ["publish", "play"];

/** Collects the rules of applications; those of the first application that has any count for all. */
export class NginxAccess {
  readonly #lost: LostRule[] = [];
  readonly #unrestricted: string[] = [];
  #first: { readonly application: string; readonly rules: readonly NginxRule[] } | undefined;

  /**
   * Take the rules of one application.
   *
   * @param application Its name.
   * @param directives Its directives, then those of the blocks around it: nginx tries them in this order.
   */
  finish(application: string, directives: readonly Directive[]): void {
    const rules = directives.flatMap((directive) => this.#rules(directive));
    const { allow, deny } = convertNginxRules(rules);
    if (allow.length + deny.length === 0) {
      this.#unrestricted.push(application);
    } else if (this.#first === undefined) {
      this.#first = { application, rules };
    } else if (texts(rules) !== texts(this.#first.rules)) {
      for (const directive of new Set(rules.map((rule) => rule.directive))) {
        const message = `application ${application}: ${text(directive)}: the rules of application ` +
          `${this.#first.application} count for all applications`;
        this.#lost.push({ directive, message });
      }
    }
  }

  /** All rules. */
  result(): VhostRules {
    const { allow, deny, stricter } = convertNginxRules(this.#first?.rules ?? []);
    const lost = stricter.map(({ directive }) => ({
      directive,
      message: `${
        text(directive)
      }: refuses here also those whom an allow before it admits in nginx: deny goes first`,
    }));
    return { allow, deny, lost: [...this.#lost, ...this.#wider(), ...lost] };
  }

  /** Rules that refuse clients of applications that nginx leaves open to everybody. */
  #wider(): readonly LostRule[] {
    if (this.#first === undefined || this.#unrestricted.length === 0) return [];
    const { application, rules } = this.#first;
    const others = alsoFor(this.#unrestricted);
    return [...new Set(rules.map(({ directive }) => directive))].map((directive) => ({
      directive,
      message: `application ${application}: ${
        text(directive)
      }: counts here ${others}, without such a rule in nginx`,
    }));
  }

  #rules(directive: Directive): readonly NginxRule[] {
    const { name, args } = directive;
    if (name !== "allow" && name !== "deny") return [];
    const named = ACTIONS.filter((action) => args.includes(action));
    const from = args.find((word) => !ACTIONS.some((action) => action === word)) ?? "";
    if (!ADDRESS_RULES.parse(`play ${from}`).ok) {
      this.#lost.push({
        directive,
        message: `${text(directive)}: ${from} is not all, an address or a network`,
      });
      return [];
    }
    const actions = named.length === 0 ? ACTIONS : named;
    return actions.map((action) => ({ effect: name, action, from, directive }));
  }
}

function text({ name, args }: Directive): string {
  return [name, ...args].join(" ");
}

function texts(rules: readonly NginxRule[]): string {
  return rules.map(({ effect, action, from }) => `${effect} ${action} ${from}`).join("\n");
}
