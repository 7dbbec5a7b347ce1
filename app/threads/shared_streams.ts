/**
 * The streams of a media thread among those of the others: what is played here comes from the thread where it is
 * published, each output encoded there once, its segments shared, one small message for each flush and thread.
 *
 * @module
 */
import type { StreamDirectory } from "../../stream/admission/mod.ts";
import { discardBatch, Mirror, MirrorFeed, type Source } from "../../stream/live/mod.ts";
import { formatNamed } from "./output_formats.ts";
import type { PlayedOutput, StreamMessages } from "./thread_messages.ts";

/** One other thread. */
export interface ThreadPeer {
  send(message: StreamMessages): void;
}

/** A source of this thread. */
interface Subscription {
  readonly source: Source;
  /** The peers know it: what they sent for an older source of the same name is not for this one. */
  readonly number: number;
  /** Answers that are still to come, by peer. */
  readonly unanswered: Map<ThreadPeer, number>;
  settled: PromiseWithResolvers<void> | undefined;
}

/** A thread that has a source of this name, and what it said. */
interface Subscriber {
  readonly subscription: number;
  /** The stream time that it has seen. */
  readonly time: number;
  /** What is played there. */
  readonly outputs: readonly PlayedOutput[];
}

/** What one peer gets of a publish of this thread, by the number of the output. */
type Feeds = Map<number, MirrorFeed>;

/** A publish of another thread. */
interface Followed {
  readonly from: ThreadPeer;
  /** By the number of the output here. */
  readonly mirrors: Map<number, Mirror>;
}

/** The exchange of one media thread. */
export class SharedStreams implements StreamDirectory {
  readonly #peers: ThreadPeer[] = [];
  /** Sources of this thread, played or published here. */
  readonly #subscriptions = new Map<string, Subscription>();
  /** Published here. */
  readonly #own = new Map<string, Map<ThreadPeer, Feeds>>();
  /** Published elsewhere, followed here. */
  readonly #followed = new Map<string, Followed>();
  readonly #subscribers = new Map<string, Map<ThreadPeer, Subscriber>>();
  #lastNumber = 0;

