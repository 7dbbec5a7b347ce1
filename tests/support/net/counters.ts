/**
 * Counters of limits in memory, for tests.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { Log } from "../../../core/mod.ts";
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
  const hash = (name: string): Uint8Array => createHmac("sha256", "fixed").update(name).digest();
  return {
    counts: new SharedCounters(hash, cells),
    limits: new LimitCounters({ write }, () => 0),
  };
}
