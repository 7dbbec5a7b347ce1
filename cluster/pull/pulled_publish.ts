/**
 * What a pull publishes here: from the first media of a publish there to its end.
 *
 * @module
 */
import { NAME_TAKEN, PublishSession } from "../../stream/admission/mod.ts";
import type { MediaContext, StreamTarget } from "../../stream/admission/mod.ts";
import type { Source } from "../../stream/live/mod.ts";
import { MediaKind, type MediaMessage, readVideoTag } from "../../stream/media/mod.ts";
import { ArrivalPace, type ArrivedBytes } from "./arrival_pace.ts";
import type { PullClient } from "./pull_client.ts";

/** Whose publishes they are. */
export interface PulledStream {
  /** The pull, as this server's client. */
  readonly client: PullClient;
  /** The stream here. */
  readonly target: StreamTarget;
  /** The stream here. */
  readonly source: Source;
}

/** What became of the start of a publish: `taken`: the stream is published here by somebody else. */
export type PublishStart = { readonly kind: "begun" | "taken" } | {
  readonly kind: "denied";
  readonly reason: string;
};

/** The publishes of one connection, one after the other. */
export class PulledPublish {
  readonly #stream: PulledStream;
  readonly #media: MediaContext;
  #session: PublishSession | undefined;
  #pace: ArrivalPace | undefined;
  #mediaSinceMs: number | undefined;
  #hasMedia = false;
  #hasVideo = false;
  #hasPicture = false;

  /** Nothing is published yet. */
  constructor(stream: PulledStream, media: MediaContext) {
    this.#stream = stream;
    this.#media = media;
  }

  /** Since when media has come, monotonic milliseconds; `undefined`: none has. */
  get mediaSinceMs(): number | undefined {
    return this.#mediaSinceMs;
  }

  /** Something is published. */
  get live(): boolean {
    return this.#session !== undefined;
  }

  /** Begin one, unless `isOver` by then. */
  async begin(isOver: () => boolean): Promise<PublishStart> {
    const { client, source, target } = this.#stream;
    const isFree = source.holder === undefined && !source.live;
    const session = new PublishSession(client, this.#media);
    this.#session = client.session = session;
    const request = { facts: client.facts, streamName: target.url.stream, isOwn: true };
    const answer = isFree ? await session.start(request) : undefined;
    if (answer?.kind !== "allow" || isOver()) {
      await this.end({ isGone: false });
      const isDenied = answer?.kind === "deny" && answer.rule !== NAME_TAKEN;
      return isDenied ? { kind: "denied", reason: answer.reason } : { kind: "taken" };
    }
    this.#mediaSinceMs ??= this.#media.clock.now();
    this.#hasPicture = false;
    this.#pace = new ArrivalPace(session, target.vhost.play.mwLatencyMs, source, this.#media.clock);
    return { kind: "begun" };
  }

  /** Take a message. */
  receive(message: MediaMessage): void {
    this.#hasMedia = true;
    const { typeId, payload } = message;
    this.#hasVideo ||= typeId === MediaKind.Video;
    this.#session?.receive(message);
    if (this.#hasPicture || typeId !== MediaKind.Video || !readVideoTag(payload).keyFrame) return;
    this.#hasPicture = true;
    this.#pace?.onKeyFrame();
  }

  /** All messages of a read were taken; the next read waits for what this returns. */
  async afterRead(read: ArrivedBytes): Promise<void> {
    if (this.#hasMedia) this.#session?.afterRead({ hasVideo: this.#hasVideo });
    this.#hasMedia = this.#hasVideo = false;
    await this.#pace?.afterRead(read);
  }

  /** It is over; may be called again. `isGone`: with its connection. */
  async end({ isGone }: { readonly isGone: boolean }): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#pace?.end();
    this.#session = this.#pace = this.#stream.client.session = undefined;
    if (isGone) await session.end({ reason: "network", description: "The connection to the origin is gone" });
    else await session.end({ reason: "client", description: "The stream at the origin is over" });
  }
}
