/**
 * The streams of a media thread among those of the others: whoever plays a stream here gets it from wherever it is
 * published, its segments shared, one small message for each flush and thread.
 *
 * @module
 */
import type { StreamExchange } from "../exchange.ts";
import { discardBatch, Mirror, MirrorFeed, type Source } from "../live/mod.ts";
import type { BetweenThreads } from "./thread_messages.ts";

/** One other thread. */
export interface Neighbour {
  send(message: BetweenThreads): void;
}

/** The exchange of one media thread. */
export class SharedStreams implements StreamExchange {
  readonly #neighbours: Neighbour[] = [];
  /** Sources of this thread, played or published here. */
  readonly #sources = new Map<string, Source>();
  /** Published here. */
  readonly #own = new Map<string, Map<Neighbour, MirrorFeed>>();
  /** Published elsewhere, followed here. */
  readonly #mirrors = new Map<string, { readonly mirror: Mirror; readonly from: Neighbour }>();
  /** Who plays what elsewhere, and the stream time it has seen. */
  readonly #watchers = new Map<string, Map<Neighbour, number>>();

  /**
   * Another thread is there.
   *
   * @param onMessage Calls back with each of its messages, in order.
   */
  join(neighbour: Neighbour, onMessage: (take: (message: BetweenThreads) => void) => void): void {
    this.#neighbours.push(neighbour);
    onMessage((message) => this.#receive(message, neighbour));
  }

  /** @inheritdoc */
  created(source: Source): void {
    this.#sources.set(source.key, source);
    this.#tellWatch(source);
  }

  /** @inheritdoc */
  forgotten(source: Source): void {
    this.#sources.delete(source.key);
    this.#mirrors.delete(source.key);
    for (const neighbour of this.#neighbours) neighbour.send({ kind: "unwatch", key: source.key });
  }

  /** @inheritdoc */
  beforeBegin(source: Source): void {
    this.#endMirror(source.key);
    for (const time of this.#watchers.get(source.key)?.values() ?? []) source.advance(time);
  }

  /** @inheritdoc */
  began(source: Source): void {
    this.#own.set(source.key, new Map());
    for (const neighbour of this.#watchers.get(source.key)?.keys() ?? []) this.#feed(source, neighbour);
  }

  /** @inheritdoc */
  ended(source: Source): void {
    const feeds = this.#own.get(source.key);
    if (feeds === undefined) return;
    this.#own.delete(source.key);
    for (const [neighbour, feed] of feeds) {
      feed.stop();
      neighbour.send({ kind: "end", key: source.key });
    }
    this.#tellWatch(source);
  }

  #receive(message: BetweenThreads, from: Neighbour): void {
    const { key } = message;
    switch (message.kind) {
      case "watch":
        return this.#watched(key, from, message.time);
      case "unwatch":
        this.#watchers.get(key)?.delete(from);
        if (this.#watchers.get(key)?.size === 0) this.#watchers.delete(key);
        return this.#stopFeed(key, from);
      case "begin": {
        const source = this.#sources.get(key);
        if (source !== undefined && !this.#own.has(key)) {
          this.#mirrors.set(key, { mirror: new Mirror(source, message.start), from });
        }
        return;
      }
      case "batch": {
        const followed = this.#mirrors.get(key);
        if (followed?.from === from) return followed.mirror.follow(message.batch);
        return discardBatch(message.batch);
      }
      case "end": {
        if (this.#mirrors.get(key)?.from !== from) return;
        this.#endMirror(key);
        const source = this.#sources.get(key);
        if (source !== undefined) this.#tellWatch(source);
        return;
      }
      default:
        message satisfies never;
    }
  }

  #tellWatch({ key, log }: Source): void {
    for (const neighbour of this.#neighbours) neighbour.send({ kind: "watch", key, time: log.newestTime });
  }

  #watched(key: string, from: Neighbour, time: number): void {
    const watchers = this.#watchers.get(key) ?? new Map<Neighbour, number>();
    watchers.set(from, time);
    this.#watchers.set(key, watchers);
    const source = this.#sources.get(key);
    if (source !== undefined && this.#own.has(key)) this.#feed(source, from);
  }

  #feed(source: Source, neighbour: Neighbour): void {
    const feeds = this.#own.get(source.key);
    if (feeds === undefined || feeds.has(neighbour)) return;
    const { key } = source;
    const send = (): void => {
      if (feed.lost) neighbour.send({ kind: "begin", key, start: feed.start() });
      const batch = feed.take();
      if (batch !== undefined) neighbour.send({ kind: "batch", key, batch });
    };
    const feed = new MirrorFeed(source, send);
    feeds.set(neighbour, feed);
    neighbour.send({ kind: "begin", key, start: feed.start() });
    send();
  }

  #stopFeed(key: string, neighbour: Neighbour): void {
    const feeds = this.#own.get(key);
    feeds?.get(neighbour)?.stop();
    feeds?.delete(neighbour);
  }

  #endMirror(key: string): void {
    this.#mirrors.get(key)?.mirror.end();
    this.#mirrors.delete(key);
  }
}
