/**
 * All sources of this server by `vhost/app/stream`.
 *
 * @module
 */
import type { SegmentPool } from "./segment_pool.ts";
import { Source, type SourceOptions } from "./source.ts";

const ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const ID_CHARACTERS = 7;

/** The key of a source. Names are compared as they are, case and all. */
export function sourceKey(vhost: string, app: string, stream: string): string {
  return `${vhost}/${app}/${stream}`;
}

/** The registry of sources: made when somebody publishes or plays, forgotten when nobody does. */
export class Sources {
  readonly #byKey = new Map<string, Source>();
  readonly #random: (length: number) => Uint8Array;
  readonly #pool: SegmentPool;

  /**
   * @param random Gives that many random bytes, for stream ids.
   * @param pool Memory of all logs.
   */
  constructor(random: (length: number) => Uint8Array, pool: SegmentPool) {
    this.#random = random;
    this.#pool = pool;
  }

  /** Sources now. */
  get size(): number {
    return this.#byKey.size;
  }

  /** All of them. */
  [Symbol.iterator](): IterableIterator<Source> {
    return this.#byKey.values();
  }

  /** The source of that key, if anybody publishes or plays it. */
  get(key: string): Source | undefined {
    return this.#byKey.get(key);
  }

  /** Claim the source of that key, made with `options` where there is none. Give the claim back by `release`. */
  obtain(key: string, options: SourceOptions): Source {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.claims++;
      return known;
    }
    const source = new Source(key, this.#streamId(), options, this.#pool);
    this.#byKey.set(key, source);
    return source;
  }

  /** Give a claim back; with the last one the source is forgotten. */
  release(source: Source): void {
    source.claims--;
    if (source.claims > 0) return;
    this.#byKey.delete(source.key);
    source.log.clear();
  }

  #streamId(): string {
    const letters = Array.from(this.#random(ID_CHARACTERS), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]);
    return `vid-${letters.join("")}`;
  }
}
