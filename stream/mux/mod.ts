/**
 * From the messages of a publish to samples on one time line, and where fragments and segments of them begin: what HLS and
 * recordings have in common. Pure.
 *
 * @module
 */
export { fitsPartTarget, PartPlan, partTargetMs } from "./part_plan.ts";
export { type EarlyFrame, EarlySound } from "./early_sound.ts";
export type { PublishHost, SegmentTracks } from "./publish_host.ts";
export { PublishMuxer } from "./publish_muxer.ts";
export { SegmentPlan, type SegmentRules, targetDurationS } from "./segment_plan.ts";
export type { FrameList, LeadingFrame, PartFrames, SegmenterEvents, SegmenterPlans } from "./segmenter.ts";
export type { ProbedTracks } from "./track_probe.ts";
// Types of another room that these show.
export type * from "../media/mod.ts";
