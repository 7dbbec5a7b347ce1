/**
 * RTMP: the server, its options, and what it is made with.
 *
 * @module
 */
export { countFault } from "./server/accept_events.ts";
export type { ConnectionLimits, RtmpOptions } from "./options.ts";
export type { KickOptions } from "../core/mod.ts";
export type { MediaServer } from "./ports.ts";
export { systemEnvironment } from "./system_environment.ts";
export { RtmpFormat } from "./server/rtmp_format.ts";
export { RtmpServer } from "./server/server.ts";
export type { RtmpServerDeps } from "./server/server_context.ts";
