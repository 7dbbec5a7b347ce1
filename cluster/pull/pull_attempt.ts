/**
 * One connection of a pull: from its opening to its end, with the publish here that its media makes.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import { type ClientEvent, ClientSession } from "../../rtmp/client/mod.ts";
import {
  PublishSession,
  type Refusal,
  type StreamTarget,
  type WantedStream,
} from "../../stream/admission/mod.ts";
import type { Source } from "../../stream/live/mod.ts";
import { isHangUp } from "../../system/mod.ts";
import { MediaKind } from "../../stream/media/mod.ts";
import { type LinkRead, RtmpLink } from "../link/link.ts";
import type { ClusterDeps } from "../ports.ts";
import { ArrivalPace } from "./arrival_pace.ts";
import type { PullClient } from "./pull_client.ts";
import { placeText, type UpstreamPlace } from "./pull_route.ts";
import { toMediaMessage } from "./to_media_message.ts";

/** How a connection ended. */
export type PullOutcome =
  /** `misfit`: again, step by step; `yielded`: the stream is published here. */
  | { readonly kind: "lost" | "misfit" | "yielded" }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly redirect?: string };

/** What all connections of a pull share. */
export interface PullParts {
  /** The pull, as this server's client. */
  readonly client: PullClient;
  /** The stream here. */
  readonly target: StreamTarget;
  /** The stream here. */
  readonly source: Source;
  /** The client for which it is pulled, where that is a server. */
  readonly edge: WantedStream["facts"]["edge"];
  /** Aborted when the pull is over. */
  readonly signal: AbortSignal;
  /** The other server has accepted the play. */
  started(): void;
  /** It has failed, or refused, with this text. */
  failed(error: string): void;
}

/** One connection. */
export class PullAttempt {
  readonly #parts: PullParts;
  readonly #deps: ClusterDeps;
  readonly #place: UpstreamPlace;
  readonly #isStepwise: boolean;
  #link: RtmpLink | undefined;
  #outcome: PullOutcome | undefined;
  #session: PublishSession | undefined;
  #pace: ArrivalPace | undefined;
  #mediaSinceMs: number | undefined;

  /** Nothing is done before {@link PullAttempt.run}. */
  constructor(
    parts: PullParts,
    deps: ClusterDeps,
    place: UpstreamPlace,
    { isStepwise }: { readonly isStepwise: boolean },
  ) {
    this.#parts = parts;
    this.#deps = deps;
    this.#place = place;
    this.#isStepwise = isStepwise;
  }

  /** Since when media has come, monotonic milliseconds; `undefined`: none has. */
  get mediaSinceMs(): number | undefined {
    return this.#mediaSinceMs;
  }

  /** End it with this outcome; the first one counts. */
  finish(outcome: PullOutcome): void {
    this.#outcome ??= outcome;
    void this.#link?.close();
  }

  /** Work until the connection ends. Never rejects but by a bug. */
  async run(): Promise<PullOutcome> {
    const { client, signal } = this.#parts;
    client.from = placeText(this.#place);
    const finish = (): void => this.finish({ kind: "lost" });
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
    try {
      if (this.#outcome === undefined) await this.#connect();
      if (this.#outcome === undefined) this.#fail("It closed the connection");
    } catch (error) {
      this.#fail(errorMessage(error));
    } finally {
      signal.removeEventListener("abort", finish);
      await this.#endPublish({ isGone: !signal.aborted });
      client.unlink();
    }
    return this.#outcome ?? { kind: "lost" };
  }

  async #connect(): Promise<void> {
    const { client, edge, signal, target } = this.#parts;
    const { dial, environment, identity, media } = this.#deps;
    const { app, tcUrl, streamName, endpoint } = this.#place;
    const socket = await dial(endpoint, signal);
    if (this.#outcome !== undefined) return socket.close();
    const session = new ClientSession({
      environment,
      request: { kind: "play", app, tcUrl, streamName },
      flight: this.#isStepwise ? "stepwise" : "joined",
      identity: identity.members(this.#place, edge),
      chunkSize: target.vhost.chunkSize,
    });
    const link = this.#link = client.link = new RtmpLink(socket, session, media.clock);
    // A server that does not like the joined flight may just hang up, over what it has not read.
    const isMisfit = (): boolean => !session.started && !this.#isStepwise;
    try {
      await link.run((read) => this.#take(read));
    } catch (error) {
      if (!isMisfit() || !isHangUp(error)) throw error;
    }
    if (isMisfit()) this.#outcome ??= { kind: "misfit" };
  }

  #fail(error: string): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = { kind: "lost" };
    this.#parts.failed(error);
  }

  async #take({ events, length, emptied }: LinkRead): Promise<void> {
    let hasVideo = false;
    let hasMedia = false;
    for (const event of events) {
      if (this.#outcome !== undefined) return;
      if (event.kind !== "media") {
        await this.#obey(event);
        continue;
      }
      if (this.#session === undefined && !await this.#beginPublish()) return;
      const message = toMediaMessage(event.message);
      hasMedia = true;
      hasVideo ||= message.typeId === MediaKind.Video;
      this.#session?.receive(message);
    }
    if (hasMedia) this.#session?.afterRead({ hasVideo });
    await this.#pace?.afterRead({ length, emptied });
  }

  async #obey(event: Exclude<ClientEvent, { readonly kind: "media" }>): Promise<void> {
    const { client, started, failed } = this.#parts;
    const { serverId } = this.#deps.identity;
    switch (event.kind) {
      case "connected":
        if (event.serverId !== serverId || serverId === "") return;
        return this.finish({
          kind: "refused",
          refusal: { rule: "origin", reason: `loop: ${serverId}, ${serverId}` },
        });
      case "started":
        client.log("trace", "Pull started", { from: client.from, ip: client.ip });
        return started();
      case "refused": {
        const { code, description, redirect } = event.refusal;
        const reason = description === "" ? code : description;
        failed(reason);
        const refusal = { rule: "origin", reason };
        return this.finish({ kind: "refused", refusal, ...(redirect === undefined ? {} : { redirect }) });
      }
      case "misfit":
        return this.finish({ kind: this.#isStepwise ? "lost" : "misfit" });
      case "publisherGone":
        return await this.#endPublish({ isGone: false });
      case "reconnectRequested":
        return this.finish({ kind: "lost" });
      case "publisherBack":
      case "pong":
        return;
      default:
        event satisfies never;
    }
  }

  /** The first message of a publish there begins one here. */
  async #beginPublish(): Promise<boolean> {
    const { client, source, target } = this.#parts;
    const { media } = this.#deps;
    const isFree = source.holder === undefined && !source.live;
    const session = new PublishSession(client, media);
    this.#session = client.session = session;
    const request = { facts: client.facts, streamName: target.url.stream, isOwn: true };
    const answer = isFree ? await session.start(request) : undefined;
    if (answer?.kind !== "allow" || this.#outcome !== undefined) {
      await this.#endPublish({ isGone: false });
      this.finish({ kind: "yielded" });
      return false;
    }
    this.#mediaSinceMs ??= media.clock.now();
    this.#pace = new ArrivalPace(session, target.vhost.play.mwLatencyMs, source, media.clock);
    return true;
  }

  async #endPublish({ isGone }: { readonly isGone: boolean }): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#pace?.end();
    this.#session = this.#pace = this.#parts.client.session = undefined;
    if (isGone) await session.end({ reason: "network", description: "The connection to the origin is gone" });
    else await session.end({ reason: "client", description: "The stream at the origin is over" });
  }
}
