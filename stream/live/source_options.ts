/**
 * What a source is made with.
 *
 * @module
 */
import type { DeferredPlayer } from "./reader.ts";
import type { SegmentPool } from "./segment_pool.ts";
import type { GopCacheOptions } from "./gop_cache.ts";
import type { TimeJitter } from "../media/time_corrector.ts";
import type { NextTurn } from "./batched_wakeup.ts";

/** What a source takes from its vhost. */
export interface SourceOptions extends GopCacheOptions {
  /** How timestamps are corrected. */
  readonly timeJitter: TimeJitter;
  /** Whether an unchanged sequence header is kept back. */
  readonly reduceSequenceHeader: boolean;
}

/** What sources share. */
export interface SourceTools {
  /** Called when other outputs of the source are played here than before; absent: nobody wants to know. */
  readonly playedChanged?: () => void;
  /** Memory of their logs; absent: each for itself. */
  readonly pool?: SegmentPool;
  /** How not all players are woken at once; absent: they are. */
  readonly nextTurn?: NextTurn;
  /** Where players wait that have their first picture; absent: they do not. */
  readonly joinDelay?: { add(player: DeferredPlayer): void };
}
