/**
 * Outbox rows as they are stored, and back.
 *
 * @module
 */
import type { AdmittedBy } from "./call_headers.ts";
import type { HookEventName, Payload } from "./options.ts";
import type { OutboxRow } from "./outbox_row.ts";
import type { StoredRow } from "./outbox_database.ts";
import type { SessionFacts } from "./payload.ts";

const EVENTS: readonly HookEventName[] = [
  "on_connect",
  "on_close",
  "on_publish",
  "on_unpublish",
  "on_play",
  "on_stop",
  "on_update",
  "on_hls",
  "on_dvr",
];
const PAYLOADS: readonly Payload[] = ["full", "1.0", "6.0"];
const ADMITTED_BY: readonly AdmittedBy[] = ["allowed", "last", "cached"];

/** A row for the disk. */
export function storeRow(row: OutboxRow): StoredRow {
  return {
    id: row.id,
    state: row.state,
    seq: row.seq,
    event: row.event,
    url: row.url,
    payload: row.payload,
    lane: row.lane,
    admittedBy: row.admittedBy ?? "",
    dueAt: row.dueAt,
    facts: JSON.stringify(row.facts),
    streams: JSON.stringify(row.streamKeys),
    body: row.body,
    attempts: row.attempts,
    nextAt: row.nextAt,
    cause: row.cause,
    sendBytes: row.sendBytes,
    recvBytes: row.recvBytes,
    checkpointAt: row.checkpointAt,
  };
}

/**
 * A row from the disk.
 *
 * @throws {SyntaxError} When it was not written by this program.
 */
export function restoreRow(stored: StoredRow): OutboxRow {
  const event = EVENTS.find((name) => name === stored.event);
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
    dueAt: stored.dueAt,
    facts,
    streamKeys,
    body: stored.body,
    attempts: stored.attempts,
    nextAt: stored.nextAt,
    cause: stored.cause,
    sendBytes: stored.sendBytes,
    recvBytes: stored.recvBytes,
    checkpointAt: stored.checkpointAt,
    pending: undefined,
  };
}
