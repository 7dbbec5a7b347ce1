/**
 * The `connect` of a connection: where it leads, whether it is admitted, and its answer.
 *
 * @module
 */
import type { ConnectDeadlines } from "./connect_deadlines.ts";
import { readEdgeClaim } from "./edge_claim.ts";
import type { ConnectionContext } from "./connection_context.ts";
import {
  type ConnectAdmission,
  type ConnectFacts,
  type EdgeFacts,
  edgeProofFault,
  judgeEdge,
  logRefusal,
  type Refusal,
  type RequestPlace,
  resolveTarget,
  shownTcUrl,
  type StreamTarget,
} from "../../stream/admission/mod.ts";
import { type ConnectRequested, RejectionCode } from "../session/mod.ts";

/** A connection's way from `connect` to its answer. */
export class Connecting {
  readonly #connection: ConnectionContext;
  readonly #connect: ConnectAdmission;
  readonly #deadlines: ConnectDeadlines;
  #facts: ConnectFacts | undefined;
  #home: StreamTarget | undefined;

  constructor(connection: ConnectionContext, connect: ConnectAdmission, deadlines: ConnectDeadlines) {
    this.#connection = connection;
    this.#connect = connect;
    this.#deadlines = deadlines;
  }

  /** What the client said; `undefined` before it did. */
  get facts(): ConnectFacts | undefined {
    return this.#facts;
  }

  /** Where it led, once it was accepted. */
  get home(): StreamTarget | undefined {
    return this.#home;
  }

  /**
   * Decide, and answer. Never rejects: what goes wrong ends the connection.
   *
   * @param signal Aborted when the connection is over.
   */
  async start(event: ConnectRequested, signal: AbortSignal): Promise<void> {
    try {
      await this.#decide(event, signal);
    } catch (error) {
      this.#connection.failed(error);
    }
  }

  async #decide(event: ConnectRequested, signal: AbortSignal): Promise<void> {
    const connection = this.#connection;
    const { access, environment, options, serverData: data } = connection.server;
    const { tcUrl, app, pageUrl, swfUrl } = event;
    const edge = this.#edgeOf(event);
    if (edge?.isTrusted) connection.admitted.releaseAddress();
    const facts = this.#facts = { tcUrl, app, pageUrl, swfUrl, ...(edge === undefined ? {} : { edge }) };
    this.#deadlines.onConnect();
    const target = resolveTarget(options, facts);
    if ("refused" in target) return this.#refuse(event.requestId, target.place, target.refused);
    const place = { vhost: target.vhost.name, app: target.url.app };
    const denied = edge?.isTrusted ? undefined : access.checkConnect(connection, facts, target);
    if (denied !== undefined) return this.#reject(event.requestId, place, denied);
    const refusal = await this.#connect.admit(facts, target, signal);
    if (refusal !== undefined) {
      return refusal.kind === "deny" ? this.#refuse(event.requestId, place, refusal) : undefined;
    }
    this.#home = target;
    this.#deadlines.restartIdle(environment.now());
    const { vhost, url } = target;
    connection.log("trace", "Connect accepted", {
      ip: connection.ip,
      tcUrl: shownTcUrl(event.tcUrl, url.app),
      vhost: vhost.name,
      app: url.app,
      pageUrl: event.pageUrl === "" ? undefined : event.pageUrl,
      flashVer: event.flashVer === "" ? undefined : event.flashVer,
      edge: edge?.serverId,
      trusted: edge?.isTrusted,
    });
    const { chunkSize, outAckSize, inAckSize } = vhost;
    connection.session.accept(event.requestId, { chunkSize, outAckSize, inAckSize, data });
    connection.resume();
  }

  /** Who connects, where that is a server. */
  #edgeOf({ args, tcUrl }: ConnectRequested): EdgeFacts | undefined {
    const { clientId, ip, server: { clock, environment, limits, options: { cluster } } } = this.#connection;
    const claim = readEdgeClaim(args);
    if (claim === undefined) return undefined;
    const unixMs = clock.wallNow();
    const hmac = (key: Uint8Array, data: Uint8Array) => environment.hmacSha256(key, data);
    const edge = judgeEdge(claim, { ip, tcUrl }, cluster, { unixMs, hmac });
    const fault = edge.isTrusted ? undefined : edgeProofFault(claim, cluster, unixMs);
    if (fault !== undefined) {
      const detail = `${claim.serverId}: ${fault}`;
      limits.hit("edge_proof", { clientId, ip, detail }, { message: "Edge not trusted", level: "warn" });
    }
    return edge;
  }

  #refuse(requestId: number, place: RequestPlace, refusal: Refusal): void {
    logRefusal(this.#connection, "connect", place, refusal);
    this.#reject(requestId, place, refusal);
  }

  #reject(requestId: number, place: RequestPlace, refusal: Refusal): void {
    const { reason: description, redirect } = refusal;
    this.#connection.server.reports.denied("connect", this.#connection, place, refusal);
    const code = RejectionCode.ConnectRejected;
    this.#connection.session.reject(requestId, {
      code,
      description,
      ...(redirect === undefined ? {} : { redirect }),
    });
    this.#connection.resume();
  }
}
