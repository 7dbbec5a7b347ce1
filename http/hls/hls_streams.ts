/**
 * The streams that are shown on this thread: each from its first viewer's request, or from its publish on where the
 * configuration says so, until nobody has wanted it for a while.
 * What a viewer gets of a stream outlives its publishers. One thread muxes it; the others show what that one sends.
 *
 * @module
 */
import type { MediaContext, StreamTarget } from "../../stream/admission/mod.ts";
import { sourceKey } from "../../stream/live/mod.ts";
import type { ResponseMaker } from "./hls_responses.ts";
import { HlsStream } from "./hls_stream.ts";
import { type HlsThreadMessage, type HlsThreads, muxingThread, type StreamName } from "./hls_threads.ts";
import { type DiscontinuityNumbers, MuxersHere } from "./muxers_here.ts";
import { NO_SINK, type SegmentSink } from "./segment_sink.ts";

/** A viewer waits. */
const WANTED = { isWanted: true } as const;

/** A stream that is shown. */
interface Shown {
  readonly name: StreamName;
  readonly stream: HlsStream;
  /** The thread that muxes it. */
  readonly thread: number;
  readonly disposeMs: number;
  /** Viewers of this thread. */
  users: number;
  /** Publishes of it under way that want it muxed. */
  publishes: number;
  /** Threads that show what is muxed here. */
  readonly followers: Set<number>;
  /** When it was last wanted, monotonic milliseconds. */
  usedMs: number;
}

/** All streams that are shown on a thread. */
export class HlsStreams {
  readonly #context: MediaContext;
  readonly #responses: ResponseMaker;
  readonly #threads: HlsThreads;
  readonly #muxed: MuxersHere;
  readonly #shown = new Map<string, Shown>();

  /** None yet. */
  constructor(
    context: MediaContext,
    responses: ResponseMaker,
    threads: HlsThreads,
    discontinuities: DiscontinuityNumbers,
    sink: SegmentSink = NO_SINK,
  ) {
    this.#context = context;
    this.#responses = responses;
    this.#threads = threads;
    this.#muxed = new MuxersHere(context, responses, threads.count > 1, discontinuities, sink);
  }

  /** Whether anything of a stream can be shown: somebody has wanted it lately, here or perhaps on the thread that muxes it. */
  mayShow(target: StreamTarget): boolean {
    const key = keyOf(nameOf(target));
    return this.#shown.has(key) || muxingThread(key, this.#threads) !== this.#threads.own;
  }

  /** Whether a stream is shown and something is added to it: {@link HlsStream.grows}. */
  grows(name: StreamName): boolean {
    return this.#shown.get(keyOf(name))?.stream.grows === true;
  }

  /** A viewer comes: the stream is shown until {@link HlsStreams.release}, and a while longer if there is any of it. */
  acquire(target: StreamTarget): HlsStream {
    const shown = this.#open(nameOf(target), WANTED);
    shown.users++;
    return shown.stream;
  }

  /** A publish begins here that is to be muxed from now on, until {@link HlsStreams.unpublished}. */
  published(name: StreamName): void {
    const thread = muxingThread(keyOf(name), this.#threads);
    if (thread !== this.#threads.own) return this.#threads.send(thread, { kind: "published", name });
    this.#open(name, { isWanted: false }).publishes++;
  }

  /** It is over. */
  unpublished(name: StreamName): void {
    const thread = muxingThread(keyOf(name), this.#threads);
    if (thread !== this.#threads.own) return this.#threads.send(thread, { kind: "unpublished", name });
    const shown = this.#shown.get(keyOf(name));
    if (shown === undefined) return;
    shown.publishes--;
    // The last frames are still to be muxed: of a short publish they are all there is to show.
    shown.usedMs = this.#context.clock.now();
  }

  /** A viewer has gone. */
  release(target: StreamTarget): void {
    const shown = this.#shown.get(keyOf(nameOf(target)));
    if (shown === undefined) return;
    shown.users--;
    this.#used(shown);
  }

  /** Another thread has said something about a stream. */
  receive(thread: number, message: Extract<HlsThreadMessage, { readonly name: StreamName }>): void {
    const key = keyOf(message.name);
    switch (message.kind) {
      case "published":
        return this.published(message.name);
      case "unpublished":
        return this.unpublished(message.name);
      case "want": {
        const shown = this.#open(message.name, WANTED);
        shown.followers.add(thread);
        return this.#threads.send(thread, {
          kind: "update",
          name: message.name,
          update: shown.stream.whole(),
        });
      }
      case "unwant": {
        const shown = this.#shown.get(key);
        if (shown === undefined) return;
        shown.followers.delete(thread);
        return this.#used(shown);
      }
      case "update":
        return this.#shown.get(key)?.stream.apply(message.update);
      default:
        message satisfies never;
    }
  }

  /** Drop what nobody wants any more; called about once a second. */
  sweep(): void {
    const { clock, clients: { draining } } = this.#context;
    const nowMs = clock.now();
    for (const shown of this.#shown.values()) {
      shown.stream.sweep(nowMs, { draining });
      if (isUnused(shown) && this.#isOver(shown, nowMs)) this.#close(shown);
    }
  }

  /** Drop all. */
  close(): void {
    for (const shown of this.#shown.values()) this.#close(shown);
  }

  #isOver({ name, stream, usedMs, disposeMs }: Shown, nowMs: number): boolean {
    if (stream.state === undefined) return !this.#muxed.isLive(name);
    return disposeMs > 0 && nowMs - usedMs >= disposeMs;
  }

  /** Somebody wants it no longer. A name that has nothing to show goes with the last one: anybody can make up names. */
  #used(shown: Shown): void {
    shown.usedMs = this.#context.clock.now();
    if (shown.stream.state === undefined && isUnused(shown)) this.#close(shown);
  }

  #open(name: StreamName, wish: { readonly isWanted: boolean }): Shown {
    const key = keyOf(name);
    const known = this.#shown.get(key);
    if (known !== undefined) {
      if (wish.isWanted) this.#muxed.want(name);
      return known;
    }
    const thread = muxingThread(key, this.#threads);
    const { clock, turns } = this.#context;
    const nextTurn = (task: () => void) => turns.add(task);
    const shown: Shown = {
      name,
      stream: new HlsStream(this.#responses, nextTurn, () => clock.now(), thread === this.#threads.own),
      thread,
      disposeMs: this.#context.options.vhosts.get(name.vhost)?.hls.disposeMs ?? 0,
      users: 0,
      publishes: 0,
      followers: new Set(),
      usedMs: clock.now(),
    };
    this.#shown.set(key, shown);
    if (shown.thread !== this.#threads.own) this.#threads.send(shown.thread, { kind: "want", name });
    else {
      this.#muxed.open(name, { ...wish, isAwaited: () => shown.stream.isAwaited }, (update) => {
        shown.stream.apply(update);
        for (const follower of shown.followers) {
          this.#threads.send(follower, { kind: "update", name, update });
        }
      });
    }
    return shown;
  }

  #close({ name, stream, thread }: Shown): void {
    this.#shown.delete(keyOf(name));
    stream.close();
    if (thread === this.#threads.own) this.#muxed.close(name);
    else this.#threads.send(thread, { kind: "unwant", name });
  }
}

function isUnused({ users, publishes, followers }: Shown): boolean {
  return users === 0 && publishes === 0 && followers.size === 0;
}

function keyOf({ vhost, app, stream }: StreamName): string {
  return sourceKey(vhost, app, stream);
}

function nameOf({ vhost, url: { app, stream } }: StreamTarget): StreamName {
  return { vhost: vhost.name, app, stream };
}
