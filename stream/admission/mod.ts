/**
 * Who may publish and play under which name, whatever the protocol: targets, access rules, quotas, names, and the
 * sessions from their request to their ending.
 *
 * @module
 */
export { AccessControl, type AccessControlDeps } from "./access_control.ts";
export type { AdmissionContext } from "./admission_context.ts";
export { clientSnapshot, type ConnectedClient, type StreamUse } from "./clients/client_snapshot.ts";
export {
  ClientRegistry,
  type ClientRegistryDeps,
  type RegisteredClient,
  SWEEP_MS,
} from "./client_registry.ts";
export { type Jumps, type Rates, TrafficMeter } from "./clients/traffic_meter.ts";
export { ConnectAdmission } from "./connect_admission.ts";
export {
  type AdmittedConnection,
  type ConnectionBounds,
  type ConnectionCount,
  ConnectionLimiter,
  LocalConnectionCount,
} from "./connection_limiter.ts";
export { type KickHold, KickHolds } from "./names/kick_holds.ts";
export {
  createMediaContext,
  type MediaContext,
  type MediaContextDeps,
  type MediaEnvironment,
  type MediaOptions,
  type SharedMedia,
} from "./media_context.ts";
export type {
  AdmissionLimits,
  AdmissionOptions,
  ClusterHooks,
  ClusterMode,
  ClusterOptions,
  DvrKeep,
  DvrOptions,
  DvrPlan,
  ForwardOptions,
  HlsFormat,
  HlsOptions,
  HostClusterOptions,
  HttpRemuxOptions,
  MissingStream,
  OriginBalance,
  PlayedTracks,
  PlayOptions,
  PublishOptions,
  PullOptions,
  Takeover,
  TimeJitter,
  VhostOptions,
  VhostSet,
} from "./options.ts";
export {
  type OutputChoice,
  type PlayBegin,
  PlaySession,
  type StreamReader,
  viewersName,
} from "./play_session.ts";
export { PublishSession } from "./publish_session.ts";
export { NAME_TAKEN } from "./names/name_reservation.ts";
export type { LivePublish, PublishWatcher, PublishWatchers } from "./publish/publish_watcher.ts";
export {
  logRefusal,
  type PendingRefusal,
  type Refusal,
  type RequestKind,
  type RequestPlace,
} from "./refusal.ts";
export { serverSnapshot } from "./server_snapshot.ts";
export {
  type ReportedClient,
  type ReportedSession,
  type ReportedUse,
  SessionReports,
} from "./session_reports.ts";
export { SecretNames } from "./names/secret_names.ts";
export { shownTcUrl } from "./names/shown_tc_url.ts";
export {
  type AccountClient,
  type AccountClock,
  type EndOptions,
  logConnectionEnd,
  type MeasuredEnding,
  SessionAccount,
} from "./session_account.ts";
export type { LoggedClient, PublishingClient, SessionClient } from "./session_client.ts";
export { sourceOptions } from "./source_options.ts";
export {
  type EdgeClaim,
  type EdgeFacts,
  type EdgePlace,
  type EdgeProof,
  edgeProofFault,
  type Hmac,
  judgeEdge,
  proveEdge,
} from "./relay/edge.ts";
export {
  type FetchedStream,
  type OfferedStream,
  type PushedStream,
  type StreamRelay,
  StreamRelays,
  type WantedStream,
} from "./relay/stream_relays.ts";
export { type SignedStreamUrl, signStreamUrl, type StreamUrlGrant } from "./sign_stream_url.ts";
export {
  SlowPlayerWatch,
  type WatchedConsumer,
  type WatchedPlayer,
  type WatchedWriter,
} from "./play/slow_player_watch.ts";
export { LocalStreams, type NameRegistry, type StreamDirectory } from "./names/stream_directory.ts";
export type { StartDecision, StreamRequest } from "./stream_request.ts";
export { StreamSession } from "./stream_session.ts";
export { type AddressRefusal, type ConnectFacts, resolveTarget, type StreamTarget } from "./stream_target.ts";
export {
  DEFAULT_APP,
  resolveStreamUrl,
  type StreamAddress,
  type StreamUrl,
  type TcUrl,
} from "./names/stream_url.ts";
export { streamUrlFault } from "./names/stream_url_fault.ts";
export { selectVhost, type VhostNames } from "./names/vhost.ts";
export * from "./access/mod.ts";
// Types of other rooms that these show.
export type * from "../../core/mod.ts";
export type * from "../../system/mod.ts";
export type * from "../live/mod.ts";
export type * from "../media/mod.ts";
export type * from "../schedule/mod.ts";
export { EGRESS_CELLS, type EgressExcess, EgressLimit, type EgressTerms } from "./play/egress_limit.ts";
