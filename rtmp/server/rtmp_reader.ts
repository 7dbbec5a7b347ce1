/**
 * The reader of a play over RTMP: brings a stream's log to the connection's writer.
 *
 * @module
 */
import {
  type PlaySession,
  SlowPlayerWatch,
  type StreamReader,
  type WatchedPlayer,
} from "../../stream/admission/mod.ts";
import type { Limits } from "../../core/mod.ts";
import { type ConnectionWriter, Consumer, type StreamOutput } from "../../stream/live/mod.ts";

/** What is needed of the connection. */
export type ReadingConnection = WatchedPlayer["client"] & {
  readonly writer: ConnectionWriter;
  readonly server: { readonly limits: Limits };
};

/** What is needed of the play. */
export type ReadSession = Pick<PlaySession, "urgent"> & {
  readonly stream?: { readonly streamUrl: string } | undefined;
  readonly vhost?: { readonly play: { readonly sendTimeoutMs: number } } | undefined;
};

/** Writes a stream to one connection. */
export class RtmpReader implements StreamReader, WatchedPlayer {
  readonly client: ReadingConnection;
  readonly consumer: Consumer;
  readonly url: string | undefined;
  readonly #session: ReadSession;
  readonly #watch: SlowPlayerWatch;
  /** Where the consumer was when its stream had last ended; `undefined`: it was live at the begin. */
  #endedAt: number | undefined;

  /** Attached at once: the stream follows whatever is sent in the same turn. */
  constructor(client: ReadingConnection, session: ReadSession, output: StreamOutput) {
    this.client = client;
    this.url = session.stream?.streamUrl;
    this.#session = session;
    this.consumer = client.writer.consumer = new Consumer(output, client.writer, {
      urgent: session.urgent,
    });
    this.#watch = new SlowPlayerWatch(this, client.server.limits);
    if (!output.live) this.#endedAt = this.consumer.position;
  }

  /**
   * Whether an edge has to learn that its stream has no publisher any more: once for each end, when all that it can have
   * of the stream is out, for commands overtake media. Other players may leave at such news.
   */
  takeEnd(): boolean {
    const { output: { live, log }, position, awaitsKeyFrame } = this.consumer;
    // No key frame comes any more: nothing that is left is of use.
    const isOut = position === log.head || awaitsKeyFrame;
    const isNew = this.#session.urgent && !live && isOut && position !== this.#endedAt;
    if (isNew) this.#endedAt = position;
    return isNew;
  }

  /** @inheritdoc */
  get sendTimeoutMs(): number {
    return this.#session.vhost?.play.sendTimeoutMs ?? 0;
  }

  /** @inheritdoc */
  get writer(): ConnectionWriter {
    return this.client.writer;
  }

  /** @inheritdoc */
  get jumps(): number {
    return this.consumer.jumps;
  }

  /** @inheritdoc */
  get droppedMs(): number {
    return this.consumer.droppedMs;
  }

  /** Hold what the client gets, or continue. */
  pause(paused: boolean): void {
    this.consumer.paused = paused;
    if (!paused) this.writer.wake();
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    this.#watch.sweep(nowMs, this.consumer);
  }

  /** @inheritdoc */
  leave(): void {
    this.consumer.leave();
    this.writer.consumer = undefined;
  }
}
