/**
 * The page that plays a stream in a browser.
 *
 * @module
 */
import { escape } from "@std/html/entities";
import type { PageAssets } from "./page_assets.ts";

/** The stream of a page. */
export interface PageStream {
  readonly app: string;
  readonly stream: string;
  /** Its HTTP-FLV: an absolute path, or one that is relative to the page's; `undefined` where there is none. */
  readonly flv: string | undefined;
  /** Its HLS in the same way. */
  readonly hls: string | undefined;
}

/**
 * Scripts, styles, pictures and the stream from this server, nothing from elsewhere and nothing inline. Any page may
 * frame it: that is how a player is embedded.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-cache",
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  // Access rules look at the page that a player is on; no other server needs to know.
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Vary": "Accept",
} as const;

/** The line that loads it. */
const FLV_LIBRARY = /^.*mpegts\.js.*$/m;
/** Where there is no FLV, the page is sure to want the other library: it comes along with the page's own scripts. */
const HLS_LIBRARY = '    <link rel="modulepreload" href="{{assets}}hls.js">';

/** `controls=0` and its like. */
const NO = /^(?:0|false|no|off)$/i;

/** Whether the request asks for a page: a browser names HTML, a player takes anything. */
export function wantsPage(request: Request): boolean {
  return /(?:^|[,\s])text\/html(?:[\s,;]|$)/i.test(request.headers.get("accept") ?? "");
}

/** Makes player pages. */
export class PlayerPage {
  readonly #assets: PageAssets;

  /** A page with these scripts and styles. */
  constructor(assets: PageAssets) {
    this.#assets = assets;
  }

  /** The page of a stream, whether anybody publishes it or not: the page itself waits, and shows a refusal. */
  async respond(request: Request, { app, stream, flv, hls }: PageStream): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const page = await this.#assets.text("player.html");
    // Scripts wait for those before them.
    const template = flv === undefined ? page.replace(FLV_LIBRARY, HLS_LIBRARY) : page;
    const values: Readonly<Record<string, string>> = {
      app,
      stream,
      flv: flv ?? "",
      hls: hls ?? "",
      assets: await this.#assets.pathFrom(pathname),
      layout: NO.test(searchParams.get("controls") ?? "") ? "bare" : "full",
    };
    const html = template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => escape(values[name] ?? ""));
    const body = new TextEncoder().encode(html);
    return new Response(request.method === "HEAD" ? null : body, {
      headers: { ...HEADERS, "Content-Length": String(body.length) },
    });
  }
}
