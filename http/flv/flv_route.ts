/**
 * Which requests are for FLV: paths that fit a mount of their vhost.
 *
 * @module
 */
import type { MediaContext } from "../../stream/admission/mod.ts";
import { httpTransport } from "./flv_transport.ts";
import { CORS_HEADERS, optionsResponse } from "../server/cors.ts";
import type { HttpHandler } from "../server/exchange.ts";
import type { RequestHead } from "../server/request_head.ts";
import type { Route } from "../server/router.ts";
import { connectFactsOf, type VhostPath, vhostPathOf } from "../vhost_path.ts";
import { FlvPlay } from "./flv_play.ts";
import { Mount, type MountedStream } from "./mount.ts";

/** Who may play from a page. */
export interface FlvRouteOptions {
  /** Whether pages of any site may read media. */
  readonly crossdomain: boolean;
  /** Sites whose pages may open a WebSocket; none: all. */
  readonly origins: readonly string[];
}

/** Streams as FLV. */
export class FlvRoute implements Route {
  readonly #context: MediaContext;
  /** By vhost; none where `http_remux` is off. */
  readonly #mounts: ReadonlyMap<string, readonly Mount[]>;

  readonly #options: FlvRouteOptions;
  /** Of each answer. */
  readonly #headers: Readonly<Record<string, string>>;

  /** Streams of all vhosts. */
  constructor(options: FlvRouteOptions, context: MediaContext) {
    this.#options = options;
    this.#headers = options.crossdomain ? CORS_HEADERS : {};
    this.#context = context;
    this.#mounts = new Map(
      Array.from(context.options.vhosts.values(), ({ name, httpRemux: { enabled, mount } }) => [
        name,
        enabled ? mount.map((text) => new Mount(text)) : [],
      ]),
    );
  }

  /** @inheritdoc */
  match(head: RequestHead): HttpHandler | undefined {
    const path = vhostPathOf(head, this.#context.options.vhosts);
    const found = path === undefined ? undefined : this.#find(path);
    if (path === undefined || found === undefined) return undefined;
    if (head.method === "OPTIONS") {
      return async (exchange) => await exchange.respond(optionsResponse(head, this.#options));
    }
    const facts = connectFactsOf(head, path.host, found.app);
    const streamName = `${found.stream}${head.url.search}`;
    const transport = httpTransport(head.minorVersion, this.#headers);
    return async (exchange) => {
      const play = new FlvPlay(
        { exchange, facts, streamName, transport, headers: this.#headers },
        this.#context,
      );
      await this.#context.clients.add(play, () => play.run());
    };
  }

  #find({ vhost, segments, vhostPart }: VhostPath): MountedStream | undefined {
    for (const mount of this.#mounts.get(vhost.name) ?? []) {
      const found = mount.match(segments, { vhostPart });
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
