/**
 * Outbox rows as they are stored, and back.
 *
 * @module
 */
import { type Clock, HOOK_EVENT_NAMES } from "../../core/mod.ts";
import type { AdmittedBy } from "../contract/call_headers.ts";
import type { Payload } from "../options.ts";
import { AT_ONCE, type OutboxRow } from "./outbox_row.ts";
import type { StoredRow } from "./event_table.ts";
import type { SessionFacts } from "../contract/payload.ts";

const PAYLOADS: readonly Payload[] = ["full", "1.0", "6.0"];
const ADMITTED_BY: readonly AdmittedBy[] = ["allowed", "last", "cached"];

/** A row's moments as wall time, for a later process. */
export function storedMoments(row: OutboxRow, clock: Clock): Pick<StoredRow, "dueAt" | "nextAt"> {
  const offset = clock.wallNow() - clock.now();
  return {
    dueAt: Math.round(row.dueAt + offset),
    nextAt: row.nextAt === AT_ONCE ? AT_ONCE : Math.round(row.nextAt + offset),
  };
}

/** A row for the disk. */
export function storeRow(row: OutboxRow, clock: Clock): StoredRow {
  return {
    id: row.id,
    state: row.state,
    seq: row.seq,
    event: row.event,
    url: row.url,
    payload: row.payload,
    lane: row.lane,
    admittedBy: row.admittedBy ?? "",
    ...storedMoments(row, clock),
    facts: JSON.stringify(row.facts),
    streams: JSON.stringify(row.streamKeys),
    body: row.body,
    attempts: row.attempts,
    cause: row.cause,
    sendBytes: row.sendBytes,
    recvBytes: row.recvBytes,
    checkpointAt: row.checkpointAt,
  };
}

/**
 * A row from the disk. Its age counts from the wall time at which it became due; a time in the future, from before
 * the system's clock was set back, counts as now. Pauses ended with the process that made them.
 *
 * @throws {SyntaxError} When it was not written by this program.
 */
export function restoreRow(stored: StoredRow, clock: Clock): OutboxRow {
  const event = HOOK_EVENT_NAMES.find((name) => name === stored.event);
  if (event === undefined) {
    throw new SyntaxError(`Cannot restore outbox row ${stored.id}: event ${stored.event}`);
  }
  const facts: SessionFacts = JSON.parse(stored.facts);
  const streamKeys: string[] = JSON.parse(stored.streams);
  return {
    id: stored.id,
    event,
    url: stored.url,
    payload: PAYLOADS.find((payload) => payload === stored.payload) ?? "full",
    lane: stored.lane,
    admittedBy: ADMITTED_BY.find((by) => by === stored.admittedBy),
    state: stored.state,
    seq: stored.seq,
    dueAt: clock.now() - Math.max(0, clock.wallNow() - stored.dueAt),
    facts,
    streamKeys,
    body: stored.body,
    attempts: stored.attempts,
    nextAt: AT_ONCE,
    cause: stored.cause,
    sendBytes: stored.sendBytes,
    recvBytes: stored.recvBytes,
    checkpointAt: stored.checkpointAt,
    pending: undefined,
  };
}
