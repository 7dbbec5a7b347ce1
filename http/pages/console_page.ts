/**
 * The console: a page that shows and changes what the API does.
 *
 * @module
 */
import { escape } from "@std/html/entities";
import type { ListenAddress } from "../../core/mod.ts";
import type { PageAssets } from "./page_assets.ts";

/** What differs from server to server. */
export interface ConsoleFacts {
  /** Where players by HTTP are served at this moment; the first of them is used. */
  readonly players: readonly ListenAddress[];
  /** The same by HTTPS. */
  readonly playersTls: readonly ListenAddress[];
  /** `major.minor.patch`. */
  readonly version: string;
}

const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Vary": "Accept",
} as const;

/** Makes the page. */
export class ConsolePage {
  readonly #assets: PageAssets;
  readonly #facts: ConsoleFacts;

  /** A page with these scripts and styles. */
  constructor(assets: PageAssets, facts: ConsoleFacts) {
    this.#assets = assets;
    this.#facts = facts;
  }

  /** The page at `/`. */
  async respond(request: Request): Promise<Response> {
    const template = await this.#assets.text("console.html");
    const { hostname } = new URL(request.url);
    const players = originOf("http", hostname, this.#facts.players);
    const playersTls = originOf("https", hostname, this.#facts.playersTls);
    const values: Readonly<Record<string, string>> = {
      assets: await this.#assets.pathFrom("/"),
      players,
      playersTls,
      version: this.#facts.version,
    };
    const html = template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => escape(values[name] ?? ""));
    const body = new TextEncoder().encode(html);
    return new Response(request.method === "HEAD" ? null : body, {
      headers: {
        ...HEADERS,
        "Content-Security-Policy": contentSecurityPolicy([players, playersTls]),
        "Content-Length": String(body.length),
      },
    });
  }
}

/** By the name that the page has in the browser; `""` where there is no such address. */
function originOf(scheme: "http" | "https", hostname: string, [first]: readonly ListenAddress[]): string {
  return first === undefined ? "" : `${scheme}://${hostname}:${first.port}`;
}

/** Everything from this server, nothing inline, and streams for the preview from its ports for players. */
function contentSecurityPolicy(players: readonly string[]): string {
  const sources = ["'self'", ...players.filter((origin) => origin !== "")];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${sources.join(" ")}`,
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
