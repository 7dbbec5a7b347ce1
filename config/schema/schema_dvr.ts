/**
 * The keys of recordings. Names, units and meanings are SRS's.
 *
 * @module
 */

import type { DvrPlan } from "../../stream/admission/options.ts";
import { duration, size } from "../types/duration_type.ts";
import { KEEP } from "../types/keep_type.ts";
import { RECORD_PATH, RECORDED_STREAMS } from "../types/record_types.ts";
import { vhostKey } from "./key_spec.ts";
import { choice, OFF, ON, SWITCH } from "../types/value_type.ts";

const PLANS: readonly DvrPlan[] = ["session", "segment"];

/** What is recorded. */
export const DVR_KEYS = Object.freeze({
  enabled: vhostKey("dvr.enabled", "next", SWITCH, OFF, "Streams are recorded"),
  plan: vhostKey(
    "dvr.dvr_plan",
    "next",
    choice(PLANS),
    "session",
    "When a file ends: with its publish, or after dvr_duration too",
  ),
  path: vhostKey(
    "dvr.dvr_path",
    "next",
    RECORD_PATH,
    "./objs/nginx/html/[app]/[stream].[timestamp].flv",
    "Where files go, .flv or .mp4, with the variables [vhost] [app] [stream] [2006] [01] [02] [15] [04] [05] [999] " +
      "[timestamp] [duration], the date when the file is made; a folder gets [stream].[timestamp].flv",
  ),
  apply: vhostKey(
    "dvr.dvr_apply",
    "next",
    RECORDED_STREAMS,
    Object.freeze(["all"]),
    "Which streams are recorded: all, or some as app/stream",
  ),
  durationMs: vhostKey(
    "dvr.dvr_duration",
    "next",
    duration("s", { minMs: 1000, maxMs: 86_400_000 }),
    30_000,
    "What a file of the plan segment lasts at least",
  ),
  waitKeyFrame: vhostKey(
    "dvr.dvr_wait_keyframe",
    "next",
    SWITCH,
    ON,
    "A file of the plan segment ends before a key frame; off: as soon as it is long enough. MP4 always waits",
  ),
  keep: vhostKey(
    "dvr.dvr_keep",
    "live",
    KEEP,
    Object.freeze({ maxAgeMs: 0, maxBytes: 0 }),
    "Files beyond it are removed, the oldest first; {} keeps all. What runs is never removed",
  ),
  minFreeBytes: vhostKey(
    "dvr.dvr_min_free",
    "next",
    size({ min: 0, max: 1024 ** 5 }),
    512 * 1024 ** 2,
    "Recordings end (reason disk) while their disk has less room, and begin again when there is an eighth more; 0 is off",
  ),
});