  /**
   * Another thread is there.
   *
   * @param onMessage Calls back with each of its messages, in order.
   */
  join(peer: ThreadPeer, onMessage: (take: (message: StreamMessages) => void) => void): void {
    this.#peers.push(peer);
    onMessage((message) => this.#receive(message, peer));
  }

  /** @inheritdoc */
  created(source: Source): void {
    const subscription = { source, number: ++this.#lastNumber, unanswered: new Map(), settled: undefined };
    this.#subscriptions.set(source.key, subscription);
    this.#subscribe(subscription);
  }

  /** @inheritdoc */
  playedChanged(source: Source): void {
    const subscription = this.#subscriptions.get(source.key);
    if (subscription === undefined) return;
    const played = new Set(source.outputs.played.map(({ subscription }) => subscription));
    const mirrors = this.#followed.get(source.key)?.mirrors;
    for (const output of mirrors?.keys() ?? []) if (!played.has(output)) mirrors?.delete(output);
    this.#subscribe(subscription);
  }

  /** @inheritdoc */
  forgotten(source: Source): void {
    this.#subscriptions.delete(source.key);
    this.#followed.delete(source.key);
    for (const peer of this.#peers) peer.send({ kind: "unsubscribe", key: source.key });
  }

  /** @inheritdoc */
  settled(source: Source): Promise<void> | undefined {
    const subscription = this.#subscriptions.get(source.key);
    if (subscription === undefined || this.#isSettled(subscription)) return undefined;
    return (subscription.settled ??= Promise.withResolvers<void>()).promise;
  }

  /** @inheritdoc */
  beforeBegin(source: Source): void {
    this.#endFollowed(source.key);
    for (const { time } of this.#subscribers.get(source.key)?.values() ?? []) source.advance(time);
  }

  /** @inheritdoc */
  began(source: Source): void {
    this.#own.set(source.key, new Map());
    for (const [peer, subscriber] of this.#subscribers.get(source.key) ?? []) {
      this.#feed(source, peer, subscriber);
    }
  }

  /** @inheritdoc */
  ended(source: Source): void {
    const { key } = source;
    const feedsByPeer = this.#own.get(key);
    if (feedsByPeer === undefined) return;
    this.#own.delete(key);
    for (const [peer, feeds] of feedsByPeer) {
      for (const feed of feeds.values()) feed.stop();
      const subscription = this.#subscribers.get(key)?.get(peer)?.subscription;
      if (subscription !== undefined) peer.send({ kind: "end", key, subscription });
    }
    const own = this.#subscriptions.get(key);
    if (own !== undefined) this.#subscribe(own);
  }

  #receive(message: StreamMessages, from: ThreadPeer): void {
    const { key } = message;
    switch (message.kind) {
      case "subscribe":
        this.#subscribed(key, from, message);
        return from.send({
          kind: "answered",
          key,
          subscription: message.subscription,
          time: this.#subscriptions.get(key)?.source.time ?? 0,
        });
      case "answered":
        return this.#answered(key, from, message);
      case "unsubscribe":
        this.#subscribers.get(key)?.delete(from);
        if (this.#subscribers.get(key)?.size === 0) this.#subscribers.delete(key);
        for (const feed of this.#own.get(key)?.get(from)?.values() ?? []) feed.stop();
        this.#own.get(key)?.delete(from);
        return;
      case "begin":
        return this.#begun(key, from, message);
      case "batch": {
        const followed = this.#followed.get(key);
        const isWanted = followed?.from === from &&
          this.#subscriptions.get(key)?.number === message.subscription;
        const mirror = isWanted ? followed.mirrors.get(message.output) : undefined;
        return mirror === undefined ? discardBatch(message.batch) : mirror.follow(message.batch);
      }
      case "end": {
        const own = this.#subscriptions.get(key);
        if (this.#followed.get(key)?.from !== from || own?.number !== message.subscription) return;
        this.#endFollowed(key);
        return this.#subscribe(own);
      }
      default:
        message satisfies never;
    }
  }

  /** Tell all peers what is played here. Each answers once. */
  #subscribe({ source, number, unanswered }: Subscription): void {
    const { key, time } = source;
    const outputs = source.outputs.played.map(({ format, tracks, media, subscription, urgent }) => ({
      output: subscription,
      format: format.name,
      tracks,
      media,
      urgent,
    }));
    for (const peer of this.#peers) {
      unanswered.set(peer, (unanswered.get(peer) ?? 0) + 1);
      peer.send({ kind: "subscribe", key, subscription: number, time, outputs });
    }
  }

  #subscribed(key: string, from: ThreadPeer, { subscription, time, outputs }: Subscriber): void {
    const subscribers = this.#subscribers.get(key) ?? new Map<ThreadPeer, Subscriber>();
    const subscriber = { subscription, time, outputs };
    subscribers.set(from, subscriber);
    this.#subscribers.set(key, subscribers);
    const own = this.#subscriptions.get(key);
    if (own !== undefined && this.#own.has(key)) this.#feed(own.source, from, subscriber);
  }

  /** All that a peer has of the stream is here by now. */
  #answered(
    key: string,
    from: ThreadPeer,
    { subscription, time }: { subscription: number; time: number },
  ): void {
    const own = this.#subscriptions.get(key);
    if (own?.number !== subscription) return;
    if (!own.source.live) own.source.advance(time);
    const left = (own.unanswered.get(from) ?? 0) - 1;
    if (left > 0) own.unanswered.set(from, left);
    else own.unanswered.delete(from);
    if (!this.#isSettled(own)) return;
    own.settled?.resolve();
    own.settled = undefined;
  }

  /** Whether the thread that publishes has answered, or all have. */
  #isSettled({ source, unanswered }: Subscription): boolean {
    const from = this.#followed.get(source.key)?.from;
    return unanswered.size === 0 || (from !== undefined && !unanswered.has(from));
  }

  #begun(
    key: string,
    from: ThreadPeer,
    { subscription, output, start }: StreamMessages & { kind: "begin" },
  ): void {
    const own = this.#subscriptions.get(key);
    if (own?.number !== subscription || this.#own.has(key)) return;
    const played = own.source.outputs.played.find(({ subscription }) => subscription === output);
    if (played === undefined) return;
    let followed = this.#followed.get(key);
    if (followed?.from !== from) {
      followed = { from, mirrors: new Map() };
      this.#followed.set(key, followed);
      own.source.beginForeign();
    }
    followed.mirrors.set(output, new Mirror(played, start));
  }

  /** Send a peer the outputs that are played there, and no others. */
  #feed(source: Source, peer: ThreadPeer, { subscription, outputs }: Subscriber): void {
    const feedsByPeer = this.#own.get(source.key);
    const feeds: Feeds = feedsByPeer?.get(peer) ?? new Map();
    feedsByPeer?.set(peer, feeds);
    const { key } = source;
    for (const { output, format, tracks, media, urgent } of outputs) {
      if (feeds.has(output)) continue;
      const send = (): void => {
        if (feed.lost) peer.send({ kind: "begin", key, subscription, output, start: feed.start() });
        const batch = feed.take();
        if (batch !== undefined) peer.send({ kind: "batch", key, subscription, output, batch });
      };
      const kind = { format: formatNamed(format), tracks, media };
      const feed = new MirrorFeed(source.outputs.open(kind), send, { urgent });
      feeds.set(output, feed);
      peer.send({ kind: "begin", key, subscription, output, start: feed.start() });
      send();
    }
    for (const [output, feed] of feeds) {
      if (outputs.some((played) => played.output === output)) continue;
      feed.stop();
      feeds.delete(output);
    }
  }

  #endFollowed(key: string): void {
    if (this.#followed.delete(key)) this.#subscriptions.get(key)?.source.endForeign();
  }
}
