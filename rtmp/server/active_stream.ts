/**
 * The publish or play of a connection: one at a time, and the next begins when the ending of the last is recorded.
 *
 * @module
 */
import type {
  ConnectAdmission,
  ConnectFacts,
  Jumps,
  PublishSession,
  StreamUse,
} from "../../stream/admission/mod.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { ConnectionTraffic } from "./connection_traffic.ts";
import type { ConnectionWatchdog } from "./connection_watchdog.ts";
import type { SessionEvent } from "../session/mod.ts";
import { RtmpPlay } from "./rtmp_play.ts";
import { RtmpPublish } from "./rtmp_publish.ts";
import type { Revocation, StreamInfo } from "../../core/mod.ts";

/** The session's events about a stream, but for its media. */
export type StreamEvent = Exclude<
  SessionEvent,
  { readonly kind: "media" | "connectRequested" | "pong" | "ignored" }
>;

/** What the stream of a connection needs besides. */
export interface ActiveStreamDeps {
  /** The vhosts that have admitted the client. */
  readonly connect: ConnectAdmission;
  readonly watchdog: ConnectionWatchdog;
  readonly traffic: ConnectionTraffic;
}

/** What a connection publishes or plays. */
export class ActiveStream {
  readonly #connection: ConnectionContext;
  readonly #deps: ActiveStreamDeps;
  #publisher: PublishSession | undefined;
  #play: RtmpPlay | undefined;
  #last: { readonly app: string; readonly stream: StreamInfo | undefined } | undefined;
  #ending: Promise<void> = Promise.resolve();

  constructor(connection: ConnectionContext, deps: ActiveStreamDeps) {
    this.#connection = connection;
    this.#deps = deps;
  }

  /** The publish, requested or accepted. */
  get publisher(): PublishSession | undefined {
    return this.#publisher;
  }

  /** There is a publish or a play, or a request for one. */
  get isBusy(): boolean {
    return this.#publisher !== undefined || this.#play !== undefined;
  }

  /** A publish has been accepted. */
  get isPublishing(): boolean {
    return this.#publisher?.live === true;
  }

  /** The public address of the stream; `undefined` while its name may be a key. */
  get url(): string | undefined {
    return (this.isPublishing ? this.#publisher : this.#play?.session)?.stream?.streamUrl;
  }

  /** The app and stream that the connection last had, as far as they were public. */
  get last(): { readonly app?: string; readonly stream?: StreamInfo } {
    const { app, stream } = this.#last ?? {};
    return app === undefined || stream === undefined ? {} : { app, stream };
  }

  /** Jumps of the play; `undefined` without one. */
  get jumps(): Jumps | undefined {
    return this.#play?.session.jumps;
  }

  /** Settles when the endings of all that is over are recorded. */
  get ending(): Promise<void> {
    return this.#ending;
  }

  /** What can be seen of it. */
  use(nowMs: number): StreamUse | undefined {
    return this.#publisher?.use(nowMs) ?? this.#play?.session.use();
  }

  /**
   * Obey an event of the session.
   *
   * @param facts What the client said in `connect`.
   */
  handle(event: StreamEvent, facts: ConnectFacts | undefined): void {
    const connection = this.#connection;
    const { connect } = this.#deps;
    switch (event.kind) {
      case "publishRequested": {
        const publish = new RtmpPublish(connection, connect);
        this.#publisher = publish.session;
        connection.expectMedia();
        return this.#start(facts, (known) => publish.start(event, known));
      }
      case "playRequested": {
        const play = this.#play = new RtmpPlay(connection, connect);
        return this.#start(facts, (known) => play.start(event, known));
      }
      case "publishEnded":
      case "playEnded":
      case "requestWithdrawn":
        return this.end({ reason: "client", description: "The client ended the stream" });
      case "paused":
        return this.#play?.pause(event.paused);
      default:
        event satisfies never;
    }
  }

  /** Check the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    this.#publisher?.sweep(nowMs);
    this.#play?.session.sweep(nowMs);
  }

  /** End it, if there is one; {@link ActiveStream.ending} then waits for it. */
  end(revocation: Revocation): void {
    const session = this.#publisher ?? this.#play?.session;
    if (session === undefined) return;
    const { watchdog, traffic } = this.#deps;
    if (this.#play !== undefined) traffic.meter.playEnded(this.#play.session.jumps);
    this.#publisher = this.#play = undefined;
    this.#last = session;
    // A request that led to no media puts off no deadline.
    if (session.worked) watchdog.deadlines.restartIdle(this.#connection.server.clock.now());
    session.abort();
    this.#ending = Promise.all([this.#ending, session.end(revocation)]).then(() => undefined);
  }

  /** Start it once the last ending is recorded, unless the connection has used up its time or its requests. */
  #start(facts: ConnectFacts | undefined, start: (facts: ConnectFacts) => Promise<void>): void {
    if (facts === undefined) return;
    const connection = this.#connection;
    const missed = this.#deps.watchdog.checkStart(connection.lastReceivedMs);
    if (missed !== undefined) {
      return connection.endForLimit(missed.limit, missed.reason, missed.description);
    }
    const last = this.#ending;
    void connection.guard((async () => {
      await last;
      await start(facts);
    })());
  }
}
