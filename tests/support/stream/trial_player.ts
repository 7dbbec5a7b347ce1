/**
 * A player of a stream under trial, which checks all that it gets.
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import type { Source } from "../../../stream/live/source.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeControl } from "../../../rtmp/wire/control.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../assert.ts";
import type { TestThread } from "./joined_threads.ts";
import { labelOf, rtmpOutput } from "./live_stream.ts";

/** A message that was published, and the headers in force when it was. */
export interface Published {
  readonly label: string;
  readonly kind: Kind;
  readonly payload: Uint8Array;
  readonly publish: number;
  readonly videoHeader: string | undefined;
  readonly soundHeader: string | undefined;
}

/** What a message is for. */
export type Kind = "metadata" | "videoHeader" | "soundHeader" | "key" | "inter" | "sound";

/** Kinds that are kept and sent again. */
export const IS_HEADER: ReadonlySet<Kind> = new Set<Kind>(["metadata", "videoHeader", "soundHeader"]);

/** What a player is held against. */
export interface Trial {
  /** Of the output that it plays, bytes. */
  readonly chunkSize: number;
  /** Oldest first. */
  readonly published: readonly Published[];
  /** Where in {@link Trial.published} a message is, by its label. */
  readonly places: ReadonlyMap<string, number>;
  /** Other threads miss nothing where one publish follows another. */
  readonly isStrict: boolean;
}

/** A player whose writes take as long as the trial says. */
export class TrialPlayer {
  readonly consumer: Consumer;
  readonly source: Source;
  readonly #trial: Trial;
  readonly #thread: TestThread;
  readonly #decoder = new ChunkDecoder();
  #pending: { bytes: Uint8Array<ArrayBufferLike>; copy: Uint8Array<ArrayBuffer> } | undefined;
  #place = -1;
  #publish = 0;
  #time = 0;
  #headers: { video: string | undefined; sound: string | undefined } = { video: undefined, sound: undefined };
  #jumps = 0;
  #keylessJumps = 0;
  #left = false;
  #starts = true;
  readonly seen: string[] = [];

  constructor(trial: Trial, thread: TestThread) {
    this.#trial = trial;
    this.#thread = thread;
    this.source = thread.acquire();
    this.consumer = new Consumer(this.source.outputs.acquire(rtmpOutput(trial.chunkSize)), {
      wake: () => {},
    });
    const encoder = new ChunkEncoder();
    encoder.write(encodeControl({ kind: "setChunkSize", chunkSize: trial.chunkSize }));
    this.#decoder.decode(encoder.takeOutput() ?? new Uint8Array(0));
  }

  pause({ paused }: { readonly paused: boolean }): void {
    this.consumer.paused = paused;
  }

  /** A write begins, unless one is under way. */
  take(): void {
    if (this.#pending !== undefined) return;
    const bytes = this.consumer.take();
    if (bytes !== undefined) this.#pending = { bytes, copy: bytes.slice() };
  }

  /** The write under way is over: its bytes are still what they were. */
  written(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { bytes, copy } = pending;
    assertEquals(bytes.length, copy.length);
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] !== copy[i]) throw new Error(`byte ${i} of a write under way changed`);
    }
    this.consumer.written();
    if (this.#left) return;
    const messages = this.#decoder.decode(copy);
    assertEquals(this.#decoder.partialBytes, 0, "a take ended inside of a message");
    for (const message of messages) this.#see(message);
  }

  readAll(): void {
    this.written();
    for (this.take(); this.#pending !== undefined; this.take()) this.written();
  }

  leave(): void {
    this.consumer.leave();
    this.#left = true;
    this.source.outputs.release(this.consumer.output);
    this.#thread.sources.release(this.source);
    this.written();
  }

  /** It has all up to this place of what was published, but for what a jump left out. */
  checkUpTo(newest: number): void {
    // Too slow, it waits for a key frame.
    if (this.consumer.jumps > this.#jumps) return;
    if (!this.#trial.isStrict && this.#publish < (this.#trial.published[newest]?.publish ?? 0)) return;
    const rest = this.#trial.published.slice(this.#place + 1, newest + 1).filter(({ kind }) =>
      !IS_HEADER.has(kind)
    );
    if (this.#starts || rest.length === 0) return;
    assertEquals(rest.map(({ label }) => label), [], `not received: seen ${this.seen.slice(-5)}`);
  }

  #see(message: RtmpMessage): void {
    const [label = "", at = ""] = labelOf(message).split("@");
    this.seen.push(`${label}@${at}`);
    const place = this.#trial.places.get(label);
    assert(place !== undefined, `unknown message ${label}`);
    const known = this.#trial.published[place];
    assert(known !== undefined);
    const { kind } = known;
    const { payload } = message;
    if (kind !== "metadata") {
      assertEquals(payload.length, known.payload.length, label);
      for (let i = 0; i < payload.length; i++) {
        if (payload[i] !== known.payload[i]) throw new Error(`${label}: byte ${i} differs`);
      }
    }
    if (kind === "videoHeader") this.#headers = { ...this.#headers, video: label };
    if (kind === "soundHeader") this.#headers = { ...this.#headers, sound: label };
    if (IS_HEADER.has(kind)) return;
    const time = Number(at);
    assert(time >= this.#time, `time went back from ${this.#time} to ${at}: ${this.seen.slice(-5)}`);
    this.#time = time;
    if (kind === "sound") {
      if (known.soundHeader !== undefined) {
        assertEquals(this.#headers.sound, known.soundHeader, `${label}: ${this.seen.slice(-8)}`);
      }
    } else if (known.videoHeader !== undefined) {
      assertEquals(this.#headers.video, known.videoHeader, `${label}: ${this.seen.slice(-8)}`);
    }
    assert(place > this.#place, `${label} came after ${this.#place}: ${this.seen.slice(-5)}`);
    this.#checkGap(known, place);
    this.#publish = known.publish;
    this.#place = place;
    this.#starts = false;
  }

  #checkGap({ kind, label, publish }: Published, place: number): void {
    const missed = this.#trial.published.slice(this.#place + 1, place).filter(({ kind }) =>
      !IS_HEADER.has(kind)
    );
    if (this.#starts || missed.length === 0) return;
    if (this.consumer.jumps > this.#jumps) {
      this.#jumps = this.consumer.jumps;
      const hasPictures = missed.some((other) =>
        other.publish === publish && (other.kind === "key" || other.kind === "inter")
      );
      // Where no key frame came in time, it goes on without one.
      const { keylessJumps } = this.consumer;
      const isKeyless = keylessJumps > this.#keylessJumps;
      this.#keylessJumps = keylessJumps;
      if (hasPictures && !isKeyless) {
        assertEquals(kind, "key", `${label} after a jump: ${this.seen.slice(-8)}`);
      }
      return;
    }
    // Where messages come late, other threads may miss the tail of a publish and the start of the next one.
    if (!this.#trial.isStrict && this.#publish < publish) return;
    throw new Error(
      `${label} came, ${missed.map((other) => other.label)} are missing: ${this.seen.slice(-5)}`,
    );
  }
}
