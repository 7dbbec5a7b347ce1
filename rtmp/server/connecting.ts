/**
 * The `connect` of a connection: where it leads, whether it may, and its answer.
 *
 * @module
 */
import type { Admission } from "./connect_admission.ts";
import type { Deadlines } from "./connect_deadlines.ts";
import type { Peer } from "./peer.ts";
import {
  type ConnectFacts,
  logRefusal,
  type Refusal,
  type RequestPlace,
  resolveTarget,
  type StreamTarget,
} from "../../stream/admission/mod.ts";
import { type ConnectRequested, RejectionCode } from "../session/mod.ts";

/** A connection's way from `connect` to its answer. */
export class Connecting {
  readonly #peer: Peer;
  readonly #admission: Admission;
  readonly #deadlines: Deadlines;
  #facts: ConnectFacts | undefined;
  #home: StreamTarget | undefined;

  constructor(peer: Peer, admission: Admission, deadlines: Deadlines) {
    this.#peer = peer;
    this.#admission = admission;
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
   * Decide, and answer.
   *
   * @param signal Aborted when the connection is over.
   */
  async start(event: ConnectRequested, signal: AbortSignal): Promise<void> {
    const peer = this.#peer;
    const { access, environment, options, serverData: data } = peer.house;
    const { tcUrl, app, pageUrl, swfUrl } = event;
    const facts = this.#facts = { tcUrl, app, pageUrl, swfUrl };
    this.#deadlines.asked();
    const target = resolveTarget(options, facts);
    if ("refused" in target) return this.#refuse(event.requestId, target.place, target.refused);
    const denied = access.checkConnect(peer, facts, target);
    if (denied !== undefined) return this.#reject(event.requestId, denied);
    const refusal = await this.#admission.admit(facts, target, signal);
    if (refusal !== undefined) {
      const place = { vhost: target.vhost.name, app: target.url.app };
      return refusal.kind === "deny"
        ? this.#refuse(event.requestId, place, { rule: "on_connect", ...refusal })
        : undefined;
    }
    this.#home = target;
    this.#deadlines.idle(environment.now());
    const { vhost, url } = target;
    peer.log("trace", "connect accepted", {
      ip: peer.ip,
      tcUrl: event.tcUrl,
      vhost: vhost.name,
      app: url.app,
      pageUrl: event.pageUrl === "" ? undefined : event.pageUrl,
      flashVer: event.flashVer === "" ? undefined : event.flashVer,
    });
    const { chunkSize, outAckSize, inAckSize } = vhost;
    peer.session.accept(event.requestId, { chunkSize, outAckSize, inAckSize, data });
    peer.resume();
  }

  #refuse(requestId: number, place: RequestPlace, refusal: Refusal): void {
    logRefusal(this.#peer, "connect", place, refusal);
    this.#reject(requestId, refusal.reason, refusal.redirect);
  }

  #reject(requestId: number, description: string, redirect?: string): void {
    const code = RejectionCode.ConnectRejected;
    this.#peer.session.reject(requestId, {
      code,
      description,
      ...(redirect === undefined ? {} : { redirect }),
    });
    this.#peer.resume();
  }
}
