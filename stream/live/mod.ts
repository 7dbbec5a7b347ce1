/**
 * Live streams in memory: sources, the stream log, consumers, time correction. Pure: no clock, no socket.
 *
 * @module
 */
export { type ByteSink, ConnectionWriter, ReplyOverflow } from "./connection_writer.ts";
export { Consumer } from "./consumer.ts";
export { EntryRing } from "./entry_ring.ts";
export type { GopState } from "./gop_tracker.ts";
export { type CachedGop, GopCache, type GopCacheOptions } from "./gop_cache.ts";
export type { GopHolder } from "./gop_of_output.ts";
export { ForeignFeed } from "./foreign_feed.ts";
export type { PlayedMedia, PlayedTracks } from "./played_tracks.ts";
export { type LagBounds, LagIndex } from "./lag_index.ts";
export type { PublisherHandle } from "./publisher_handle.ts";
export { NOTHING_READ, type ReadMark } from "./read_mark.ts";
export { type GopStart, JoinCache, type JoinPoint } from "./join_cache.ts";
export type { DeferredPlayer, ListedReader, Reader, Relay, Wakeable } from "./reader.ts";
export { type AllocateSegment, SegmentPool } from "./segment_pool.ts";
export type { CodecFacts } from "./codec_facts.ts";
export { Source } from "./source.ts";
export type { PublishFacts } from "./publish_facts.ts";
export type { Tap } from "./tap.ts";
export type { SourceOptions, SourceTools } from "./source_options.ts";
export {
  addUsage,
  type ClientRole,
  type ClientSnapshot,
  type ClientsSnapshot,
  type ClientTotals,
  type FormatSnapshot,
  type MediaFacts,
  mergeSnapshots,
  mergeTotals,
  NO_USAGE,
  type PublicationSnapshot,
  type ServerSnapshot,
  type ThreadSnapshot,
  type Usage,
  UsageSum,
} from "./snapshot.ts";
export { sourceKey, Sources, type SourceWatcher } from "./sources.ts";
export type { RunningPublish } from "./running_publish.ts";
export { type OutputKind, type OutputState, StreamOutput } from "./stream_output.ts";
export { type OutputEvents, StreamOutputs } from "./stream_outputs.ts";
export { type Header, StreamHeaders } from "./stream_headers.ts";
export {
  type ForeignBytes,
  type LogSlice,
  type Segment,
  StreamLog,
  type StreamLogOptions,
} from "./stream_log.ts";
export { allocateShared } from "./segment_memory.ts";
export {
  discardBatch,
  Mirror,
  type MirrorBatch,
  MirrorFeed,
  type MirrorPiece,
  type MirrorStart,
} from "./mirror_feed.ts";
export type { NextTurn } from "./batched_wakeup.ts";
// Types of other rooms that these show.
export type * from "../../core/mod.ts";
export type * from "../media/mod.ts";
