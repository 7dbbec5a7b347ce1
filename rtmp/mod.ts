/**
 * RTMP: the server, its options, and what it needs of the house.
 *
 * @module
 */
export { countFault } from "./accept_events.ts";
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
export type { KickOptions, MediaServer } from "./ports.ts";
export { machineEnvironment } from "./machine_environment.ts";
export { type SignedStreamUrl, signStreamUrl, type StreamUrlGrant } from "./sign_stream_url.ts";
export { RtmpServer, type RtmpServerDeps } from "./server.ts";
export { ThreadedServer, type ThreadedServerDeps } from "./threads/threaded_server.ts";
