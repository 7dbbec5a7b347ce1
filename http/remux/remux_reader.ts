/**
 * The reader of a play by one response: its answer begins when its tracks are known, and its bytes come from the log of
 * the stream.
 *
 * A player of FLV waits for every track that the file header announces, so the header is written once all tracks are
 * known that may come, or when the stream has shown for a while what it has. By then it is known, too, whether the
 * container can carry the stream.
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
  type StreamOutput,
  type Wakeable,
} from "../../stream/live/mod.ts";
import { type FlvTracks, MISSING_TRACK_MS } from "../../stream/media/mod.ts";
import type { Limits } from "../../core/mod.ts";
import { join } from "../../core/mod.ts";
import type { RemuxContainer } from "./container.ts";
import type { StreamFraming } from "./stream_framing.ts";
import { mediaOf, wantedTracks } from "./wanted_tracks.ts";

const NOTHING = new Uint8Array(0);

/** What a reader is made with. */
export interface RemuxReaderDeps {
  readonly client: SessionClient;
  readonly output: StreamOutput;
  readonly container: RemuxContainer;
  readonly framing: StreamFraming;
  readonly limits: Limits;
  readonly remux: HttpRemuxOptions;
  readonly url: string | undefined;
  /** A player that takes nothing for this time is ended, milliseconds; 0 for never. */
  sendTimeoutMs(): number;
  /** Replies that may wait for a client that does not read. */
  readonly maxReplyBytes: number;
  /** Monotonic milliseconds. */
  now(): number;
  /** Give the output up for one with these media. */
  select(media: PlayedMedia): StreamOutput;
  /** The stream is there: the head of the answer, and where the answer goes from here on. */
  answer(): { readonly head: Uint8Array<ArrayBuffer>; readonly sink: ByteSink };
  /** Another server has been asked for the stream, which may yet come from there. */
  mayCome(): boolean;
  /** A write failed: the client is gone, or reads none of its replies. */
  failed(error: unknown): void;
}

/** Takes the stream for one player. */
export class RemuxReader implements StreamReader, Wakeable {
  readonly #deps: RemuxReaderDeps;
  /** Those that it gets where the stream has them. */
  readonly #wanted: FlvTracks;
  #output: StreamOutput;
  #consumer: Consumer;
  #watch: SlowPlayerWatch | undefined;
  #writer: ConnectionWriter | undefined;
  #hasBegun = false;
  #missingSinceMs: number | undefined;
  #left = false;

  /** Joins the output, and answers at once where the tracks of a publish are known. */
  constructor(deps: RemuxReaderDeps) {
    this.#deps = deps;
    this.#wanted = wantedTracks(deps.remux, deps.container);
    this.#output = deps.output;
    this.#missingSinceMs = deps.output.live ? undefined : deps.now();
    this.#consumer = new Consumer(deps.output, this);
    this.wake();
  }

  /** Bytes that the client's socket took. */
  get sentBytes(): number {
    return this.#writer?.sentBytes ?? 0;
  }

  /** When a write last began, monotonic milliseconds; 0 when none has. */
  get sentMs(): number {
    return this.#writer?.sentMs ?? 0;
  }

  /** Somebody publishes the stream. */
  get live(): boolean {
    return this.#output.live;
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
  wake(): void {
    if (this.#left) return;
    if (this.#hasBegun) return this.#writer?.wake();
    if (!this.#output.live || this.#isRefused()) return;
    const tracks = this.#announced();
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
    const { client, mayCome, remux: { missing, missingTimeoutMs } } = this.#deps;
    this.#watch?.sweep(nowMs, this.#consumer);
    if (this.#output.live) {
      this.#missingSinceMs = undefined;
      // A publish may come with other codecs than the one before.
      if (!this.#isRefused() && !this.#hasBegun) this.#sendHead();
      return;
    }
    this.#missingSinceMs ??= nowMs;
    const waits = missing === "wait" || this.#writer !== undefined || mayCome();
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

  /** Ends the play of a stream that its container cannot carry. */
  #isRefused(): boolean {
    const { client, container } = this.#deps;
    const { knownTracks } = this.#output;
    const { audio, spanMs } = knownTracks;
    const isSilent = !container.hasVideo && !audio && spanMs >= MISSING_TRACK_MS;
    const refusal = isSilent ? "This stream has no sound" : container.refusal(knownTracks, this.#wanted);
    if (refusal !== undefined) client.end("unsupported", refusal);
    return refusal !== undefined;
  }

  /** The tracks that there are of those that are wanted; `undefined` while that is not known. */
  #announced(): FlvTracks | undefined {
    const { container, remux: { guessHasAv } } = this.#deps;
    const { hasAudio, hasVideo } = this.#wanted;
    if (container.opening !== undefined && !guessHasAv) return { hasAudio, hasVideo };
    const { audio, video, spanMs } = this.#output.knownTracks;
    const tracks = { hasAudio: audio && hasAudio, hasVideo: video && hasVideo };
    if (tracks.hasAudio === hasAudio && tracks.hasVideo === hasVideo) return tracks;
    return spanMs >= MISSING_TRACK_MS && (tracks.hasAudio || tracks.hasVideo) ? tracks : undefined;
  }

  /** The head, the file header and the first picture leave in one write. */
  #begin(tracks: FlvTracks): void {
    const { container: { opening }, framing, remux, select } = this.#deps;
    const drops = opening !== undefined && remux.dropIfNotMatch;
    const media = drops ? mediaOf(tracks) : this.#output.media;
    if (media !== this.#output.media) {
      this.#consumer.leave();
      this.#output = select(media);
      this.#consumer = new Consumer(this.#output, this);
    }
    const { head, writer } = this.#open();
    writer.consumer = this.#consumer;
    this.#hasBegun = true;
    writer.send(opening === undefined ? head : join(head, framing.wrap(opening(tracks))));
  }

  /**
   * There is a publisher, but no media yet: the client should know that much, where the stream can be had whatever it
   * has.
   */
  #sendHead(): void {
    if (this.#writer !== undefined || this.#deps.container.opening === undefined) return;
    const { head, writer } = this.#open();
    writer.send(head);
  }

  /** The writer, and what has to be sent first. */
  #open(): { readonly head: Uint8Array<ArrayBuffer>; readonly writer: ConnectionWriter } {
    const { answer, client, failed, limits, maxReplyBytes, now, sendTimeoutMs, url } = this.#deps;
    if (this.#writer !== undefined) return { head: NOTHING, writer: this.#writer };
    const { head, sink } = answer();
    const writer = this.#writer = new ConnectionWriter(sink, now, failed, maxReplyBytes);
    const watched = {
      ...{ client, writer, url },
      get sendTimeoutMs() {
        return sendTimeoutMs();
      },
    };
    this.#watch = new SlowPlayerWatch(watched, limits);
    return { head, writer };
  }
}
