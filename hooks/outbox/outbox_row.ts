/**
 * A row of the outbox: one event that is owed to one address.
 *
 * @module
 */
import type { AdmittedBy } from "../contract/call_headers.ts";
import type { HookEventName } from "../../core/mod.ts";
import type { Payload } from "../options.ts";
import type { SessionFacts } from "../contract/payload.ts";

/**
 * `asked`: a request is under way whose answer may allow the session. `open`: the session runs.
 * `due`: the body is written and has to be delivered. `dead`: given up, kept for the operator.
 */
export type RowState = "asked" | "open" | "due" | "dead";

/** One event owed to one address. */
export interface OutboxRow {
  /** The webhook id. */
  readonly id: string;
  readonly event: HookEventName;
  /** Always a configured address once the row is in a queue. */
  url: string;
  readonly payload: Payload;
  /** Events of one lane and origin keep their order: a connection of one process. */
  readonly lane: string;
  readonly admittedBy: AdmittedBy | undefined;
  state: RowState;
  /** Order in which events became due; of open rows the order of their starts. */
  seq: number;
  /** When it became due, by the monotonic clock; of others when it was made. */
  dueAt: number;
  facts: SessionFacts;
  /**
   * Of a stream's ending: the names under which neither a request nor a start may overtake it. Of the start of a publish:
   * its name. Empty for all others.
   */
  streamKeys: readonly string[];
  /** `""` until it is due. */
  body: string;
  attempts: number;
  /** Not before this moment, by the monotonic clock; {@link AT_ONCE} for no pause. */
  nextAt: number;
  /** The last failure, `""` when there was none. */
  cause: string;
  /** Last known of an open session: its bytes, and its start (milliseconds since 1970) with its duration added. */
  sendBytes: number;
  recvBytes: number;
  checkpointAt: number;
  /** The row must not be delivered before this resolves: the store has not recorded it yet. */
  pending: Promise<void> | undefined;
}

/** The `nextAt` of a row without a pause, on disk too. */
export const AT_ONCE = 0;

/** Bounds of what is due, and of what is dead. */
export interface OutboxBounds {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Overhead of a row besides its body, roughly. */
const ROW_BYTES = 512;

/** Size of a row in bytes, roughly. */
export function sizeOf(row: OutboxRow): number {
  return ROW_BYTES + row.body.length;
}
