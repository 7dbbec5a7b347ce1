/**
 * A stream under trial: publishers and players come and go on several threads in any order, writes stay under way
 * for long, messages between threads arrive late; each player is held against what was published.
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
import { JoinedThreads, type TestPublish, type TestThread } from "./joined_threads.ts";
import {
  interFrame,
  keyFrame,
  labelOf,
  metadataMessage,
  rtmpOutput,
  sound,
  soundHeader,
  SOURCE_OPTIONS,
  type TestSourceOptions,
  videoHeader,
} from "./live_stream.ts";

/** What can happen, as often as it stands here. */
export const TRIAL_ACTS = [
  ...["send", "send", "send", "send", "send", "send", "send", "flush", "publish", "end"] as const,
  ...["join", "leave", "pause", "take", "take", "take", "written", "written"] as const,
  ...["deliver", "deliver", "settle", "rest"] as const,
] as const;

/** One thing that happens; `a` and `b` say to whom and how much. */
export interface TrialStep {
  readonly act: typeof TRIAL_ACTS[number];
  readonly a: number;
  readonly b: number;
}

/** Whether the last words of a publish have come to all threads when the next one begins. */
export type Delivery = "in order" | "late";

/** A message that was published, and the headers in force when it was. */
interface Published {
  readonly label: string;
  readonly kind: Kind;
  readonly payload: Uint8Array;
  readonly publish: number;
  readonly videoHeader: string | undefined;
  readonly soundHeader: string | undefined;
}

/** What a message is for. */
type Kind = "metadata" | "videoHeader" | "soundHeader" | "key" | "inter" | "sound";

const MAKE = { metadata: metadataMessage, videoHeader, soundHeader, key: keyFrame, inter: interFrame, sound };
const IS_HEADER: ReadonlySet<Kind> = new Set<Kind>(["metadata", "videoHeader", "soundHeader"]);
/** What is sent, as often as it stands here. */
const KINDS: readonly Kind[] = [
  ...["inter", "inter", "inter", "inter", "inter", "inter", "key", "sound", "sound", "sound"] as const,
  ...["sound", "key", "videoHeader", "soundHeader", "metadata"] as const,
];

/** The stream, its publisher, its players, and all that was ever published. */
export class StreamTrial {
  readonly house: JoinedThreads;
  readonly players: TrialPlayer[] = [];
  readonly published: Published[] = [];
  readonly places = new Map<string, number>();
  /** Other threads miss nothing where one publish follows another. */
  readonly isStrict: boolean;
  #publish: TestPublish | undefined;
  #publishes = 0;
  #time = 0;
  #timestamp = 0;
  #unflushed = { bytes: 0, ms: 0 };
  #headers: { video: string | undefined; sound: string | undefined } = { video: undefined, sound: undefined };
  readonly #options: Partial<TestSourceOptions>;

  constructor(threads: number, options: Partial<TestSourceOptions>, delivery: Delivery) {
    this.house = new JoinedThreads(threads, options);
    this.isStrict = delivery === "in order";
    this.#options = options;
  }

