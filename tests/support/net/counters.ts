/**
 * Counters of limits in memory, for tests.
 *
 * @module
 */
import type { Log } from "../../../core/mod.ts";
import { HASH_KEY_BYTES, KeyedHash } from "../../../system/limits/keyed_hash.ts";
import { LimitCounters } from "../../../system/limits/limit_counters.ts";
import { SharedCounters } from "../../../system/limits/shared_counters.ts";

/**
 * Counters whose hash has a fixed key.
 *
 * @param write Gets the lines.
 */
export function counters(
  cells?: Int32Array,
  write: Log["write"] = () => {},
): { counts: SharedCounters; limits: LimitCounters } {
  return {
    counts: new SharedCounters(new KeyedHash(new Uint8Array(HASH_KEY_BYTES)), cells),
    limits: new LimitCounters({ write }, () => 0),
  };
}
