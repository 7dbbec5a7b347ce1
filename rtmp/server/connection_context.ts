/**
 * What the parts of one connection (connect, publish, play) share: the client, its session, and the server.
 *
 * @module
 */
import type { ConnectionWriter } from "../../stream/live/mod.ts";
import type { AdmittedConnection, PublishingClient } from "../../stream/admission/mod.ts";
import type { ReadSchedule } from "../../stream/schedule/mod.ts";
import type { ServerContext } from "./server_context.ts";
import type { RtmpSession } from "../session/mod.ts";

/** A connection, as its parts see it. */
export interface ConnectionContext extends PublishingClient {
  readonly server: ServerContext;
  readonly session: RtmpSession;
  readonly writer: ConnectionWriter;
  /** What it is counted as. */
  readonly admitted: AdmittedConnection;
  /** Switch TCP_NODELAY off: small writes wait until the client has acknowledged the ones before. */
  delaySmallSends(): void;
  /** The client is about to send media: read in larger pieces. */
  expectMedia(): void;
  /** Something of this connection has gone wrong: it ends, and nothing else. */
  failed(error: unknown): void;
  /** Read the socket by this schedule from now on. */
  readBy(schedule: ReadSchedule): void;
  /** A request was answered: send the answer, and continue with what was held. */
  resume(): void;
}
