/**
 * The keys of `[hooks.outbox]`: where hook calls are kept until they are answered.
 *
 * @module
 */
import { duration, size } from "../types/duration_type.ts";
import { rootKey } from "./key_spec.ts";
import { count, OFF, PATH, SWITCH } from "../types/value_type.ts";

const MIB = 1024 * 1024;

/** The outbox. */
export const OUTBOX_KEYS = Object.freeze({
  path: rootKey(
    "hooks.outbox.path",
    "restart",
    PATH,
    "./objs/srs.outbox.db",
    "Endings and open sessions survive here, in memory only when empty",
  ),
  required: rootKey(
    "hooks.outbox.required",
    "restart",
    SWITCH,
    OFF,
    "On: no start while the file cannot be written; off: an alarm, and memory keeps them until it can",
  ),
  maxRows: rootKey(
    "hooks.outbox.max_rows",
    "live",
    count({ min: 1, max: 1_000_000_000 }),
    1_000_000,
    "Above it the oldest undelivered calls become dead letters",
  ),
  maxBytes: rootKey(
    "hooks.outbox.max_bytes",
    "live",
    size({ min: 64 * 1024, max: 1024 * 1024 * MIB }),
    1024 * MIB,
    "Above it the oldest undelivered calls become dead letters",
  ),
  maxAgeMs: rootKey(
    "hooks.outbox.max_age",
    "live",
    duration("s", { minMs: 1000, maxMs: 365 * 86_400_000 }),
    86_400_000,
    "An undelivered call that is older becomes a dead letter",
  ),
});
