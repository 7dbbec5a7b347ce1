/**
 * Makes the outbox rows of a session.
 *
 * @module
 */
import type { AdmittedBy } from "../contract/call_headers.ts";
import type { Endpoint } from "../client/endpoint_table.ts";
import { webhookId } from "../contract/ids.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import type { SessionFacts } from "../contract/payload.ts";

/** What differs between the rows of a session. */
export interface RowTerms {
  readonly endpoint: Endpoint;
  readonly state: OutboxRow["state"];
  /** Of a start that is reported afterwards. */
  readonly admittedBy?: AdmittedBy | undefined;
  /** Distinguishes events of one name. */
  readonly serial?: number;
}

/** What they have in common. */
export interface RowOwner {
  readonly facts: SessionFacts;
  readonly lane: string;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  /** Its place in the order of the outbox. */
  readonly seq: number;
  /** Wall time of the start plus the duration so far. */
  readonly checkpointAt: number;
}

/** A row without a body. */
export function sessionRow(
  { endpoint, state, admittedBy, serial }: RowTerms,
  { facts, lane, nowMs, seq, checkpointAt }: RowOwner,
): OutboxRow {
  return {
    id: webhookId(facts.sessionId, endpoint.event, endpoint.index, serial),
    event: endpoint.event,
    url: endpoint.url,
    payload: endpoint.calls.options.payload,
    lane,
    admittedBy,
    state,
    seq,
    dueAt: nowMs,
    facts,
    streamKeys: [],
    body: "",
    attempts: 0,
    nextAt: 0,
    cause: "",
    sendBytes: 0,
    recvBytes: 0,
    checkpointAt,
    pending: undefined,
  };
}
