/**
 * RTMP: the server, its options, and what it is made with.
 *
 * @module
 */
export { countFault, countProxyRefusal } from "./server/accept_events.ts";
export type { ConnectionLimits, RtmpOptions } from "./options.ts";
export { systemEnvironment } from "./system_environment.ts";
export { RtmpFormat } from "./server/rtmp_format.ts";
export { type RtmpListeners, RtmpServer } from "./server/server.ts";
export type { RtmpServerDeps } from "./server/server_context.ts";
// Types of other rooms that these show.
export type * from "../core/mod.ts";
export type * from "./wire/mod.ts";
export type * from "../stream/admission/access/mod.ts";
export type * from "../stream/admission/mod.ts";
export type * from "../stream/live/mod.ts";
export type * from "../stream/media/mod.ts";
export type * from "../system/mod.ts";
