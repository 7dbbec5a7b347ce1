/**
 * One RTMP connection's protocol past the handshake, as a pure machine.
 *
 * A {@link RtmpSession} takes whole messages and gives {@link SessionEvent}s and bytes. It knows what every client
 * expects to get and in which order, and decides nothing: `connect`, `publish` and `play` become requests that the
 * caller (`Connection`) answers with `accept` or `reject`, at once or after a hook request. While one waits, what
 * follows waits behind it; control messages and the client's withdrawal do not.
 *
 * @module
 */
export type {
  ConnectRequested,
  Ignored,
  MediaReceived,
  Paused,
  PlayEnded,
  PlayRequested,
  Pong,
  PublishEnded,
  PublishRequested,
  RequestWithdrawn,
  SessionEvent,
  ViewersReported,
} from "./events.ts";
export { type Rejection, RejectionCode } from "./rejection.ts";
export type { ReconnectRequest, Status } from "./replies.ts";
export { RtmpSession, type SessionOptions } from "./rtmp_session.ts";
export { type ServerFacts, serverInfo } from "./server_info.ts";
export { DEFAULT_SESSION_SETTINGS, type SessionSettings } from "./session_settings.ts";
export type { SessionState } from "./session_state.ts";
// Types of other rooms that these show.
export type * from "../wire/mod.ts";
