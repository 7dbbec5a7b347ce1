/**
 * RTMP: the server, its options, and what it needs of the house.
 *
 * @module
 */
export { countFault } from "./server/accept_events.ts";
export type { ConnectionLimits, RtmpOptions } from "./options.ts";
export type { KickOptions, MediaServer } from "./ports.ts";
export { machineEnvironment } from "./machine_environment.ts";
export { RtmpServer, type RtmpServerDeps } from "./server/server.ts";
