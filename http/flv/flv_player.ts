/**
 * A player of FLV: its answer begins when its tracks are known, and its bytes come from the log of the stream.
 *
 * A player waits for every track that the file header announces, so the header is written once all tracks are known
 * that may come, or when the stream has shown for a while what it has.
 *
 * @module
 */
import { type SessionClient, SlowPlayerWatch, type StreamReader } from "../../stream/admission/mod.ts";
import type { HttpRemuxOptions } from "../../stream/admission/mod.ts";
import {
  type ByteSink,
  ConnectionWriter,
  Consumer,
  type PlayedMedia,
  type Sink,
  type StreamOutput,
} from "../../stream/live/mod.ts";
import { encodeFlvHeader, type FlvTracks } from "../../stream/media/mod.ts";
import type { Limits } from "../../core/mod.ts";
import { join } from "../../core/mod.ts";
import type { FlvFraming } from "./flv_framing.ts";

/** How much of a stream has to be there without a track before it is taken for missing, milliseconds. */
const MISSING_TRACK_MS = 500;
const NOTHING = new Uint8Array(0);

/** What a player is made with. */
export interface FlvPlayerDeps {
  readonly client: SessionClient;
  readonly output: StreamOutput;
  readonly framing: FlvFraming;
  readonly limits: Limits;
  readonly remux: HttpRemuxOptions;
  readonly url: string | undefined;
  readonly sendTimeoutMs: number;
  /** Monotonic milliseconds. */
  now(): number;
  /** Give the output up for one with these media. */
  select(media: PlayedMedia): StreamOutput;
  /** The stream is there: the head of the answer, and where the answer goes from here on. */
  answer(): { readonly head: Uint8Array<ArrayBuffer>; readonly sink: ByteSink };
  /** A write failed: the client is gone, or reads none of its replies. */
  failed(error: unknown): void;
}

/** The media that are played in a vhost. */
export function mediaOf({ hasAudio, hasVideo }: FlvTracks): PlayedMedia {
  if (hasAudio === hasVideo) return "both";
  return hasAudio ? "audio" : "video";
}

/** One player. */
export class FlvPlayer implements StreamReader, Sink {
  readonly #deps: FlvPlayerDeps;
  #output: StreamOutput;
  #consumer: Consumer;
  #watch: SlowPlayerWatch | undefined;
  #writer: ConnectionWriter | undefined;
  #hasFileHeader = false;
  #missingSinceMs: number | undefined;
  #left = false;

  /** Joins the output, and answers at once where the tracks of a publish are known. */
  constructor(deps: FlvPlayerDeps) {
    this.#deps = deps;
    this.#output = deps.output;
    this.#missingSinceMs = deps.output.live ? undefined : deps.now();
    this.#consumer = new Consumer(deps.output, this);
    this.flush();
  }

  /** Bytes that the client's socket took. */
  get sentBytes(): number {
    return this.#writer?.sentBytes ?? 0;
  }

  /** When a write last began, monotonic milliseconds; 0 when none has. */
  get sentMs(): number {
    return this.#writer?.sentMs ?? 0;
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
    const tracks = this.#output.live ? this.#announced() : undefined;
    if (tracks !== undefined) this.#begin(tracks);
  }

  /** Send bytes that are not of the log, before any media that is not yet being written. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#writer?.send(bytes);
  }

  /** Settles when nothing is being written, or the connection is broken. */
  async idle(): Promise<void> {
    await this.#writer?.idle();
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    const { client, remux: { missing, missingTimeoutMs } } = this.#deps;
    this.#watch?.sweep(nowMs);
    if (this.#output.live) {
      this.#missingSinceMs = undefined;
      if (!this.#hasFileHeader) this.#sendHead();
      return;
    }
    this.#missingSinceMs ??= nowMs;
    const waits = missing === "wait" || this.#writer !== undefined;
    if (waits && nowMs - this.#missingSinceMs < missingTimeoutMs) return;
    const time = waits ? ` for ${missingTimeoutMs} ms` : "";
    client.end("idle", `Nobody publishes this stream${time}`);
  }

  /** @inheritdoc */
  leave(): void {
    this.#left = true;
    this.#consumer.leave();
    if (this.#writer !== undefined) this.#writer.consumer = undefined;
  }

  /** What the file header announces; `undefined` while that is not known. */
  #announced(): FlvTracks | undefined {
    const { hasAudio, hasVideo, guessHasAv } = this.#deps.remux;
    if (!guessHasAv) return { hasAudio, hasVideo };
    const { audio, video, spanMs } = this.#output.knownTracks;
    const tracks = { hasAudio: audio && hasAudio, hasVideo: video && hasVideo };
    if (tracks.hasAudio === hasAudio && tracks.hasVideo === hasVideo) return tracks;
    return spanMs >= MISSING_TRACK_MS && (tracks.hasAudio || tracks.hasVideo) ? tracks : undefined;
  }

  /** The head, the file header and the first picture leave in one write. */
  #begin(tracks: FlvTracks): void {
    const { framing, remux, select } = this.#deps;
    const media = remux.dropIfNotMatch ? mediaOf(tracks) : this.#output.media;
    if (media !== this.#output.media) {
      this.#consumer.leave();
      this.#output = select(media);
      this.#consumer = new Consumer(this.#output, this);
    }
    const { head, writer } = this.#open();
    writer.consumer = this.#consumer;
    this.#hasFileHeader = true;
    writer.send(join(head, framing.wrap(encodeFlvHeader(tracks))));
  }

  /** There is a publisher, but no media yet: the client should know that much. */
  #sendHead(): void {
    if (this.#writer !== undefined) return;
    const { head, writer } = this.#open();
    writer.send(head);
  }

  /** The writer, and what has to be sent first. */
  #open(): { readonly head: Uint8Array<ArrayBuffer>; readonly writer: ConnectionWriter } {
    const { answer, client, limits, sendTimeoutMs, url } = this.#deps;
    if (this.#writer !== undefined) return { head: NOTHING, writer: this.#writer };
    const { head, sink } = answer();
    const writer = this.#writer = new ConnectionWriter(sink, this.#deps.now, this.#deps.failed);
    const consumer = this.#consumer;
    this.#watch = new SlowPlayerWatch({ client, consumer, writer, url, sendTimeoutMs }, limits);
    return { head, writer };
  }
}
