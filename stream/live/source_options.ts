/**
 * What a source is made with.
 *
 * @module
 */
import type { DeferredPlayer } from "./reader.ts";
import type { SegmentPool } from "./segment_pool.ts";
import type { TimeJitter } from "../media/time_corrector.ts";
import type { NextTurn } from "./batched_wakeup.ts";

/** What a source takes from its vhost. Times in milliseconds. */
export interface SourceOptions {
  /** Outgoing, bytes. */
  readonly chunkSize: number;
  /** Whether a new player starts at the newest key frame. */
  readonly gopCache: boolean;
  /** The GOP cache is given up above so many messages, 0 for no bound. */
  readonly gopCacheMaxFrames: number;
  /** How far a player may be behind. */
  readonly queueLengthMs: number;
  /** How far a player may be behind, bytes. */
  readonly maxLagBytes: number;
  /** How timestamps are corrected. */
  readonly timeJitter: TimeJitter;
  /** Whether an unchanged sequence header is kept back. */
  readonly reduceSequenceHeader: boolean;
}

/** What sources share. */
export interface SourceTools {
  /** Memory of their logs; absent: each for itself. */
  readonly pool?: SegmentPool;
  /** How not all players are woken at once; absent: they are. */
  readonly nextTurn?: NextTurn;
  /** Where players wait that have their first picture; absent: they do not. */
  readonly joinDelay?: { add(newcomer: DeferredPlayer): void };
}
