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
import type { PlayRequested, PublishRequested } from "../session/mod.ts";
import { RtmpPlay } from "./rtmp_play.ts";
import { RtmpPublish } from "./rtmp_publish.ts";
import type { Revocation, StreamInfo } from "../../core/mod.ts";

/** What a connection publishes or plays. */
export class ActiveStream {
  readonly #connection: ConnectionContext;
  readonly #connect: ConnectAdmission;
  #publisher: PublishSession | undefined;
  #play: RtmpPlay | undefined;
  #last: { readonly app: string; readonly stream: StreamInfo | undefined } | undefined;
  #ending: Promise<void> = Promise.resolve();

  /** @param connect The vhosts that have admitted the client. */
  constructor(connection: ConnectionContext, connect: ConnectAdmission) {
    this.#connection = connection;
    this.#connect = connect;
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

  /** A publish is requested. Returns what starts it, once the last ending is recorded. */
  addPublish(event: PublishRequested): (facts: ConnectFacts) => Promise<void> {
    const publish = new RtmpPublish(this.#connection, this.#connect);
    this.#publisher = publish.session;
    return async (facts) => {
      await this.#ending;
      await publish.start(event, facts);
    };
  }

  /** The same of a play. */
  addPlay(event: PlayRequested): (facts: ConnectFacts) => Promise<void> {
    const play = this.#play = new RtmpPlay(this.#connection, this.#connect);
    return async (facts) => {
      await this.#ending;
      await play.start(event, facts);
    };
  }

  /** Hold the play, or continue. */
  pause(paused: boolean): void {
    this.#play?.pause(paused);
  }

  /** Check the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    this.#publisher?.sweep(nowMs);
    this.#play?.session.sweep(nowMs);
  }

  /** End it, if there is one; {@link ActiveStream.ending} then waits for it. Returns whether it was more than a request. */
  end(revocation: Revocation): boolean {
    const session = this.#publisher ?? this.#play?.session;
    if (session === undefined) return false;
    this.#publisher = this.#play = undefined;
    this.#last = session;
    session.abort();
    this.#ending = Promise.all([this.#ending, session.end(revocation)]).then(() => undefined);
    return session.worked;
  }
}
