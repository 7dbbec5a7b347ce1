/**
 * The publish or play of a connection: its request goes to a {@link PublishSession} or {@link PlaySession}, the answer
 * to the client. One at a time, and the next begins when the ending of the last is recorded.
 *
 * @module
 */
import {
  type ConnectAdmission,
  type ConnectFacts,
  type Jumps,
  NAME_TAKEN,
  PlaySession,
  PublishSession,
  type StreamTarget,
  type StreamUse,
} from "../../stream/admission/mod.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { ConnectionTraffic } from "./connection_traffic.ts";
import type { ConnectionWatchdog } from "./connection_watchdog.ts";
import {
  type PlayRequested,
  type PublishRequested,
  RejectionCode,
  type SessionEvent,
} from "../session/mod.ts";
import { RtmpFormat } from "./rtmp_format.ts";
import { RtmpReader } from "./rtmp_reader.ts";
import type { Denial, Revocation, StreamInfo } from "../../core/mod.ts";

/** The session's events about a stream, but for its media. */
export type StreamEvent = Exclude<
  SessionEvent,
  { readonly kind: "media" | "connectRequested" | "pong" | "ignored" }
>;

/** What a connection publishes or plays. */
export class ActiveStream {
  readonly #connection: ConnectionContext;
  readonly #connect: ConnectAdmission;
  readonly #watchdog: ConnectionWatchdog;
  readonly #traffic: ConnectionTraffic;
  #publisher: PublishSession | undefined;
  #play: PlaySession | undefined;
  /** Of the play, since it was accepted. */
  #reader: RtmpReader | undefined;
  #last: { readonly app: string; readonly stream: StreamInfo | undefined } | undefined;
  #ending: Promise<void> | undefined;

