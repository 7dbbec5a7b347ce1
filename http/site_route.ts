/**
 * Everything that is not media: the operator's files, the page of a stream, and what that page is made of. It is the
 * last of the routes, and takes all that is left.
 *
 * @module
 */
import type { VhostOptions } from "../stream/admission/mod.ts";
import { containerOf, FLV } from "./remux/container.ts";
import { nothingAt } from "./nothing_here.ts";
import { Mount } from "./remux/mount.ts";
import { PageAssets } from "./pages/page_assets.ts";
import { type PageStream, PlayerPage, wantsPage } from "./pages/player_page.ts";
import { StaticFiles } from "./static/static_files.ts";
import { type HttpHandler, respondWith } from "./server/exchange.ts";
import type { RequestHead } from "./server/request_head.ts";
import type { Route } from "./server/router.ts";
import { textResponse } from "./server/text_response.ts";
import { vhostPathOf } from "./vhost_path.ts";

/** Where people look first who know the port alone. */
const FRONT = "Streams are below this address: /APP/STREAM is a page that plays one, " +
  "/APP/STREAM.flv is HTTP-FLV, /APP/STREAM.m3u8 is HLS";

/** What is served. */
export interface SiteOptions {
  /** Whether a stream has a page. */
  readonly player: boolean;
  /** The directory of the operator's files; none when empty. */
  readonly dir: string;
}

/** The site around the streams. */
export class SiteRoute implements Route {
  readonly #vhosts: ReadonlyMap<string, VhostOptions>;
  readonly #files: StaticFiles | undefined;
  readonly #assets = new PageAssets();
  readonly #page: PlayerPage | undefined;
  /** Where the page of a stream finds it, by vhost; none where `http_remux` is off, or has no FLV. */
  readonly #mounts: ReadonlyMap<string, Mount>;

  /** A site with the streams of these vhosts. */
  constructor({ player, dir }: SiteOptions, vhosts: ReadonlyMap<string, VhostOptions>) {
    this.#vhosts = vhosts;
    this.#files = dir === "" ? undefined : new StaticFiles(dir);
    const mounted = vhosts.values().flatMap(({ name, httpRemux: { enabled, mount } }) => {
      const flv = mount.find((path) => containerOf(path) === FLV);
      return enabled && flv !== undefined ? [[name, new Mount(flv)] as const] : [];
    });
    this.#mounts = new Map(mounted);
    this.#page = player ? new PlayerPage(this.#assets) : undefined;
  }

  /** @inheritdoc */
  match(head: RequestHead): HttpHandler | undefined {
    return head.method === "OPTIONS" ? undefined : respondWith((request) => this.#respond(request, head));
  }

  async #respond(request: Request, head: RequestHead): Promise<Response> {
    const file = await this.#files?.respond(request);
    if (file !== undefined) return file;
    if (this.#page !== undefined) {
      if (PageAssets.isAssetPath(head.url.pathname)) return await this.#assets.respond(request);
      const stream = wantsPage(request) ? this.#streamOf(head) : undefined;
      if (stream !== undefined) return await this.#page.respond(request, stream);
    }
    return textResponse(404, head.url.pathname === "/" ? FRONT : nothingAt(vhostPathOf(head, this.#vhosts)));
  }

  /** The stream that a path names, if it can be played. */
  #streamOf(head: RequestHead): PageStream | undefined {
    const path = vhostPathOf(head, this.#vhosts);
    if (path === undefined) return undefined;
    const { segments, vhostPart } = path;
    const mount = this.#mounts.get(path.vhost.name);
    const hasHls = path.vhost.hls.enabled;
    if (mount === undefined && !hasHls) return undefined;
    const names = segments.slice(vhostPart ? 1 : 0);
    const stream = names.pop();
    if (stream === undefined || names.length === 0) return undefined;
    const app = names.join("/");
    const vhost = vhostPart ? segments[0] : undefined;
    // From the page on, since a proxy may have all of this under a path of its own.
    const top = "../".repeat(segments.length - 1) || "./";
    return {
      app,
      stream,
      flv: mount === undefined ? undefined : `${top}${mount.pathOf({ app, stream, vhost })}`,
      hls: hasHls ? `./${encodeURIComponent(stream)}.m3u8` : undefined,
    };
  }
}
