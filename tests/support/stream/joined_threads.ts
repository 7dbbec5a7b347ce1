/**
 * Media threads without threads: exchanges joined by callbacks that clone what is said and keep its order, as ports
 * do. The test says when it arrives.
 *
 * @module
 */
import { allocateShared } from "../../../stream/live/segment_memory.ts";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import type { Source } from "../../../stream/live/source.ts";
import { Sources } from "../../../stream/live/sources.ts";
import { SharedStreams, type ThreadPeer } from "../../../app/threads/shared_streams.ts";
import type { StreamMessages } from "../../../app/threads/thread_messages.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert } from "../assert.ts";
import { holder as newHolder, SOURCE_OPTIONS, TestPlayer, type TestSourceOptions } from "./live_stream.ts";

const KEY = "__defaultVhost__/live/livestream";

/** One thread: its sources and its exchange. */
export class TestThread {
  readonly streams = new SharedStreams();
  readonly taken: Uint8Array<ArrayBufferLike>[] = [];
  readonly pool = new SegmentPool((bytes) => {
    const memory = allocateShared(bytes);
    this.taken.push(memory);
    return memory;
  });
  readonly sources = new Sources(() => "vid-0000000", { pool: this.pool }, this.streams);
  readonly #options: TestSourceOptions;

  constructor(options: TestSourceOptions) {
    this.#options = options;
  }

  acquire(): Source {
    return this.sources.acquire(KEY, this.#options);
  }

  publish(): TestPublish {
    return new TestPublish(this);
  }

  play(): TestPlay {
    return new TestPlay(this, this.#options.chunkSize);
  }
}

/** A publish as a connection does it. */
export class TestPublish {
  readonly source: Source;
  readonly #thread: TestThread;
  readonly #holder = newHolder();

  constructor(thread: TestThread) {
    this.#thread = thread;
    this.source = thread.acquire();
    assert(this.source.reserve(this.#holder));
    thread.streams.beforeBegin(this.source);
    this.source.begin();
    thread.streams.began(this.source);
  }

  send(...messages: RtmpMessage[]): void {
    for (const message of messages) this.source.receive(message, message.timestamp);
    this.source.flush();
  }

  end(): void {
    this.source.flush();
    this.#thread.streams.ended(this.source);
    this.source.release(this.#holder);
    this.#thread.sources.release(this.source);
  }
}

/** A play as a connection does it. */
export class TestPlay {
  readonly source: Source;
  readonly player: TestPlayer;
  readonly #thread: TestThread;

  constructor(thread: TestThread, chunkSize: number) {
    this.#thread = thread;
    this.source = thread.acquire();
    this.player = new TestPlayer(this.source, chunkSize);
  }

  read(): string[] {
    return this.player.read();
  }

  end(): void {
    this.player.leave();
    this.#thread.sources.release(this.source);
  }
}

/** One direction between two threads. */
interface Line {
  readonly peer: ThreadPeer;
  readonly listen: (onMessage: (message: StreamMessages) => void) => void;
}

/** Threads, and what is on its way between them. */
export class JoinedThreads {
  readonly threads: readonly TestThread[];
  /** What was said, in order. */
  readonly said: StreamMessages[] = [];
  readonly #lines: (() => void)[][] = [];

  constructor(count: number, options: Partial<TestSourceOptions> = {}) {
    this.threads = Array.from(
      { length: count },
      () => new TestThread({ ...SOURCE_OPTIONS, timeJitter: "full", ...options }),
    );
    for (const [i, from] of this.threads.entries()) {
      for (const to of this.threads.slice(i + 1)) this.#join(from, to);
    }
  }

  thread(index: number): TestThread {
    const thread = this.threads[index];
    assert(thread !== undefined);
    return thread;
  }

  /** Deliver until nobody has anything to say; `backwards` lets younger lines go first. */
  settle(options: { readonly backwards?: boolean } = {}): void {
    const lines = options.backwards ? [...this.#lines].reverse() : this.#lines;
    for (let line; (line = lines.find(({ length }) => length > 0)) !== undefined;) line.shift()?.();
  }

  /**
   * Deliver one message, if there is any under way.
   *
   * @param pick Of which line, counted over those that have something.
   */
  deliver(pick: number): void {
    const busy = this.#lines.filter(({ length }) => length > 0);
    busy[pick % busy.length]?.shift()?.();
  }

  #join(from: TestThread, to: TestThread): void {
    const [forth, back] = [this.#line(), this.#line()];
    from.streams.join(forth.peer, back.listen);
    to.streams.join(back.peer, forth.listen);
  }

  #line(): Line {
    const underWay: (() => void)[] = [];
    this.#lines.push(underWay);
    let take: (message: StreamMessages) => void = () => {};
    const send = (message: StreamMessages): void => {
      this.said.push(message);
      const clone = structuredClone(message);
      underWay.push(() => take(clone));
    };
    return { peer: { send }, listen: (onMessage) => take = onMessage };
  }
}
