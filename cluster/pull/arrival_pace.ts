/**
 * When a pulled stream is read and flushed. An origin that sends in batches has done the waiting already: each batch
 * is flushed as it comes. One that sends each message at once is read with the beat of the stream's flushes, as a
 * publisher is. What the other server had kept of the stream comes first, over several round trips, and is flushed as
 * it comes: players wait for it.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { PublishSession } from "../../stream/admission/mod.ts";
import type { Source } from "../../stream/live/mod.ts";

/** Reads that show how an origin sends. */
const SAMPLE_READS = 8;
/** Reads with the beat, before the origin is looked at again. */
const BEAT_READS = 200;
/** Arrivals that are further apart on average are batches, milliseconds. */
const BATCH_MS = 60;
/** What comes for this long after the begin is what the other server had kept, milliseconds. */
const KEPT_MS = 1000;
/** Between two flushes of it, milliseconds: a key frame that has come whole does not wait for that. */
const KEPT_FLUSH_MS = 20;

/** What a read was. */
export interface ArrivedBytes {
  /** Of the read. */
  readonly length: number;
  /** Nothing is left in the socket. */
  readonly emptied: boolean;
}

/** The pace of one pulled publish. */
export class ArrivalPace {
  readonly #beat: ReturnType<PublishSession["begin"]>;
  readonly #minFlushMs: number;
  readonly #source: Source;
  readonly #clock: Pick<Clock, "now">;
  #sampled = 0;
  #sampleMs: number;
  #beatsLeft = 0;
  #picture: "awaited" | "came" | "flushed" = "awaited";
  readonly #beganMs: number;
  #flushedMs = -Infinity;
  #ended = false;

  /** The publish begins. */
  constructor(session: PublishSession, mwLatencyMs: number, source: Source, clock: Pick<Clock, "now">) {
    this.#beat = session.begin();
    this.#minFlushMs = mwLatencyMs / 2;
    this.#source = source;
    this.#clock = clock;
    this.#beganMs = this.#sampleMs = clock.now();
  }

  /** A key frame has come whole. */
  onKeyFrame(): void {
    if (this.#picture === "awaited") this.#picture = "came";
  }

  /** A read has been received; the next one waits for what this returns. */
  afterRead({ length, emptied }: ArrivedBytes): Promise<void> | undefined {
    if (this.#beat === undefined || this.#ended) return undefined;
    const now = this.#clock.now();
    if (this.#picture === "came") {
      this.#picture = "flushed";
      this.#flush(now);
    }
    if (!emptied) return undefined;
    if (now - this.#beganMs < KEPT_MS) {
      if (now - this.#flushedMs >= KEPT_FLUSH_MS) this.#flush(now);
      return undefined;
    }
    if (this.#beatsLeft > 0) {
      this.#beatsLeft--;
      if (this.#beatsLeft === 0) this.#sampled = 0;
      return this.#beat.onSocketEmpty(length);
    }
    if (this.#sampled++ === 0) this.#sampleMs = now;
    else if (this.#sampled > SAMPLE_READS) {
      if ((now - this.#sampleMs) / SAMPLE_READS < BATCH_MS) this.#beatsLeft = BEAT_READS;
      this.#sampled = 0;
    }
    if (now - this.#flushedMs >= this.#minFlushMs) this.#flush(now);
    return undefined;
  }

  /** The publish is over. */
  end(): void {
    this.#ended = true;
    this.#beat?.end();
  }

  #flush(now: number): void {
    this.#flushedMs = now;
    this.#source.flush();
  }
}
