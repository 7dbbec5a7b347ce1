/**
 * What a client hears when the server ends it: without a word encoders come back at once and for ever, and players
 * report an error where there is none.
 *
 * @module
 */
import type { ClientSocket } from "../../system/mod.ts";
import type { ConnectionWriter } from "./connection_writer.ts";
import type { EndReason } from "../../core/mod.ts";
import { RejectionCode, type Session, type SessionState } from "../session/mod.ts";

/** Endings that the operator or the service wanted: a client that comes back would only be ended again. */
const UNWANTED: ReadonlySet<EndReason> = new Set(["kicked", "rejected", "lease_expired", "bitrate"]);

/** Endings by something that the client sent: its operator needs the reason. */
const FAULTS: ReadonlySet<EndReason> = new Set(["protocol", "limit"]);

/** Endings after which the client is told something that it should be able to read. */
const POLITE: ReadonlySet<EndReason> = new Set([...UNWANTED, ...FAULTS, "shutdown", "duration"]);

/** Codes that encoders and players stop for, by what the client was doing. */
const STOPS: Partial<Readonly<Record<SessionState, string>>> = {
  publishing: RejectionCode.PublishRejected,
  playing: RejectionCode.PlayFailed,
};

/** Everything that a connection speaks through. */
export interface Parting {
  readonly session: Session;
  readonly writer: ConnectionWriter;
  readonly socket: ClientSocket;
}

/**
 * Say the last words and close: at once, or when the client has had the time to read what it can use.
 *
 * @param onFault Gets what went wrong; the socket is closed all the same.
 */
export function part(
  { session, writer, socket }: Parting,
  reason: EndReason,
  description: string,
  onFault: (error: string) => void,
): void {
  bidFarewell(session, reason, description);
  session.close();
  if (!POLITE.has(reason)) return socket.close();
  const output = session.takeOutput();
  if (output !== undefined) writer.send(output);
  void socket.hangUp(writer.idle(), onFault);
}

/**
 * Queue the last words for a client whose connection is about to be ended by the server. A session that is closing
 * has had them.
 */
function bidFarewell(session: Session, reason: EndReason, description: string): void {
  if (session.isClosing) return;
  const code = STOPS[session.state];
  if (reason === "shutdown") {
    session.requestReconnect({ description });
  } else if (FAULTS.has(reason)) {
    session.dismiss(description);
  } else if (UNWANTED.has(reason) && code !== undefined) {
    session.status({ level: "error", code, description });
  } else if (reason === "duration" && session.state === "playing") {
    session.status({ level: "status", code: "NetStream.Play.Stop", description });
  }
}