  /** @param connect The vhosts that have admitted the client. */
  constructor(
    connection: ConnectionContext,
    connect: ConnectAdmission,
    watchdog: ConnectionWatchdog,
    traffic: ConnectionTraffic,
  ) {
    this.#connection = connection;
    this.#connect = connect;
    this.#watchdog = watchdog;
    this.#traffic = traffic;
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

  /** What it plays is published on this server: another one does not have it. */
  get needsThisServer(): boolean {
    return this.#play?.needsThisServer === true;
  }

  /** The public address of the stream; `undefined` while its name may be a key. */
  get url(): string | undefined {
    return (this.isPublishing ? this.#publisher : this.#play)?.stream?.streamUrl;
  }

  /** The app and stream that the connection last had, as far as they were public. */
  get last(): { readonly app?: string; readonly stream?: StreamInfo } {
    const { app, stream } = this.#last ?? {};
    return app === undefined || stream === undefined ? {} : { app, stream };
  }

  /** Where the publish or play leads, as soon as that is known. */
  get target(): StreamTarget | undefined {
    return (this.#publisher ?? this.#play)?.target;
  }

  /** Jumps of the play; `undefined` without one. */
  get jumps(): Jumps | undefined {
    return this.#play?.jumps;
  }

  /** Settles when the endings of all that is over are recorded; `undefined`: nothing is over. */
  get ending(): Promise<void> | undefined {
    return this.#ending;
  }

  /** What can be seen of it. */
  use(nowMs: number): StreamUse | undefined {
    return this.#publisher?.use(nowMs) ?? this.#play?.use();
  }

  /**
   * Obey an event of the session.
   *
   * @param facts What the client said in `connect`.
   */
  handle(event: StreamEvent, facts: ConnectFacts | undefined): void {
    const connection = this.#connection;
    switch (event.kind) {
      case "publishRequested": {
        const session = this.#publisher = new PublishSession(connection, connection.server);
        connection.expectMedia();
        return this.#start(session, event, facts);
      }
      case "playRequested": {
        const session = this.#play = new PlaySession(
          connection,
          connection.server,
          ({ vhost }) => ({ format: new RtmpFormat(vhost.chunkSize) }),
        );
        return this.#start(session, event, facts);
      }
      case "publishEnded":
      case "playEnded":
      case "requestWithdrawn":
        return this.end({ reason: "client", description: "The client ended the stream" });
      case "viewersReported":
        return this.#play?.reportViewers(event.viewers);
      case "paused":
        return this.#reader?.pause(event.paused);
      default:
        event satisfies never;
    }
  }

  /** Check the deadlines; called about once a second. Returns whether the session has something to send. */
  sweep(nowMs: number): boolean {
    this.#publisher?.sweep(nowMs);
    this.#play?.sweep(nowMs);
    if (this.#reader?.takeEnd() !== true) return false;
    this.#connection.session.endStream();
    return true;
  }

  /** End it, if there is one; {@link ActiveStream.ending} then waits for it. */
  end(revocation: Revocation): void {
    const session = this.#publisher ?? this.#play;
    if (session === undefined) return;
    if (this.#play !== undefined) this.#traffic.meter.playEnded(this.#play.jumps);
    this.#publisher = this.#play = this.#reader = undefined;
    this.#last = session;
    // A request that led to no media puts off no deadline.
    if (session.worked) this.#watchdog.deadlines.restartIdle(this.#connection.server.clock.now());
    session.abort();
    const before = this.#ending;
    const ending = session.end(revocation);
    this.#ending = before === undefined ? ending : Promise.all([before, ending]).then(() => undefined);
  }

  /** Start it once the last ending is recorded, unless the connection has used up its time or its requests. */
  #start(
    session: PublishSession | PlaySession,
    event: PublishRequested | PlayRequested,
    facts: ConnectFacts | undefined,
  ): void {
    if (facts === undefined) return;
    const connection = this.#connection;
    const missed = this.#watchdog.checkStart(connection.lastReceivedMs);
    if (missed !== undefined) {
      return connection.endForLimit(missed.limit, missed.reason, missed.description);
    }
    void this.#decide(session, event, facts);
  }

  /** Never rejects: what goes wrong ends the connection. */
  async #decide(
    session: PublishSession | PlaySession,
    event: PublishRequested | PlayRequested,
    facts: ConnectFacts,
  ): Promise<void> {
    try {
      if (this.#ending !== undefined) await this.#ending;
      const { streamName } = event;
      const answer = await session.start({ facts, streamName, connect: this.#connect });
      if (answer.kind === "aborted" || session.aborted) return;
      if (answer.kind === "deny") this.#reject(event, answer);
      else if (event.kind === "publishRequested") this.#acceptPublish(event);
      else this.#acceptPlay(event);
    } catch (error) {
      this.#connection.failed(error);
    }
  }

  #reject({ kind, requestId }: PublishRequested | PlayRequested, denied: Denial): void {
    const { rule, reason: description, redirect } = denied;
    const publishCode = rule === NAME_TAKEN ? RejectionCode.PublishBadName : RejectionCode.PublishRejected;
    const code = kind === "publishRequested" ? publishCode : RejectionCode.PlayFailed;
    const to = redirect === undefined ? {} : { redirect };
    this.#connection.session.reject(requestId, { code, description, ...to });
    this.#connection.resume();
  }

  #acceptPublish({ requestId }: PublishRequested): void {
    const publisher = this.#publisher;
    if (publisher === undefined) return;
    const connection = this.#connection;
    const schedule = publisher.begin();
    if (schedule !== undefined) connection.readBy(schedule);
    connection.session.accept(requestId, { inAckSize: publisher.target?.vhost.inAckSize ?? 0 });
    connection.resume();
  }

  #acceptPlay({ requestId, durationMs }: PlayRequested): void {
    const play = this.#play;
    const { output, target } = play ?? {};
    if (play === undefined || output === undefined || target === undefined) return;
    const connection = this.#connection;
    const { chunkSize, tcpNodelay } = target.vhost;
    // Attached first, so that the answer, the headers and the first picture leave in one write.
    this.#reader = new RtmpReader(connection, play, output);
    play.begin(this.#reader, durationMs > 0 ? { durationMs } : {});
    connection.session.accept(requestId, { chunkSize });
    connection.resume();
    if (!tcpNodelay) connection.delaySmallSends();
  }
}
