/**
 * What several rooms share: types, constants and small pure helpers. Imports nothing.
 *
 * @module
 */
export type { Ban, BanKind } from "./ban.ts";
export { base36 } from "./base36.ts";
export { BinaryHeap } from "./binary_heap.ts";
export { isEqual, join } from "./bytes.ts";
export type { ByteCounters, ClientIds, ClientInfo, Protocol, StreamInfo } from "./client_info.ts";
export type { Clock, Timer } from "./clock.ts";
export { DELAY_BOUNDS_MS, type DelayCounts, DelayHistogram } from "./delay_histogram.ts";
export { DEFAULT_VHOST } from "./default_vhost.ts";
export { Deque } from "./deque.ts";
export type { EndReason, ReportedReason } from "./end_reason.ts";
export { errorChain, errorMessage, errorStack } from "./error_text.ts";
export type { FinishedSegment, Publication, Publications, SegmentFiles } from "./finished_segment.ts";
export {
  ENDING_OF,
  type EndingEvent,
  HOOK_EVENT_NAMES,
  type HookEventName,
  type RequestEvent,
} from "./hook_event.ts";
export type {
  Decision,
  Decisions,
  Denial,
  Ending,
  HookRequest,
  HookRequestContext,
  Hooks,
  Lease,
  Revocation,
  Verdict,
} from "./hooks.ts";
export { canonicalIp, isLoopback } from "./ip.ts";
export {
  type AddressRange,
  AddressRanges,
  isInRange,
  type NetworkAddress,
  rangeText,
  readAddress,
  readRange,
} from "./address_range.ts";
export type { KickOptions } from "./kick_options.ts";
export type { ListenAddress } from "./listen_address.ts";
export { LIMIT_NAMES, type LimitHit, type LimitLine, type LimitName, type Limits } from "./limits.ts";
export { type Log, LOG_LEVELS, type LogFields, type LogLevel, type PlainLog } from "./log.ts";
export {
  ACTIVITY_KINDS,
  type ActivityEvent,
  type ActivityKind,
  type ActivityPlace,
  type ActivitySink,
  type BanFacts,
  type DenialFacts,
  type LogLevelFacts,
  type RecordedFileFacts,
  type SessionEndFacts,
  type StreamFormatFacts,
} from "./activity_event.ts";
export {
  type FinishedRecording,
  type ListedRecording,
  RECORD_PATH_VARIABLES,
  type RecordedStream,
  type RecordingAnswer,
  type RecordingChange,
  type RecordingLog,
  type RecordingOrder,
  type RecordingPage,
  type RecordingQuery,
  type RecordingReason,
  type StartedRecording,
} from "./recording.ts";
export {
  RELOAD_WHEN,
  type ReloadedKey,
  type ReloadOutcome,
  type ReloadProblem,
  type ReloadWhen,
} from "./reload.ts";
export type {
  ForwardAnswer,
  ForwardOrder,
  PullAnswer,
  PullInfo,
  PullOrder,
  RelayInfo,
  WantedPull,
} from "./relay_info.ts";
export { type Member, SwapRemoveList } from "./swap_remove_list.ts";
export {
  type CertificateFacts,
  TLS_LISTENERS,
  type TlsListenerName,
  type TlsListenOptions,
  type TlsPair,
} from "./tls.ts";
