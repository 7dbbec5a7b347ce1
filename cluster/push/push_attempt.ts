/**
 * One connection of a push: from its opening to its end, with the reader that takes the stream for it.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import { type ClientEvent, ClientSession, type ServerRefusal } from "../../rtmp/client/mod.ts";
import type { EdgeFacts } from "../../stream/admission/mod.ts";
import { Consumer, type Source, type StreamOutput } from "../../stream/live/mod.ts";
import { deadline, isHangUp } from "../../system/mod.ts";
import { RtmpLink } from "../link/link.ts";
import type { ClusterDeps } from "../ports.ts";
import type { UpstreamPlace } from "../pull/pull_route.ts";
import { PublishFormat } from "./publish_format.ts";

/** How long a server may take to accept a publish, milliseconds. */
const ACCEPT_MS = 5000;
/** A target that takes nothing for this time is connected again, milliseconds. */
const STUCK_MS = 10_000;

/** How a connection ended. */
export type PushOutcome =
  | { readonly kind: "lost"; readonly error: string }
  /** `misfit`: again, step by step. */
  | { readonly kind: "misfit" | "stopped" }
  | { readonly kind: "refused"; readonly refusal: ServerRefusal };

/** What all connections of a push share. */
export interface PushParts {
  /** What is pushed. */
  readonly source: Source;
  /** Of what is sent, bytes. */
  readonly chunkSize: number;
  /** The publisher, where that is a server. */
  readonly edge: EdgeFacts | undefined;
  /** Aborted when the push is over. */
  readonly signal: AbortSignal;
  /** Settles when there is media to send, or the push is over. */
  readonly media: Promise<void>;
  /** The target has accepted the publish. */
  accepted(link: RtmpLink): void;
}

/** One connection. */
export class PushAttempt {
  readonly #parts: PushParts;
  readonly #deps: ClusterDeps;
  readonly #place: UpstreamPlace;
  readonly #flight: "joined" | "stepwise";
  readonly #answered = Promise.withResolvers<void>();
  #link: RtmpLink | undefined;
  #outcome: PushOutcome | undefined;
  #output: StreamOutput | undefined;
  #consumer: Consumer | undefined;
  #acceptedMs: number | undefined;
  #over = false;

  /** Nothing is done before {@link PushAttempt.run}. */
  constructor(parts: PushParts, deps: ClusterDeps, place: UpstreamPlace, flight: "joined" | "stepwise") {
    this.#parts = parts;
    this.#deps = deps;
    this.#place = place;
    this.#flight = flight;
  }

  /** The target had accepted the publish. */
  get wasLive(): boolean {
    return this.#acceptedMs !== undefined;
  }

  /** How long ago that was, milliseconds; 0 where it had not. */
  get liveMs(): number {
    return this.#acceptedMs === undefined ? 0 : this.#deps.media.clock.now() - this.#acceptedMs;
  }

  /** Bytes to the target. */
  get sentBytes(): number {
    return this.#link?.bytes.sendBytes ?? 0;
  }

  /** Check its liveness; called about once a second. */
  sweep(nowMs: number): void {
    const link = this.#link;
    if (link === undefined) return;
    if (link.writer.stuckMs > STUCK_MS) {
      return link.fail(new Deno.errors.TimedOut(`The target took nothing for ${STUCK_MS} ms`));
    }
    link.sweep(nowMs);
  }

  /** Work until the connection ends. Never rejects but by a bug. */
  async run(): Promise<PushOutcome> {
    const { signal } = this.#parts;
    const stop = (): void => this.#finish({ kind: "stopped" });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      if (this.#outcome === undefined) await this.#connect();
    } catch (error) {
      this.#outcome ??= { kind: "lost", error: errorMessage(error) };
    } finally {
      this.#over = true;
      this.#answered.resolve();
      signal.removeEventListener("abort", stop);
      this.#consumer?.leave();
      if (this.#output !== undefined) this.#parts.source.outputs.release(this.#output);
    }
    return this.#outcome ?? { kind: "lost", error: "It closed the connection" };
  }

  async #connect(): Promise<void> {
    const { chunkSize, edge, signal } = this.#parts;
    const { dial, environment, identity, media: { clock } } = this.#deps;
    const { app, tcUrl, streamName, endpoint, trust } = this.#place;
    const flight = this.#flight;
    const socket = await dial(endpoint, { signal, trust });
    if (this.#outcome !== undefined) return socket.close();
    const session = new ClientSession({
      environment,
      request: { kind: "publish", app, tcUrl, streamName },
      ...{ flight, chunkSize },
      ...(flight === "stepwise" ? { handshake: { form: "digest0" } } : {}),
      identity: identity.members(this.#place, edge),
    });
    const link = this.#link = new RtmpLink(socket, session, clock);
    void deadline(clock, this.#answered.promise, { maxMs: ACCEPT_MS }).then((outcome) => {
      if (outcome !== "expired") return;
      link.fail(new Deno.errors.TimedOut(`The target did not accept the publish within ${ACCEPT_MS} ms`));
    });
    // A server that does not like the joined flight may just hang up, over what it has not read.
    const isMisfit = (): boolean => !session.started && flight === "joined";
    try {
      await link.run(({ events }) => {
        for (const event of events) this.#obey(event, link, session);
        return undefined;
      });
    } catch (error) {
      if (!isMisfit() || !isHangUp(error)) throw error;
    }
    if (isMisfit()) this.#outcome ??= { kind: "misfit" };
  }

  #obey(event: ClientEvent, link: RtmpLink, session: ClientSession): void {
    switch (event.kind) {
      case "started":
        this.#answered.resolve();
        this.#acceptedMs = this.#deps.media.clock.now();
        this.#parts.accepted(link);
        void this.#parts.media.then(() => this.#attach(link, session.streamId));
        return;
      case "refused":
        return this.#finish({ kind: "refused", refusal: event.refusal });
      case "misfit":
        return this.#finish({ kind: "misfit" });
      case "reconnectRequested":
        return this.#finish({ kind: "lost", error: "It wants its clients to connect again" });
      case "connected":
      case "media":
      case "publisherGone":
      case "publisherBack":
      case "pong":
        return;
      default:
        event satisfies never;
    }
  }

  /** The first outcome counts. */
  #finish(outcome: PushOutcome): void {
    this.#outcome ??= outcome;
    this.#answered.resolve();
    void this.#link?.close();
  }

  #attach(link: RtmpLink, streamId: number): void {
    if (this.#over || this.#outcome !== undefined) return;
    const { source, chunkSize } = this.#parts;
    const output = source.outputs.acquire({ format: new PublishFormat(chunkSize, streamId), tracks: "all" });
    this.#output = output;
    this.#consumer = link.writer.consumer = new Consumer(output, link.writer);
    link.writer.wake();
  }
}
