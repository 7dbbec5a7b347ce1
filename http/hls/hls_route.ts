/**
 * Which requests are for HLS, and whose they are. `live/x.m3u8` begins a session, whose paths are in a folder of its own;
 * where sessions are off it is the media playlist itself.
 *
 * @module
 */
import {
  type MediaContext,
  resolveTarget,
  type StreamTarget,
  type VhostOptions,
} from "../../stream/admission/mod.ts";
import { sourceKey } from "../../stream/live/mod.ts";
import { CORS_HEADERS, optionsResponse } from "../server/cors.ts";
import type { Leave } from "../server/client_input.ts";
import type { Exchange, HttpHandler } from "../server/exchange.ts";
import type { RequestHead } from "../server/request_head.ts";
import type { Route } from "../server/router.ts";
import { textResponse } from "../server/text_response.ts";
import { endingResponse, refusalResponse } from "../refusal_response.ts";
import { connectFactsOf, vhostPathOf } from "../vhost_path.ts";
import { HeldRequest } from "./held_request.ts";
import { HlsAnswers } from "./hls_answers.ts";
import { type HlsPath, readHlsPath, ViewerPaths, type WantedFile } from "./hls_path.ts";
import { type ExtraHeaders, PLAYLIST_TYPE } from "./hls_responses.ts";
import type { HlsStreams } from "./hls_streams.ts";
import type { HlsThreads } from "./hls_threads.ts";
import type { HlsStream } from "./hls_stream.ts";
import type { HlsViewer, ViewerAdmission, ViewerSession } from "./hls_viewer.ts";
import type { HlsViewers } from "./hls_viewers.ts";
import { MEDIA_PLAYLIST } from "./media_names.ts";
import type { ViewerRequest } from "./viewer_request.ts";
import type { ViewerIds } from "./viewer_ids.ts";

/** What the route is made with. */
export interface HlsRouteDeps {
  readonly media: MediaContext;
  readonly streams: HlsStreams;
  readonly viewers: HlsViewers;
  readonly ids: ViewerIds;
  readonly threads: HlsThreads;
  /** Whether pages of any site may read media. */
  readonly crossdomain: boolean;
}

/** A request in its vhost. */
interface HlsRequest {
  readonly head: RequestHead;
  readonly path: HlsPath;
  readonly vhost: VhostOptions;
  readonly host: string;
}

/** Streams as HLS. */
export class HlsRoute implements Route {
  readonly #deps: HlsRouteDeps;
  readonly #headers: ExtraHeaders;
  readonly #own: HlsAnswers;
  readonly #shared: HlsAnswers;
  readonly #paths = new ViewerPaths();

  /** Streams of all vhosts. */
  constructor(deps: HlsRouteDeps) {
    const { media, crossdomain } = deps;
    this.#deps = deps;
    this.#headers = crossdomain ? CORS_HEADERS : {};
    this.#own = new HlsAnswers(media.clock, { headers: this.#headers, shared: false });
    this.#shared = new HlsAnswers(media.clock, { headers: this.#headers, shared: true });
  }

  /** @inheritdoc */
  match(head: RequestHead): HttpHandler | undefined {
    return this.#matchKnown(head) ?? this.#matchPath(head);
  }

  /** Whether a connection is to be kept although the server is draining: another one does not have this stream. */
  keeps(head: RequestHead): boolean {
    const { media, streams } = this.#deps;
    const place = vhostPathOf(head, media.options.vhosts);
    const path = place === undefined ? undefined : readHlsPath(place.segments.slice(place.vhostPart ? 1 : 0));
    if (place === undefined || path === undefined) return false;
    const { app, stream } = path;
    return streams.grows({ vhost: place.vhost.name, app, stream });
  }

