/**
 * The readers of an output's log, as the output sees them.
 *
 * @module
 */
import type { Member } from "../../core/mod.ts";

/** What takes a reader's bytes. */
export interface Wakeable {
  /** Something may be due: take it now unless a write is under way. */
  wake(): void;
}

/** What an output needs to know of a reader of its log. */
export interface Reader {
  /** Position in the log of the next byte that has to be written. */
  readonly position: number;
  /** Woken when there may be something to take. */
  readonly wakeable: Wakeable;
}

/** A player that has its first picture and waits a moment for the rest. */
export interface DeferredPlayer {
  /** Go on. */
  settle(): void;
}

/** One of the many that play an output here, in its list. */
export interface ListedReader extends Reader, Member {}

/** Sends a log to another thread. */
export interface Relay extends Reader {
  /** Everything is wanted there at once. */
  readonly urgent: boolean;
}
