/**
 * Streams past one host: taken from origins and other servers, and brought to them.
 *
 * @module
 */
export { Cluster, type ClusterParts } from "./cluster.ts";
export { AddressGuard, type GuardSystem } from "./link/address_guard.ts";
export type { NamedPulls, ThreadShare } from "./pull/named_pulls.ts";
export { type Dial, type DialOptions, type LinkSocket, type PlaceTrust, systemDial } from "./link/dial.ts";
export { PublishFormat } from "./push/publish_format.ts";
export { Forwards } from "./push/forwards.ts";
// Types of other rooms that these show.
export type * from "../core/mod.ts";
export type * from "../rtmp/client/mod.ts";
export type * from "../stream/admission/mod.ts";