  /** Nearly all requests are of viewers that are known: nothing of their path but its end is looked at. */
  #matchKnown({ method, path }: RequestHead): HttpHandler | undefined {
    const found = method === "OPTIONS" ? undefined : this.#paths.read(path);
    const viewer = found === undefined ? undefined : this.#deps.viewers.get(found.viewerId);
    if (found === undefined || viewer === undefined) return undefined;
    return (exchange) => this.#serveViewer(exchange, viewer, found.file);
  }

  #matchPath(head: RequestHead): HttpHandler | undefined {
    const place = vhostPathOf(head, this.#deps.media.options.vhosts);
    const path = place === undefined ? undefined : readHlsPath(place.segments.slice(place.vhostPart ? 1 : 0));
    if (place === undefined || path === undefined || !place.vhost.hls.enabled) return undefined;
    if (head.method === "OPTIONS") {
      return async (exchange) => await exchange.respond(optionsResponse(head, this.#deps));
    }
    return this.#handlerOf({ head, path, vhost: place.vhost, host: place.host });
  }

  #handlerOf(request: HlsRequest): HttpHandler | undefined {
    const { path: { viewerId, file }, vhost: { hls } } = request;
    if (viewerId !== undefined && file !== undefined) {
      return (exchange) => {
        const viewer = this.#deps.viewers.get(viewerId) ?? this.#return(exchange, request, viewerId);
        return viewer instanceof Response
          ? exchange.respond(viewer)
          : this.#serveViewer(exchange, viewer, file);
      };
    }
    if (file !== undefined) {
      return hls.ctx ? undefined : (exchange) => this.#serveShared(exchange, request, file);
    }
    if (request.head.method === "HEAD") return (exchange) => exchange.respond(this.#headOnly());
    if (hls.ctx) return (exchange) => this.#begin(exchange, request);
    return (exchange) => this.#serveShared(exchange, request, { kind: "playlist" });
  }

  /** Nothing is decided for HEAD: what is there for any name. */
  #headOnly(): Response {
    const headers = { ...this.#headers, "Content-Type": PLAYLIST_TYPE, "Cache-Control": "no-cache" };
    return new Response(null, { headers });
  }

  /** A viewer's first request: decided, then held until there is something to view. */
  async #begin(exchange: Exchange, request: HlsRequest): Promise<void> {
    if (!this.#deps.viewers.hasRoomFor(exchange.ip)) return await exchange.respond(this.#full());
    const { media, ids, viewers } = this.#deps;
    const { head, path: { app, stream }, vhost } = request;
    const key = sourceKey(vhost.name, app, stream);
    const id = ids.create(key, head.query, media.clock.wallNow() / 1000);
    const viewer = viewers.begin(this.#requestOf(exchange, request, id, head.query), { returned: false });
    const held = this.#hold(exchange, viewer);
    try {
      const shown = await this.#admitted(exchange, viewer);
      if (shown === undefined) return;
      if (!await this.#own.first(shown, held)) return await this.#refuseEmpty(exchange, viewer, held);
      const uri = `${encodeURIComponent(stream)}/${id}/${MEDIA_PLAYLIST}`;
      const body = new TextEncoder().encode(shown.multivariant(uri) ?? "");
      const headers = { ...this.#headers, "Content-Type": PLAYLIST_TYPE, "Cache-Control": "no-cache" };
      const length = { "Content-Length": String(body.length) };
      await exchange.respond(new Response(body, { headers: { ...headers, ...length } }));
    } finally {
      viewer.answered(held, exchange.sentBytes);
    }
  }

  /** Nothing has come to be viewed. */
  async #refuseEmpty(exchange: Exchange, viewer: HlsViewer, held: HeldRequest): Promise<void> {
    if (held.isCut) return await this.#refuse(exchange, viewer, { kind: "ended" });
    const reason = "Nobody publishes this stream";
    viewer.end("idle", reason);
    const headers = { ...this.#headers, "Cache-Control": "max-age=1" };
    await exchange.respond(textResponse(404, reason, headers));
  }

  /** A request in a viewer's folder. */
  #serveViewer(exchange: Exchange, viewer: ViewerSession, file: WantedFile): Promise<void> {
    if (viewer.boundIp !== undefined && viewer.boundIp !== exchange.ip) {
      return exchange.respond(textResponse(403, "This session belongs to another address", this.#headers));
    }
    const held = this.#hold(exchange, viewer);
    const { stream } = viewer;
    const answered = stream === undefined
      ? this.#serveAdmitted(exchange, viewer, file, held)
      : this.#own.file(exchange, stream, file, held);
    return answered.then(() => {
      const isRefused = viewer.ending !== undefined && exchange.sentBytes === 0;
      const refused = isRefused ? this.#refuse(exchange, viewer, { kind: "ended" }) : undefined;
      if (refused === undefined) return viewer.answered(held, exchange.sentBytes);
      return refused.finally(() => viewer.answered(held, exchange.sentBytes));
    }, (error) => {
      viewer.answered(held, exchange.sentBytes);
      throw error;
    });
  }

  async #serveAdmitted(exchange: Exchange, viewer: ViewerSession, file: WantedFile, held: HeldRequest) {
    const stream = await this.#admitted(exchange, viewer);
    if (stream !== undefined) await this.#own.file(exchange, stream, file, held);
  }

  /** What a viewer views, once that is decided; a viewer that may not, or no longer, is answered. */
  async #admitted(exchange: Exchange, viewer: ViewerSession): Promise<HlsStream | undefined> {
    const admission = await viewer.admission;
    if (admission.kind === "admitted" && viewer.ending === undefined) return admission.stream;
    await this.#refuse(exchange, viewer, admission.kind === "admitted" ? { kind: "ended" } : admission);
    return undefined;
  }

  /** The session of an id that is not here: ended for good, or begun again under the same paths. */
  #return(exchange: Exchange, request: HlsRequest, id: string): ViewerSession | Response {
    const { media, ids, viewers, threads } = this.#deps;
    const { path: { app, stream } } = request;
    if (viewers.isGone(id)) return textResponse(410, "This session was ended", this.#headers);
    const nowS = media.clock.wallNow() / 1000;
    for (const vhost of [request.vhost, ...media.options.vhosts.values()]) {
      const claim = ids.verify(sourceKey(vhost.name, app, stream), id, nowS);
      if (claim === undefined) continue;
      if (!viewers.hasRoomFor(exchange.ip)) return this.#full();
      const again = this.#requestOf(exchange, { ...request, vhost }, id, claim.param);
      const thread = claim.thread % threads.count;
      return thread === threads.own
        ? viewers.begin(again, { returned: true })
        : viewers.follow(again, thread);
    }
    return textResponse(404, "There is no such session", this.#headers);
  }

  #requestOf(
    { ip }: Exchange,
    { head, path: { app, stream }, vhost, host }: HlsRequest,
    id: string,
    param: string,
  ): ViewerRequest {
    const facts = connectFactsOf(head, vhost.name.includes(".") ? vhost.name : host, app);
    return { id, ip, facts, streamName: `${stream}${param}`, bindIp: vhost.hls.bindIp };
  }

  /** A request without a session. */
  async #serveShared(exchange: Exchange, request: HlsRequest, file: WantedFile): Promise<void> {
    const { media, streams } = this.#deps;
    const { head, path: { app, stream }, host } = request;
    const target = resolveTarget(
      { vhosts: media.options.vhosts },
      connectFactsOf(head, host, app),
      `${stream}${head.query}`,
    );
    if ("refused" in target) {
      return await exchange.respond(refusalResponse({ failed: false, ...target.refused }, this.#headers));
    }
    const held = new HeldRequest();
    exchange.onLeave((how) => leaveHeld(held, how));
    if (file.kind === "playlist") {
      const refused = await this.#checkShared(exchange, request, target);
      if (refused !== undefined) return await exchange.respond(refused);
    } else if (!streams.mayShow(target)) {
      return await exchange.respond(textResponse(404, "This is not there", this.#headers));
    }
    const shown = streams.acquire(target);
    try {
      await this.#shared.file(exchange, shown, file, held);
    } finally {
      streams.release(target);
    }
  }

  /** The rules that a playlist without a session is subject to. */
  async #checkShared(exchange: Exchange, { head, path: { app }, host }: HlsRequest, target: StreamTarget) {
    const { media } = this.#deps;
    const client = {
      clientId: media.clients.nextId(),
      ip: exchange.ip,
      log: () => {},
    };
    const { signal } = new AbortController();
    const refusal = await media.access.checkStream(
      "play",
      client,
      connectFactsOf(head, host, app),
      target,
      signal,
    );
    return refusal === undefined ? undefined : refusalResponse({ failed: false, ...refusal }, this.#headers);
  }

  /** A request of a viewer: it counts for the viewer, and waits no longer than there is the viewer. */
  #hold(exchange: Exchange, viewer: ViewerSession): HeldRequest {
    const held = new HeldRequest();
    viewer.requested(held, exchange.receivedBytes);
    exchange.onLeave((how) => leaveHeld(held, how));
    return held;
  }

  async #refuse(exchange: Exchange, viewer: ViewerSession, admission: ViewerAdmission): Promise<void> {
    if (admission.kind === "deny") return await exchange.respond(refusalResponse(admission, this.#headers));
    const { reason, description } = viewer.ending ?? { reason: "client", description: "" };
    const response = endingResponse(reason, description, this.#headers);
    if (response !== undefined) await exchange.respond(response);
  }

  #full(): Response {
    return textResponse(503, "There is no room for another viewer", { ...this.#headers, "Retry-After": "5" });
  }
}

/** A client that has closed its sending side alone still reads its answer. */
function leaveHeld(held: HeldRequest, how: Leave): void {
  if (how !== "end") held.cut();
}
