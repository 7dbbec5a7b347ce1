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
 * `asked`: a call whose outcome is not known may have been answered with yes. `open`: the session runs.
 * `due`: the body is written and has to be delivered. `dead`: given up, kept for the operator.
 */
export type RowState = "asked" | "open" | "due" | "dead";

/** One event owed to one address. */
export interface OutboxRow {
  /** The webhook id. */
  readonly id: string;
  readonly event: HookEventName;
  /** Configured now, once the row is in a queue. */
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
   * Of a stream's ending: the names that neither an ask nor a start may overtake it with. Of the start of a publish: its
   * name. Empty for all others.
   */
  streamKeys: readonly string[];
  /** `""` until it is due. */
  body: string;
  attempts: number;
  /** Not before this moment, by the monotonic clock; {@link AT_ONCE} for no pause. */
  nextAt: number;
  /** What went wrong last, `""` for nothing yet. */
  cause: string;
  /** Last known of an open session: its bytes, and its start (milliseconds since 1970) with its duration added. */
  sendBytes: number;
  recvBytes: number;
  checkpointAt: number;
  /** Until it resolves the row must not be delivered: the store does not know it yet. Not recorded itself. */
  pending: Promise<void> | undefined;
}

/** The `nextAt` of a row that need not pause, on disk too. */
export const AT_ONCE = 0;

/** Bounds of what is due, and of what is dead. */
export interface OutboxBounds {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Row overhead beside the body, roughly. */
const ROW_BYTES = 512;

/** What a row takes, roughly, bytes. */
export function sizeOf(row: OutboxRow): number {
  return ROW_BYTES + row.body.length;
}
