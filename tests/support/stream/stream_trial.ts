/**
 * A stream under trial: publishers and players come and go on several threads in any order, writes stay under way
 * for long, messages between threads arrive late; each player is held against what was published.
 *
 * @module
 */
import { assertEquals } from "../assert.ts";
import { JoinedThreads, type TestPublish, type TestThread } from "./joined_threads.ts";
import {
  interFrame,
  keyFrame,
  metadataMessage,
  sound,
  soundHeader,
  SOURCE_OPTIONS,
  type TestSourceOptions,
  videoHeader,
} from "./live_stream.ts";
import { IS_HEADER, type Kind, type Published, type Trial, TrialPlayer } from "./trial_player.ts";

/** What can happen, as often as it stands here. */
export const TRIAL_ACTS = [
  ...["send", "send", "send", "send", "send", "send", "send", "flush", "publish", "end"] as const,
  ...["join", "leave", "pause", "take", "take", "take", "written", "written"] as const,
  ...["deliver", "deliver", "settle", "rest"] as const,
] as const;

/** Whether the last words of a publish have come to all threads when the next one begins. */
export type Delivery = "in order" | "late";

/** One thing that happens; `a` and `b` say to whom and how much. */
export interface TrialStep {
  readonly act: typeof TRIAL_ACTS[number];
  readonly a: number;
  readonly b: number;
}

const MAKE = { metadata: metadataMessage, videoHeader, soundHeader, key: keyFrame, inter: interFrame, sound };

/** What is sent, as often as it stands here. */
const KINDS: readonly Kind[] = [
  ...["inter", "inter", "inter", "inter", "inter", "inter", "key", "sound", "sound", "sound"] as const,
  ...["sound", "key", "videoHeader", "soundHeader", "metadata"] as const,
];

/** The stream, its publisher, its players, and all that was ever published. */
export class StreamTrial implements Trial {
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
