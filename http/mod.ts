/**
 * The HTTP room: the server for players, the management API and the metrics.
 *
 * {@link ApiServer} is the whole of it for the rest of the server. `api/routes.ts` is the
 * table of what can be asked, `api/api.ts` serves it, `api/origin_guard.ts` says which callers may use it, the files of
 * `api/views/` write snapshots as JSON, those of `metrics/` for Prometheus, `events/` is for those that follow the server.
 *
 * {@link PlayerServer} serves players in each media thread: `remux/` is FLV by HTTP and WebSocket, MPEG-TS and sound
 * alone, `hls/` is HLS, `pages/` the page that plays a stream in a browser, `static/` files of the operator's,
 * `site_route.ts` chooses between the two.
 *
 * `server/` is an HTTP/1.1 server that knows nothing of either: `head_reader.ts` finds heads in bytes,
 * `request_head.ts` reads them, `http_connection.ts` serves one client, `http_server.ts` all.
 *
 * @module
 */
export type { DrainControl, DrainFacts } from "./drain_port.ts";
export type { AccessLogDeps } from "./access_log.ts";
export type { HttpListeners } from "./server/ports.ts";
export { ApiServer, type ApiServerOptions } from "./api/api_server.ts";
export { TOKEN_BYTES, tokenHash, tokenOf } from "./api/auth/token_hash.ts";
export { EventFeed, type EventFeedDeps, type ListenOptions } from "./events/event_feed.ts";
export type { EventFilter, FilteredFacts } from "./events/event_filter.ts";
export type { EventId } from "./events/event_text.ts";
export { type ExporterDeps, ExporterServer } from "./metrics/exporter_server.ts";
export { type MetricsDeps, type MetricsOptions, MetricsPage } from "./metrics/metrics_page.ts";
export type { KernelNames } from "./metrics/metrics_parts.ts";
export type { MetricsFormat } from "./metrics/metrics_text.ts";
export { type SessionCounts, SessionTally } from "./metrics/session_tally.ts";
export type {
  ApiAuthOptions,
  ApiOptions,
  ApiTokenOptions,
  ExporterOptions,
  HttpLimits,
  HttpListener,
  HttpOptions,
  HttpsListenOptions,
  PlayerServerOptions,
} from "./options.ts";
export type { HlsServiceDeps, KeptHlsState } from "./hls/hls_service.ts";
export type { HlsThreadMessage, HlsThreads, StreamName } from "./hls/hls_threads.ts";
export { HlsDisk, type HlsDiskDeps, type HlsDiskOptions } from "./hls/disk/hls_disk.ts";
export type { SegmentInit, SegmentSink, SinkMessage, SinkSegment } from "./hls/segment_sink.ts";
export type { ListedPart, ListedSegment } from "./hls/playlist_model.ts";
export { PlayerServer, type PlayerServerDeps } from "./player_server.ts";
export type { RecordingDesk } from "./recording_desk.ts";
export { remuxFormatNamed } from "./remux/container.ts";
export { Mount, type MountedStream } from "./remux/mount.ts";
export type {
  ApiDeps,
  ApiLog,
  BanEntry,
  Bans,
  HookRows,
  HooksView,
  HostFacts,
  Identity,
  LimitHits,
  LogThresholdControl,
  ManagementLimitName,
  ManagementListener,
  Media,
  MetricsWriter,
  NewBan,
  ProcessFacts,
  ProcessUsage,
  Readiness,
  SettingFacts,
  TryHook,
  VhostFacts,
} from "./ports.ts";
// Types of other rooms that these show.
export type * from "../core/mod.ts";
export type * from "../hooks/mod.ts";
export type * from "../stream/live/mod.ts";
export type * from "../system/mod.ts";
export type * from "../stream/admission/access/mod.ts";
export type * from "../stream/admission/mod.ts";
export type * from "../stream/media/mod.ts";
export type * from "../stream/schedule/mod.ts";
