/**
 * The table of events in the outbox file: its columns, its rows as they are stored, and the statements that write them.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { NO_SERVICE } from "./dead_letter_selection.ts";
import type { RowState } from "./outbox_row.ts";

/** A row as it is stored; `facts` and `streams` are JSON texts. */
export interface StoredRow {
  readonly id: string;
  readonly state: RowState;
  readonly seq: number;
  readonly event: string;
  readonly url: string;
  readonly payload: string;
  readonly lane: string;
  /** `""` for none. */
  readonly admittedBy: string;
  readonly dueAt: number;
  readonly facts: string;
  readonly streams: string;
  readonly body: string;
  readonly attempts: number;
  readonly nextAt: number;
  readonly cause: string;
  readonly sendBytes: number;
  readonly recvBytes: number;
  readonly checkpointAt: number;
}

/** What may change in a stored row; `null` texts stay as they are. */
export interface RowUpdate {
  readonly id: string;
  readonly state: RowState;
  readonly seq: number;
  readonly dueAt: number;
  readonly attempts: number;
  readonly nextAt: number;
  readonly cause: string;
  readonly sendBytes: number;
  readonly recvBytes: number;
  readonly checkpointAt: number;
  readonly url: string | null;
  readonly facts: string | null;
  readonly streams: string | null;
  readonly body: string | null;
}

/** Everything that one turn of the event loop changed. */
export interface Batch {
  readonly inserts: readonly StoredRow[];
  readonly updates: readonly RowUpdate[];
  readonly removes: readonly string[];
}

/** A row's position in the order, for pages. */
export type RowPlace = Pick<StoredRow, "seq" | "id">;

/** Before all rows. */
export const FIRST_PLACE: RowPlace = { seq: -1, id: "" };

/** All states of rows. */
export const STATES: readonly RowState[] = ["asked", "open", "due", "dead"];

/** Makes the tables of a new file. */
export const CREATE_TABLES = `
  CREATE TABLE IF NOT EXISTS event (
    id TEXT PRIMARY KEY, service TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL,
    url TEXT NOT NULL, payload TEXT NOT NULL, lane TEXT NOT NULL, admitted_by TEXT NOT NULL,
    due_at INTEGER NOT NULL, facts TEXT NOT NULL, streams TEXT NOT NULL, body TEXT NOT NULL,
    attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, cause TEXT NOT NULL, send_bytes INTEGER NOT NULL,
    recv_bytes INTEGER NOT NULL, checkpoint_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_order ON event (service, seq);
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO counter VALUES ('client_id', 1);
`;
/** All columns but the service, by the names of {@link StoredRow}. */
export const COLUMNS =
  `id, state, seq, event, url, payload, lane, admitted_by AS admittedBy, due_at AS dueAt, facts,
  streams, body, attempts, next_at AS nextAt, cause, send_bytes AS sendBytes, recv_bytes AS recvBytes,
  checkpoint_at AS checkpointAt`;

/** Parameters: {@link insertValues}. */
export const INSERT = "INSERT OR REPLACE INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
/** Parameters: {@link updateValues}. */
export const UPDATE =
  `UPDATE event SET state = ?, service = COALESCE(?, service), seq = ?, due_at = ?, attempts = ?, next_at = ?,
   cause = ?, send_bytes = ?, recv_bytes = ?, checkpoint_at = ?, url = COALESCE(?, url), facts = COALESCE(?, facts),
   streams = COALESCE(?, streams), body = COALESCE(?, body) WHERE id = ?`;

/** A row of a service for {@link INSERT}. */
export function insertValues(service: string, row: StoredRow): SQLInputValue[] {
  return [
    row.id,
    row.state === "dead" ? NO_SERVICE : service,
    row.state,
    row.seq,
    row.event,
    row.url,
    row.payload,
    row.lane,
    row.admittedBy,
    row.dueAt,
    row.facts,
    row.streams,
    row.body,
    row.attempts,
    row.nextAt,
    row.cause,
    row.sendBytes,
    row.recvBytes,
    row.checkpointAt,
  ];
}

/** A change for {@link UPDATE}. */
export function updateValues(row: RowUpdate): SQLInputValue[] {
  return [
    row.state,
    row.state === "dead" ? NO_SERVICE : null,
    row.seq,
    row.dueAt,
    row.attempts,
    row.nextAt,
    row.cause,
    row.sendBytes,
    row.recvBytes,
    row.checkpointAt,
    row.url,
    row.facts,
    row.streams,
    row.body,
    row.id,
  ];
}

/** All rows of a process, in their order. */
export function storedRows(db: DatabaseSync, service: string): StoredRow[] {
  return db.prepare(`SELECT ${COLUMNS} FROM event WHERE service = ? ORDER BY seq, id`).all(service).map(
    readRow,
  );
}

/** A row as SQLite returns it, with {@link COLUMNS}. */
export function readRow(row: Record<string, unknown>): StoredRow {
  return {
    id: String(row.id),
    state: STATES.find((state) => state === row.state) ?? "dead",
    seq: Number(row.seq),
    event: String(row.event),
    url: String(row.url),
    payload: String(row.payload),
    lane: String(row.lane),
    admittedBy: String(row.admittedBy),
    dueAt: Number(row.dueAt),
    facts: String(row.facts),
    streams: String(row.streams),
    body: String(row.body),
    attempts: Number(row.attempts),
    nextAt: Number(row.nextAt),
    cause: String(row.cause),
    sendBytes: Number(row.sendBytes),
    recvBytes: Number(row.recvBytes),
    checkpointAt: Number(row.checkpointAt),
  };
}
