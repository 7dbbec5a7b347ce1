/**
 * An RTMP client as a pure machine: a {@link ClientSession} plays or publishes one stream of another server. Its shell
 * moves bytes between it and a socket and obeys its {@link ClientEvent}s.
 *
 * @module
 */
export type {
  ClientEvent,
  Connected,
  Misfit,
  PlayedMessage,
  PublisherChanged,
  Refused,
  ServerNotice,
  ServerRefusal,
  Started,
} from "./client_events.ts";
export type { CallOptions, ClientRequest } from "./client_calls.ts";
export { ClientSession, type ClientSessionOptions } from "./client_session.ts";
export {
  endpointText,
  readRtmpAddress,
  type RtmpAddress,
  type RtmpEndpoint,
  tcUrlOf,
} from "./rtmp_address.ts";
// Types of other rooms that these show.
export type * from "../wire/mod.ts";
