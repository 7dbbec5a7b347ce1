/**
 * A player of FLV: its answer begins when the stream does, and its bytes come from the log of the stream.
 *
 * @module
 */
import { type SessionClient, SlowPlayerWatch, type StreamReader } from "../../stream/admission/mod.ts";
import {
  type ByteSink,
  ConnectionWriter,
  Consumer,
  type Sink,
  type StreamOutput,
} from "../../stream/live/mod.ts";
import { encodeFlvHeader } from "../../stream/media/mod.ts";
import type { Limits } from "../../core/mod.ts";
import { join } from "../../core/mod.ts";
import type { FlvFraming } from "./flv_framing.ts";

/** What a player is made with. */
export interface FlvPlayerDeps {
  readonly client: SessionClient;
  readonly output: StreamOutput;
  readonly framing: FlvFraming;
  readonly limits: Limits;
  readonly url: string | undefined;
  readonly sendTimeoutMs: number;
  /** A player that waits so long for a publisher is ended, milliseconds. */
  readonly missingTimeoutMs: number;
  /** Monotonic milliseconds. */
  now(): number;
  /** The stream is there: the head of the answer, and where the answer goes from here on. */
  answer(): { readonly head: Uint8Array<ArrayBuffer>; readonly sink: ByteSink };
  /** A write failed: the client is gone. */
  failed(error: unknown): void;
}

/** One player. */
export class FlvPlayer implements StreamReader, Sink {
  readonly #deps: FlvPlayerDeps;
  readonly #consumer: Consumer;
  #watch: SlowPlayerWatch | undefined;
  #writer: ConnectionWriter | undefined;
  #hasFileHeader = false;
  #missingSinceMs: number | undefined;
  #left = false;

  /** Joins the output, and answers at once where a publish is under way. */
  constructor(deps: FlvPlayerDeps) {
    this.#deps = deps;
    this.#missingSinceMs = deps.output.live ? undefined : deps.now();
    this.#consumer = new Consumer(deps.output, this);
    if (deps.output.live) this.flush();
  }

  /** Bytes that the client's socket took. */
  get sentBytes(): number {
    return this.#writer?.sentBytes ?? 0;
  }

  /** The answer has begun. */
  get answered(): boolean {
    return this.#writer !== undefined;
  }

  /** @inheritdoc */
  get jumps(): number {
    return this.#consumer.jumps;
  }

  /** @inheritdoc */
  get droppedMs(): number {
    return this.#consumer.droppedMs;
  }

  /** @inheritdoc */
  flush(): void {
    if (this.#left) return;
    if (this.#hasFileHeader) return this.#writer?.flush();
    if (this.#deps.output.live) this.#begin();
  }

  /** Send bytes that are not of the log, before any media that is not yet being written. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#writer?.send(bytes);
  }

  /** Settles when nothing is being written. */
  async idle(): Promise<void> {
    await this.#writer?.idle();
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    const { client, output, missingTimeoutMs } = this.#deps;
    this.#watch?.sweep(nowMs);
    if (output.live) {
      this.#missingSinceMs = undefined;
      return this.flush();
    }
    this.#missingSinceMs ??= nowMs;
    if (nowMs - this.#missingSinceMs < missingTimeoutMs) return;
    client.end("idle", `Nobody has published this stream for ${missingTimeoutMs} ms`);
  }

  /** @inheritdoc */
  leave(): void {
    this.#left = true;
    this.#consumer.leave();
    if (this.#writer !== undefined) this.#writer.consumer = undefined;
  }

  /** The head, the file header and the first picture leave in one write. */
  #begin(): void {
    const { answer, client, framing, limits, sendTimeoutMs, url } = this.#deps;
    const { head, sink } = answer();
    const writer = this.#writer = new ConnectionWriter(sink, this.#deps.now, this.#deps.failed);
    const consumer = writer.consumer = this.#consumer;
    this.#watch = new SlowPlayerWatch({ client, consumer, writer, url, sendTimeoutMs }, limits);
    this.#hasFileHeader = true;
    writer.send(join(head, framing.wrap(encodeFlvHeader({ hasAudio: true, hasVideo: true }))));
  }
}