  /** Do it, where it can be done. */
  step({ act, a, b }: TrialStep): void {
    switch (act) {
      case "send":
        return this.#send(a, b);
      case "flush":
        return this.#flush();
      case "publish":
        return this.#begin(a);
      case "end":
        return this.#end();
      case "join":
        if (this.players.length < 8) this.players.push(new TrialPlayer(this, this.#thread(a)));
        return;
      case "leave": {
        const [player] = this.players.splice(a % Math.max(1, this.players.length), 1);
        return player?.leave();
      }
      case "pause":
        return this.#player(a)?.pause({ paused: b % 2 === 0 });
      case "take":
        return this.#player(a)?.take();
      case "written":
        return this.#player(a)?.written();
      case "deliver":
        for (let i = 0; i <= b % 8; i++) this.house.deliver(a + i);
        return;
      case "rest":
        for (const source of this.#thread(a).sources) source.releaseIdleMemory();
        return;
      case "settle":
        return this.house.settle({ backwards: a % 2 === 0 });
    }
  }

  /** All arrives and all is read: nobody may miss the newest message. */
  finish(): void {
    this.house.settle();
    this.#publish?.source.flush();
    this.house.settle();
    for (const { consumer } of this.players) consumer.paused = false;
    for (const player of this.players) player.readAll();
    const newest = this.published.length - 1;
    const { publish } = this.published[newest] ?? {};
    if (this.#publish === undefined || publish !== this.#publishes) return;
    for (const player of this.players) player.checkUpTo(newest);
    for (const player of this.players.splice(0)) player.leave();
    this.#end();
    this.house.settle();
    for (const { sources } of this.house.threads) assertEquals(sources.size, 0);
  }

  /** The chunk size of all that is sent to players. */
  get chunkSize(): number {
    return this.#options.chunkSize ?? SOURCE_OPTIONS.chunkSize;
  }

  #thread(a: number): TestThread {
    return this.house.thread(a % this.house.threads.length);
  }

  #player(a: number): TrialPlayer | undefined {
    return this.players[a % Math.max(1, this.players.length)];
  }

  #begin(a: number): void {
    if (this.#publish !== undefined) return;
    const thread = this.#thread(a);
    // The next publisher's thread gets the time of the stream before it may begin.
    const times = this.house.threads.flatMap(({ sources }) => [...sources]).map(({ time }) => time);
    if (this.isStrict) this.house.settle();
    const source = thread.acquire();
    source.advance(Math.max(0, this.#time, ...times));
    this.#publish = thread.publish();
    thread.sources.release(source);
    this.#publishes++;
    this.#headers = { video: undefined, sound: undefined };
    this.#timestamp = (a * 7919) % 100_000;
  }

  #end(): void {
    const publish = this.#publish;
    if (publish === undefined) return;
    this.#publish = undefined;
    // What is said at the end may be overtaken, what was said long before is there.
    if (!this.isStrict) this.house.settle();
    publish.end();
    this.#time = Math.max(this.#time, publish.source.time);
    if (this.isStrict) this.house.settle();
  }

  #flush(): void {
    this.#unflushed = { bytes: 0, ms: 0 };
    this.#publish?.source.flush();
  }

  #send(a: number, b: number): void {
    const publish = this.#publish;
    if (publish === undefined) return;
    const kind = KINDS[a % KINDS.length] ?? "sound";
    const label = `${kind}.${this.published.length}`;
    const size = IS_HEADER.has(kind) ? 0 : b % 11 === 0 ? b % 150_000 : b % 9000;
    this.#timestamp += b % 50;
    const message = MAKE[kind](label, this.#timestamp, size);
    // Every byte tells which message it is of.
    if (!IS_HEADER.has(kind)) {
      const at = 5 + label.length + 1;
      if (message.payload.length > at) message.payload.fill(1 + this.published.length % 251, at);
    }
    if (kind === "videoHeader") this.#headers = { ...this.#headers, video: label };
    if (kind === "soundHeader") this.#headers = { ...this.#headers, sound: label };
    this.places.set(label, this.published.length);
    this.published.push({
      label,
      kind,
      payload: message.payload,
      publish: this.#publishes,
      videoHeader: this.#headers.video,
      soundHeader: this.#headers.sound,
    });
    publish.source.receive(message, this.#timestamp);
    this.#unflushed = {
      bytes: this.#unflushed.bytes + message.payload.length,
      ms: this.#unflushed.ms + b % 50,
    };
    const { bytes, ms } = this.#unflushed;
    const { maxLagBytes = Infinity, queueLengthMs = Infinity } = this.#options;
    // A flush is never so rare that all players are late for it.
    if (b % 3 === 0 || bytes > maxLagBytes / 3 || ms > queueLengthMs / 2) this.#flush();
  }
}

/** A player whose writes take as long as the trial says. */
export class TrialPlayer {
  readonly consumer: Consumer;
  readonly source: Source;
  readonly #trial: StreamTrial;
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

  constructor(trial: StreamTrial, thread: TestThread) {
    this.#trial = trial;
    this.#thread = thread;
    this.source = thread.acquire();
    this.consumer = new Consumer(this.source.outputs.acquire(rtmpOutput(trial.chunkSize)), {
      flush: () => {},
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
