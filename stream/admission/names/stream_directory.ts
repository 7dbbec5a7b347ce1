/**
 * What the threads of one server agree on: who holds a name, and where a stream comes from. `app/threads/` implements this
 * for several threads.
 *
 * @module
 */
import type { PublisherHandle, Source, SourceWatcher } from "../../live/mod.ts";

/** Names over all threads. A thread claims a name before it reserves the source of that name. */
export interface NameRegistry {
  /**
   * Claim the name of a source for this thread; the source's time goes on from where another thread ended it.
   *
   * @returns `undefined` when it is this thread's now; `release` it once for each claim. Else its holder.
   */
  claim(source: Source): Promise<PublisherHandle | undefined>;
  /** One claim is over. */
  release(source: Source): void;
  /** Claim a task that one thread alone shall do; `false`: another one has it. Give it back by `releaseTask`. */
  claimTask(task: string): Promise<boolean>;
  /** The task may be another thread's from now on. */
  releaseTask(task: string): void;
}

/** Streams over all threads. */
export interface StreamDirectory extends SourceWatcher {
  /** Settles when it is known here whether the stream is published, and from where on; `undefined`: it is. */
  settled(source: Source): Promise<void> | undefined;
  /** A publish of this thread is about to begin. */
  beforeBegin(source: Source): void;
  /** A publish of this thread began: its bytes may be wanted elsewhere. */
  began(source: Source): void;
  /** It is over, all of it flushed. */
  ended(source: Source): void;
}

/** All streams of a server with one thread. */
export class LocalStreams implements StreamDirectory {
  /** No other thread wants to know. */
  created(): void {}

  /** No other thread wants to know. */
  forgotten(): void {}

  /** All that is known is known here. */
  settled(): undefined {}

  /** All outputs are made here. */
  playedChanged(): void {}

  /** No other thread has it. */
  beforeBegin(): void {}

  /** No other thread plays it. */
  began(): void {}

  /** No other thread plays it. */
  ended(): void {}
}
