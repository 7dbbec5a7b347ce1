/**
 * RTMP: the server, its options, and what it needs of the house.
 *
 * @module
 */
export { countFault } from "./accept_events.ts";
export { LIMIT_NAMES, type LimitCulprit, type LimitLine, type LimitName } from "./limit_names.ts";
export type {
  ConnectionLimits,
  ListenAddress,
  PlayedTracks,
  PlayOptions,
  PublishOptions,
  RtmpOptions,
  Takeover,
  TimeJitter,
  VhostOptions,
} from "./options.ts";
export type {
  AskContext,
  AskedEvent,
  AskRequest,
  ClientIds,
  ClientInfo,
  Counters,
  Decisions,
  DenyVerdict,
  Ending,
  EndReason,
  Hooks,
  KickOptions,
  Lease,
  Limits,
  Log,
  LogFields,
  LogLevel,
  MediaServer,
  Protocol,
  Revocation,
  StreamInfo,
  Verdict,
} from "./ports.ts";
export { machineEnvironment } from "./machine_environment.ts";
export { type SignedStreamUrl, signStreamUrl, type StreamUrlGrant } from "./sign_stream_url.ts";
export { RtmpServer, type RtmpServerDeps } from "./server.ts";
export { ThreadedServer, type ThreadedServerDeps } from "./threads/threaded_server.ts";
