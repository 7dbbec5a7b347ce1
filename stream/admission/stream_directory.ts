/**
 * What the threads of one server agree on: who holds a name, and where a stream comes from. One thread alone agrees
 * with itself; `threads/` has the same for several.
 *
 * @module
 */
import type { Holder, Source, SourceWatcher } from "../live/mod.ts";

/** Names over all threads. A thread claims a name before it reserves the source of that name. */
export interface NameBook {
  /**
   * Claim the name of a source for this thread; the source's time goes on from where another thread ended it.
   *
   * @returns `undefined` when it is this thread's now; give it back by `disclaim`, once for each claim. Else who holds it.
   */
  claim(source: Source): Promise<Holder | undefined>;
  /** One claim is over. */
  disclaim(source: Source): void;
}

/** Streams over all threads. */
export interface StreamExchange extends SourceWatcher {
  /** Settles when it is known here whether the stream is published, and from where on; `undefined`: it is. */
  settled(source: Source): Promise<void> | undefined;
  /** A publish of this thread is about to begin. */
  beforeBegin(source: Source): void;
  /** A publish of this thread began: its bytes may be wanted elsewhere. */
  began(source: Source): void;
  /** It is over, all of it flushed. */
  ended(source: Source): void;
}

/** All names of a server with one thread. */
export class OwnNames implements NameBook {
  /** Every name is free. */
  claim(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Nothing to give back. */
  disclaim(): void {}
}

/** All streams of a server with one thread. */
export class OwnStreams implements StreamExchange {
  /** No other thread wants to know. */
  created(): void {}

  /** No other thread wants to know. */
  forgotten(): void {}

  /** All that is known is known here. */
  settled(): undefined {}

  /** No other thread has it. */
  beforeBegin(): void {}

  /** No other thread plays it. */
  began(): void {}

  /** No other thread plays it. */
  ended(): void {}
}
