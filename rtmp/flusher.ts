/**
 * When live streams are flushed to their players: the one user of timers for media.
 *
 * A source with `mw_latency` is flushed by one interval for all sources of that latency, so a message waits at most
 * that long. A source with `min_latency` is flushed when the read that brought its messages has been worked through;
 * sound alone waits a moment for the picture, since every write costs the same whatever it carries.
 *
 * @module
 */
import type { Source } from "./live/mod.ts";

/** How long sound may wait for company under `min_latency`, milliseconds. */
const AUDIO_WAIT_MS = 35;

/** What a read brought for a source. */
export interface ReadContents {
  readonly hasVideo: boolean;
}

/** Sources that are flushed every so many milliseconds. */
interface Interval {
  readonly timer: ReturnType<typeof setInterval>;
  readonly sources: Set<Source>;
}

/** Flushes sources in time. */
export class Flusher {
  readonly #intervals = new Map<number, Interval>();
  readonly #waiting = new Map<Source, ReturnType<typeof setTimeout>>();

  /** Flush `source` at least every `latencyMs` until it is removed. */
  add(source: Source, latencyMs: number): void {
    const known = this.#intervals.get(latencyMs);
    if (known !== undefined) {
      known.sources.add(source);
      return;
    }
    const sources = new Set([source]);
    const timer = setInterval(() => {
      for (const due of sources) due.flush();
    }, latencyMs);
    this.#intervals.set(latencyMs, { timer, sources });
  }

  /** Flush a source of the lowest latency now, or soon when nobody looks at a picture. */
  soon(source: Source, contents: ReadContents): void {
    if (contents.hasVideo || source.facts.videoCodec === "") {
      this.#cancel(source);
      return source.flush();
    }
    if (this.#waiting.has(source)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(source);
      source.flush();
    }, AUDIO_WAIT_MS);
    this.#waiting.set(source, timer);
  }

  /** The publish ended: flush what is left. */
  remove(source: Source): void {
    this.#cancel(source);
    source.flush();
    for (const [latencyMs, { timer, sources }] of this.#intervals) {
      if (!sources.delete(source) || sources.size > 0) continue;
      clearInterval(timer);
      this.#intervals.delete(latencyMs);
    }
  }

  #cancel(source: Source): void {
    const timer = this.#waiting.get(source);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#waiting.delete(source);
  }
}
