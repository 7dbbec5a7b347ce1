/**
 * All sources of this server by `vhost/app/stream`.
 *
 * @module
 */
import { Source } from "./source.ts";
import type { SourceOptions, SourceTools } from "./source_options.ts";

/** The key of a source. Names are compared as they are, case and all. */
export function sourceKey(vhost: string, app: string, stream: string): string {
  return `${vhost}/${app}/${stream}`;
}

/** Who wants to know which sources there are. */
export interface SourceWatcher {
  /** Somebody publishes or plays it here for the first time. */
  created(source: Source): void;
  /** Other outputs of it are played here than before. */
  playedChanged(source: Source): void;
  /** Nobody does any more. */
  forgotten(source: Source): void;
}

/** The registry of sources: made at the first publisher or player, forgotten after the last one. */
export class Sources {
  readonly #byKey = new Map<string, Source>();
  readonly #streamId: (key: string) => string;
  readonly #tools: SourceTools;
  readonly #watcher: SourceWatcher | undefined;

  /**
   * No stream yet.
   *
   * @param streamId The id of a source: the same for one key, in all threads.
   */
  constructor(streamId: (key: string) => string, tools: SourceTools, watcher?: SourceWatcher) {
    this.#streamId = streamId;
    this.#tools = tools;
    this.#watcher = watcher;
  }

  /** Sources now. */
  get size(): number {
    return this.#byKey.size;
  }

  /** All of them. */
  [Symbol.iterator](): IterableIterator<Source> {
    return this.#byKey.values();
  }

  /** Give back the memory that nobody needs; called about once a second. */
  releaseIdleMemory(): void {
    for (const source of this) source.releaseIdleMemory();
    this.#tools.pool?.sweep();
  }

  /** The source of that key, if it is published or played. */
  get(key: string): Source | undefined {
    return this.#byKey.get(key);
  }

  /** The id of the source of that key, whether there is one or not. */
  idOf(key: string): string {
    return this.#byKey.get(key)?.streamId ?? this.#streamId(key);
  }

  /** Claim the source of that key, made with `options` where there is none. Give the claim back by `release`. */
  acquire(key: string, options: SourceOptions): Source {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.refCount++;
      return known;
    }
    const playedChanged = (): void => this.#watcher?.playedChanged(source);
    const source = new Source(key, this.#streamId(key), options, { ...this.#tools, playedChanged });
    this.#byKey.set(key, source);
    this.#watcher?.created(source);
    return source;
  }

  /** Give a claim back; with the last one the source is forgotten. */
  release(source: Source): void {
    source.refCount--;
    if (source.refCount > 0) return;
    this.#byKey.delete(source.key);
    this.#watcher?.forgotten(source);
    source.clear();
  }
}
