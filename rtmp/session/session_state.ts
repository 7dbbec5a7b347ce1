/**
 * The states of a session, and what a row of its transition table is made of.
 *
 * @module
 */
import type { SessionContext } from "./session_context.ts";
import type { InputKind, SessionInputs } from "./session_input.ts";

/**
 * Where a session is. `...Pending` waits for the answer to a request; `connected` has a NetStream that does
 * nothing; `closing` takes nothing more.
 */
export type SessionState =
  | "awaitingConnect"
  | "connectPending"
  | "connected"
  | "publishPending"
  | "publishing"
  | "playPending"
  | "playing"
  | "closing";

/** What one input does in one state. */
export interface Transition<V> {
  readonly to: SessionState;
  /** @throws {ProtocolError} When the input does not hold what it needs; the state then stays. */
  readonly apply: (context: SessionContext, value: V) => void;
}

/** One state's row. An input without an entry is a protocol error. */
export type Transitions = { readonly [K in InputKind]?: Transition<SessionInputs[K]> };
