/**
 * SRS's `refer`: the page that a player is embedded in. A page is what the client says of itself: this keeps out other
 * people's web pages, not other people. Pure.
 *
 * @module
 */
import type { ReferOptions } from "./options.ts";

/** What the client is about to do. */
export type RefererScope = "all" | "publish" | "play";

/**
 * Whether a page may do that. A listed name includes all names below it: `example.com` takes
 * `www.example.com`, and not `badexample.com`, which SRS's plain comparison of endings takes.
 *
 * @param pageUrl As the client sent it, `""` for none.
 */
export function isRefererAllowed(options: ReferOptions, scope: RefererScope, pageUrl: string): boolean {
  if (!options.enabled) return true;
  const names = options[scope];
  if (names.length === 0) return true;
  const host = hostOf(pageUrl);
  return host !== undefined && names.some((name) => isBelow(host, name.toLowerCase()));
}

function isBelow(host: string, name: string): boolean {
  const plain = name.startsWith(".") ? name.slice(1) : name;
  return host === plain || host.endsWith(`.${plain}`);
}

/** The host of an http or https address, in small letters; `undefined` for anything else. */
function hostOf(pageUrl: string): string | undefined {
  if (!URL.canParse(pageUrl)) return undefined;
  const { protocol, hostname } = new URL(pageUrl);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return hostname.replace(/\.$/, "").toLowerCase();
}
