/**
 * The status that tells a client why its connection ends. Pure.
 *
 * @module
 */
import type { RtmpMessage } from "../wire/message.ts";
import { RejectionCode } from "./rejection.ts";
import { connectionStatusMessage, statusMessage } from "./replies.ts";
import type { SessionState } from "./session_state.ts";

/** What a connection that does nothing gets. */
const CONNECTION_CLOSED = "NetConnection.Connect.Closed";

/** The codes that encoders and players stop for, by what the client is doing. */
const STREAM_CODES: Partial<Readonly<Record<SessionState, string>>> = {
  publishPending: RejectionCode.PublishRejected,
  publishing: RejectionCode.PublishRejected,
  playPending: RejectionCode.PlayFailed,
  playing: RejectionCode.PlayFailed,
};

/** The status of level `error` for a client in `state`; `undefined` where no status would be understood. */
export function dismissal(state: SessionState, description: string): RtmpMessage | undefined {
  const code = STREAM_CODES[state];
  if (code !== undefined) return statusMessage({ level: "error", code, description });
  if (state !== "connected") return undefined;
  return connectionStatusMessage({ level: "error", code: CONNECTION_CLOSED, description });
}
