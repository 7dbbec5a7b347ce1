/**
 * A request for a stream, and its answer.
 *
 * @module
 */
import type { ConnectAdmission } from "./connect_admission.ts";
import type { ConnectFacts } from "./stream_target.ts";
import type { Decision } from "../../core/mod.ts";

/** What a client requests. */
export interface StreamRequest {
  /** What it said of itself. */
  readonly facts: ConnectFacts;
  /** With its parameters. */
  readonly streamName: string;
  /** The vhosts that have admitted it; absent: `on_connect` is not requested. */
  readonly connect?: ConnectAdmission;
  /** The server itself wants it: no rule of access is checked, and no hook is called. */
  readonly isOwn?: boolean;
}

/**
 * The answer to a request. Allowed: begin the session and answer the client, unless it has been aborted meanwhile.
 * Denied: it has been logged.
 */
export type StartDecision = Decision<unknown>;
