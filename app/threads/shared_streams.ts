/**
 * The streams of a media thread among those of the others: a player here gets a stream from the thread where it
 * is published, its segments shared, one small message for each flush and thread.
 *
 * @module
 */
import type { StreamDirectory } from "../../stream/admission/mod.ts";
import { discardBatch, Mirror, MirrorFeed, type Source } from "../../stream/live/mod.ts";
import type { BetweenThreads } from "./thread_messages.ts";

/** One other thread. */
export interface ThreadPeer {
  send(message: BetweenThreads): void;
}

/** A source of this thread. */
interface Subscription {
  readonly source: Source;
  /** Sent to the peers, so that what they sent for an older source of the same name is ignored. */
  readonly number: number;
  /** Who has not yet sent what it has of the stream, or said that it has none of it. */
  readonly unanswered: Set<ThreadPeer>;
  readonly settled: PromiseWithResolvers<void>;
}

/** Who plays a stream elsewhere, and what it said. */
interface Subscriber {
  readonly watch: number;
  /** The stream time that it has seen. */
  readonly time: number;
}

/** The exchange of one media thread. */
export class SharedStreams implements StreamDirectory {
  readonly #peers: ThreadPeer[] = [];
  /** Sources of this thread, played or published here. */
  readonly #sources = new Map<string, Subscription>();
  /** Published here. */
  readonly #own = new Map<string, Map<ThreadPeer, MirrorFeed>>();
  /** Published elsewhere, followed here. */
  readonly #mirrors = new Map<string, { readonly mirror: Mirror; readonly from: ThreadPeer }>();
  readonly #watchers = new Map<string, Map<ThreadPeer, Subscriber>>();
  #lastWatch = 0;

  /**
   * Another thread is there.
   *
   * @param onMessage Calls back with each of its messages, in order.
   */
  join(peer: ThreadPeer, onMessage: (take: (message: BetweenThreads) => void) => void): void {
    this.#peers.push(peer);
    onMessage((message) => this.#receive(message, peer));
  }

  /** @inheritdoc */
  created(source: Source): void {
    const watch = {
      source,
      number: ++this.#lastWatch,
      unanswered: new Set(this.#peers),
      settled: Promise.withResolvers<void>(),
    };
    this.#sources.set(source.key, watch);
    this.#tellWatch(watch);
  }

  /** @inheritdoc */
  forgotten(source: Source): void {
    this.#sources.delete(source.key);
    this.#mirrors.delete(source.key);
    for (const peer of this.#peers) peer.send({ kind: "unwatch", key: source.key });
  }

  /** @inheritdoc */
  settled(source: Source): Promise<void> | undefined {
    const watch = this.#sources.get(source.key);
    return watch === undefined || watch.unanswered.size === 0 ? undefined : watch.settled.promise;
  }

  /** @inheritdoc */
  beforeBegin(source: Source): void {
    this.#endMirror(source.key);
    for (const { time } of this.#watchers.get(source.key)?.values() ?? []) source.advance(time);
  }

  /** @inheritdoc */
  began(source: Source): void {
    this.#own.set(source.key, new Map());
    for (const [peer, { watch }] of this.#watchers.get(source.key) ?? []) {
      this.#feed(source, peer, watch);
    }
  }

  /** @inheritdoc */
  ended(source: Source): void {
    const feeds = this.#own.get(source.key);
    if (feeds === undefined) return;
    this.#own.delete(source.key);
    const { key } = source;
    for (const [peer, feed] of feeds) {
      feed.stop();
      const watch = this.#watchers.get(key)?.get(peer)?.watch;
      if (watch !== undefined) peer.send({ kind: "end", key, watch });
    }
    const own = this.#sources.get(key);
    if (own !== undefined) this.#tellWatch(own);
  }

  #receive(message: BetweenThreads, from: ThreadPeer): void {
    const { key } = message;
    switch (message.kind) {
      case "watch":
        this.#watched(key, from, message);
        return from.send({
          kind: "answered",
          key,
          watch: message.watch,
          time: this.#sources.get(key)?.source.time ?? 0,
        });
      case "answered":
        return this.#answered(key, from, message);
      case "unwatch":
        this.#watchers.get(key)?.delete(from);
        if (this.#watchers.get(key)?.size === 0) this.#watchers.delete(key);
        return this.#stopFeed(key, from);
      case "begin": {
        const own = this.#sources.get(key);
        if (own?.number === message.watch && !this.#own.has(key)) {
          this.#mirrors.set(key, { mirror: new Mirror(own.source, message.start), from });
        }
        return;
      }
      case "batch": {
        const followed = this.#mirrors.get(key);
        const isWanted = followed?.from === from && this.#sources.get(key)?.number === message.watch;
        return isWanted ? followed.mirror.follow(message.batch) : discardBatch(message.batch);
      }
      case "end": {
        const own = this.#sources.get(key);
        if (this.#mirrors.get(key)?.from !== from || own?.number !== message.watch) return;
        this.#endMirror(key);
        return this.#tellWatch(own);
      }
      default:
        message satisfies never;
    }
  }

  #tellWatch({ source: { key, log }, number }: Subscription): void {
    const time = log.newestTime;
    for (const peer of this.#peers) peer.send({ kind: "watch", key, watch: number, time });
  }

  #watched(key: string, from: ThreadPeer, { watch, time }: Subscriber): void {
    const watchers = this.#watchers.get(key) ?? new Map<ThreadPeer, Subscriber>();
    watchers.set(from, { watch, time });
    this.#watchers.set(key, watchers);
    const own = this.#sources.get(key);
    if (own !== undefined && this.#own.has(key)) this.#feed(own.source, from, watch);
  }

  /** All that a peer has of the stream is here by now. */
  #answered(key: string, from: ThreadPeer, { watch, time }: Subscriber): void {
    const own = this.#sources.get(key);
    if (own?.number !== watch) return;
    if (!own.source.live) own.source.advance(time);
    own.unanswered.delete(from);
    if (own.unanswered.size === 0 || this.#mirrors.get(key)?.from === from) own.settled.resolve();
  }

  #feed(source: Source, peer: ThreadPeer, watch: number): void {
    const feeds = this.#own.get(source.key);
    if (feeds === undefined || feeds.has(peer)) return;
    const { key } = source;
    const send = (): void => {
      if (feed.lost) peer.send({ kind: "begin", key, watch, start: feed.start() });
      const batch = feed.take();
      if (batch !== undefined) peer.send({ kind: "batch", key, watch, batch });
    };
    const feed = new MirrorFeed(source, send);
    feeds.set(peer, feed);
    peer.send({ kind: "begin", key, watch, start: feed.start() });
    send();
  }

  #stopFeed(key: string, peer: ThreadPeer): void {
    const feeds = this.#own.get(key);
    feeds?.get(peer)?.stop();
    feeds?.delete(peer);
  }

  #endMirror(key: string): void {
    this.#mirrors.get(key)?.mirror.end();
    this.#mirrors.delete(key);
  }
}
