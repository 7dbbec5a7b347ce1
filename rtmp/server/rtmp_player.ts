/**
 * The reader of a play over RTMP: brings a stream's log to the connection's writer.
 *
 * @module
 */
import { type PlaySession, SlowPlayerWatch, type StreamReader } from "../../stream/admission/mod.ts";
import type { ConnectionContext } from "./connection_context.ts";
import { type ConnectionWriter, Consumer, type StreamOutput } from "../../stream/live/mod.ts";

/** Writes a stream to one connection. */
export class RtmpPlayer implements StreamReader {
  readonly #writer: ConnectionWriter;
  readonly #consumer: Consumer;
  readonly #watch: SlowPlayerWatch;

  /** Attached at once: the stream follows whatever is sent in the same turn. */
  constructor(client: ConnectionContext, session: PlaySession, output: StreamOutput, sendTimeoutMs: number) {
    const { writer, server } = client;
    const url = session.stream?.streamUrl;
    const consumer = new Consumer(output, writer);
    this.#writer = writer;
    this.#consumer = writer.consumer = consumer;
    this.#watch = new SlowPlayerWatch({ client, consumer, writer, url, sendTimeoutMs }, server.limits);
  }

  /** @inheritdoc */
  get jumps(): number {
    return this.#consumer.jumps;
  }

  /** @inheritdoc */
  get droppedMs(): number {
    return this.#consumer.droppedMs;
  }

  /** Hold what the client gets, or continue. */
  pause(paused: boolean): void {
    this.#consumer.paused = paused;
    if (!paused) this.#writer.flush();
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    this.#watch.sweep(nowMs);
  }

  /** @inheritdoc */
  leave(): void {
    this.#consumer.leave();
    this.#writer.consumer = undefined;
  }
}
