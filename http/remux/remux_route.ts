/**
 * Which requests are for a stream of one response: paths that fit a mount of their vhost.
 *
 * @module
 */
import {
  type ConnectFacts,
  type LoggedClient,
  type MediaContext,
  resolveTarget,
} from "../../stream/admission/mod.ts";
import { httpTransport, mediaHeaders, webSocketTransport } from "./remux_transport.ts";
import { CORS_HEADERS, optionsResponse } from "../server/cors.ts";
import type { Exchange, HttpHandler } from "../server/exchange.ts";
import type { RequestHead } from "../server/request_head.ts";
import { textResponse } from "../server/text_response.ts";
import type { Route } from "../server/router.ts";
import { connectFactsOf, type VhostPath, vhostPathOf } from "../vhost_path.ts";
import { handshakeFault, isUpgrade } from "../websocket/handshake.ts";
import { RemuxClient } from "./remux_client.ts";
import { containerOf, type RemuxContainer } from "./container.ts";
import { Mount, type MountedStream } from "./mount.ts";
import { refusalResponse } from "../refusal_response.ts";

/** Who may play from a page. */
export interface RemuxRouteOptions {
  /** Whether pages of any site may read media. */
  readonly crossdomain: boolean;
  /** Sites whose pages may open a WebSocket; none: all. */
  readonly origins: readonly string[];
}

/** A play that is asked about. */
interface Described {
  readonly facts: ConnectFacts;
  readonly streamName: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly container: RemuxContainer;
}

/** A mount, and what it serves. */
interface Served {
  readonly mount: Mount;
  readonly container: RemuxContainer;
}

/** Streams by one response each. */
export class RemuxRoute implements Route {
  readonly #context: MediaContext;
  /** By vhost; none where `http_remux` is off. */
  readonly #mounts: ReadonlyMap<string, readonly Served[]>;

  readonly #options: RemuxRouteOptions;
  /** Of each answer. */
  readonly #headers: Readonly<Record<string, string>>;

  /** Streams of all vhosts. */
  constructor(options: RemuxRouteOptions, context: MediaContext) {
    this.#options = options;
    this.#headers = options.crossdomain ? CORS_HEADERS : {};
    this.#context = context;
    this.#mounts = new Map(
      Array.from(context.options.vhosts.values(), ({ name, httpRemux: { enabled, mount } }) => [
        name,
        enabled ? mount.map((text) => ({ mount: new Mount(text), container: containerOf(text) })) : [],
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
    const { container } = found;
    const request = { facts, streamName, headers: this.#headers, container };
    if (head.method === "HEAD") return (exchange) => this.#describe(exchange, request);
    const upgrades = isUpgrade(head);
    const fault = upgrades ? this.#upgradeFault(head, container) : undefined;
    if (fault !== undefined) return (exchange) => exchange.respond(fault);
    const transport = upgrades
      ? webSocketTransport(container)
      : httpTransport(container, head.version, this.#headers);
    return async (exchange) => {
      const play = new RemuxClient({ ...request, exchange, transport }, this.#context);
      await this.#context.clients.add(play, () => play.run());
    };
  }

  /**
   * The head that a play would have, where no rule is against it: it is for any name, published or not, and neither
   * makes a session nor asks the service.
   */
  async #describe(exchange: Exchange, { facts, streamName, headers, container }: Described): Promise<void> {
    const { access, clients, log, options } = this.#context;
    const target = resolveTarget(options, facts, streamName);
    const clientId = clients.nextId();
    const client: LoggedClient = {
      clientId,
      ip: exchange.ip,
      log: (level, message, fields) => log.write(level, clientId, message, fields),
    };
    const gone = new AbortController();
    exchange.onLeave(() => gone.abort());
    const refusal = "refused" in target
      ? target.refused
      : await access.checkStream("play", client, facts, target, gone.signal);
    const response = refusal === undefined
      ? new Response(null, { headers: { ...mediaHeaders(container), ...headers } })
      : refusalResponse({ ...refusal, failed: false }, headers);
    await exchange.respond(response);
  }

  #upgradeFault(head: RequestHead, { extension, hasWebSocket }: RemuxContainer): Response | undefined {
    if (hasWebSocket) return handshakeFault(head, this.#options.origins, this.#headers);
    return textResponse(400, `There is no WebSocket for paths that end in ${extension}`, this.#headers);
  }

  #find({ vhost, segments, vhostPart }: VhostPath): MountedStream & Pick<Served, "container"> | undefined {
    for (const { mount, container } of this.#mounts.get(vhost.name) ?? []) {
      const found = mount.match(segments, { vhostPart });
      if (found !== undefined) return { ...found, container };
    }
    return undefined;
  }
}
