/**
 * One connection of a pull by RTMP.
 *
 * @module
 */
import { type ClientEvent, ClientSession } from "../../rtmp/client/mod.ts";
import { isHangUp } from "../../system/mod.ts";
import { type LinkRead, RtmpLink } from "../link/link.ts";
import type { ClusterDeps } from "../ports.ts";
import { PullAttempt, type PullParts } from "./pull_attempt.ts";
import type { UpstreamPlace } from "./pull_route.ts";
import { toMediaMessage } from "./to_media_message.ts";

/** One connection. */
export class RtmpAttempt extends PullAttempt<UpstreamPlace> {
  readonly #isStepwise: boolean;
  #link: RtmpLink | undefined;
  #session: ClientSession | undefined;

  /** @param options `isStepwise`: one request at a time, for servers that take no other way. */
  constructor(
    parts: PullParts,
    deps: ClusterDeps,
    place: UpstreamPlace,
    { isStepwise }: { readonly isStepwise: boolean },
  ) {
    super(parts, deps, place);
    this.#isStepwise = isStepwise;
  }

  /** @inheritdoc */
  protected override close(): void {
    void this.#link?.close();
  }

  /** @inheritdoc */
  protected override async connect(): Promise<void> {
    const { client, edge, signal, target } = this.parts;
    const { dial, environment, identity, media } = this.deps;
    const { app, tcUrl, streamName, endpoint, trust } = this.place;
    const socket = await dial(endpoint, { signal, trust });
    if (this.over) return socket.close();
    const isForeign = trust !== "cluster";
    const session = this.#session = new ClientSession({
      environment,
      request: { kind: "play", app, tcUrl, streamName },
      flight: this.#isStepwise ? "stepwise" : "joined",
      // Servers of other makers may want the handshake of Flash players.
      ...(this.#isStepwise && isForeign ? { handshake: { form: "digest0" } } : {}),
      identity: identity.members(this.place, edge),
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
    if (isMisfit() && !this.over) this.finish({ kind: "misfit" });
  }

  /** The other server counts the players of its edges. */
  #reportViewers(): void {
    let last = 0;
    this.parts.client.reportViewers = (count) => {
      if (count === last) return;
      last = count;
      this.#session?.reportViewers(count);
      this.#link?.flush();
    };
  }

  async #take({ events, length, emptied }: LinkRead): Promise<void> {
    for (const event of events) {
      if (this.over) return;
      if (event.kind !== "media") {
        await this.#obey(event);
        continue;
      }
      if (!this.publish.live && !await this.beginPublish()) return;
      this.publish.receive(toMediaMessage(event.message));
    }
    await this.publish.afterRead({ length, emptied });
  }

  async #obey(event: Exclude<ClientEvent, { readonly kind: "media" }>): Promise<void> {
    const { serverId } = this.deps.identity;
    switch (event.kind) {
      case "connected":
        if (event.serverId === serverId && serverId !== "") {
          return this.refuse(`loop: ${serverId}, ${serverId}`);
        }
        if (this.place.trust === "cluster" && event.serverId !== "") this.#reportViewers();
        return;
      case "started":
        return this.started();
      case "refused": {
        const { code, description, redirect } = event.refusal;
        return this.refuse(description === "" ? code : description, redirect);
      }
      case "misfit":
        return this.finish({ kind: this.#isStepwise ? "lost" : "misfit" });
      case "publisherGone":
        this.parts.progress.set("connecting");
        return await this.publish.end({ isGone: false });
      case "reconnectRequested":
        return this.finish({ kind: "lost" });
      case "publisherBack":
      case "pong":
        return;
      default:
        event satisfies never;
    }
  }
}
