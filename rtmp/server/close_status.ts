/**
 * The status that a client gets when the server ends its connection. Without it encoders reconnect at once, again and
 * again, and players report an error where there is none.
 *
 * @module
 */
import type { ClientSocket } from "../../system/mod.ts";
import type { ConnectionWriter } from "../../stream/live/mod.ts";
import type { EndReason } from "../../core/mod.ts";
import { RejectionCode, type RtmpSession, type SessionState } from "../session/mod.ts";

/** Endings that the operator, the service or the origin wanted: a client that reconnects would only be ended again. */
const NO_RETRY_REASONS: ReadonlySet<EndReason> = new Set([
  ...["kicked", "rejected", "lease_expired", "bitrate", "reload", "origin"] as const,
]);

/** Endings by something that the client sent: its operator needs the reason. */
const FAULTS: ReadonlySet<EndReason> = new Set(["protocol", "limit"]);

/** Endings with a status that the client should have the time to read. */
const LINGER_REASONS: ReadonlySet<EndReason> = new Set([
  ...NO_RETRY_REASONS,
  ...FAULTS,
  "shutdown",
  "duration",
]);

/** Codes at which encoders and players stop, by what the client was doing. */
const STOPS: Partial<Readonly<Record<SessionState, string>>> = {
  publishing: RejectionCode.PublishRejected,
  playing: RejectionCode.PlayFailed,
};

/** What is closed. */
export interface ClosingConnection {
  readonly session: RtmpSession;
  readonly writer: ConnectionWriter;
  readonly socket: ClientSocket;
}

/**
 * Send the status and close: at once, or when the client has had the time to read it.
 *
 * @param onFault Gets what went wrong; the socket is closed all the same.
 */
export function closeConnection(
  { session, writer, socket }: ClosingConnection,
  reason: EndReason,
  description: string,
  onFault: (error: string) => void,
): void {
  sendCloseStatus(session, reason, description);
  session.close();
  if (!LINGER_REASONS.has(reason)) return socket.close();
  const output = session.takeOutput();
  if (output !== undefined) writer.send(output);
  void socket.hangUp(writer.idle(), onFault);
}

/**
 * Queue the status for a client whose connection the server is about to end. The client of a session that is closing
 * has one already.
 */
function sendCloseStatus(session: RtmpSession, reason: EndReason, description: string): void {
  if (session.isClosing) return;
  const code = STOPS[session.state];
  if (reason === "shutdown") {
    session.requestReconnect({ description });
  } else if (FAULTS.has(reason)) {
    session.dismiss(description);
  } else if (NO_RETRY_REASONS.has(reason) && code !== undefined) {
    session.status({ level: "error", code, description });
  } else if (reason === "duration" && session.state === "playing") {
    session.status({ level: "status", code: "NetStream.Play.Stop", description });
  }
}
