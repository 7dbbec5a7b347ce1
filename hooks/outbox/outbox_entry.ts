/**
 * A row of the outbox file as its operator sees it.
 *
 * @module
 */
import { originOf } from "../client/origin.ts";
import type { SessionFacts } from "../contract/payload.ts";
import type { StoredRow } from "./event_table.ts";
import type { OutboxDatabase } from "./outbox_database.ts";
import { AT_ONCE, type RowState } from "./outbox_row.ts";

/** One event owed to one address. */
export interface OutboxEntry {
  /** The webhook id, by which a dead event is replayed. */
  readonly id: string;
  /** `asked` and `open` wait for their session's end, `due` for delivery, `dead` for an operator. */
  readonly state: RowState;
  /** Event name. */
  readonly event: string;
  /** Where it is to go. */
  readonly url: string;
  /** The connection it belongs to. */
  readonly clientId: number;
  /** Whose hook it is. */
  readonly vhost: string;
  /** Public application name. */
  readonly app: string;
  /** Public stream name, `""` for a connection without one. */
  readonly stream: string;
  /** When it became due, milliseconds since 1970. */
  readonly dueAt: number;
  /** Attempts so far. */
  readonly attempts: number;
  /** Not before this moment, milliseconds since 1970; `undefined` where there was no attempt that failed. */
  readonly nextAt: number | undefined;
  /** The event that has to be delivered first, `undefined` where none has. */
  readonly after: string | undefined;
  /** What went wrong last, `""` for nothing. */
  readonly cause: string;
  /** The request's body, `""` until it is due. */
  readonly body: string;
}

/** The oldest events in a state. */
export function listEntries(
  db: Pick<OutboxDatabase, "inState">,
  state: RowState,
  limit: number,
): OutboxEntry[] {
  /** The first event of each lane and origin; the others wait for it. */
  const heads = new Map<string, string>();
  return db.inState(state, limit).map((row) => {
    const queue = `${row.lane} ${originOf(row.url)}`;
    const head = heads.get(queue);
    if (head === undefined) heads.set(queue, row.id);
    return entryOf(row, state === "due" ? head : undefined);
  });
}

function entryOf(row: StoredRow, after: string | undefined): OutboxEntry {
  const facts: SessionFacts = JSON.parse(row.facts);
  return {
    id: row.id,
    state: row.state,
    event: row.event,
    url: row.url,
    clientId: facts.clientId,
    vhost: facts.vhost,
    app: facts.app,
    stream: facts.stream?.stream ?? "",
    dueAt: row.dueAt,
    attempts: row.attempts,
    nextAt: row.nextAt === AT_ONCE ? undefined : row.nextAt,
    after,
    cause: row.cause,
    body: row.body,
  };
}
