/**
 * What an operator does with dead letters, all or some of them, as statements on the outbox file.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";

/** The service that dead rows belong to: none, so that neither a start nor a check reads them. */
export const NO_SERVICE = "-";

/** Dead rows: one by its webhook id, those of some events, or all. */
export interface DeadLetterSelection {
  /** Absent for any. */
  readonly id?: string;
  /** Event name, absent for any. */
  readonly event?: string;
}

/** The address that replayed events go to. */
export interface ReplayTarget {
  readonly url: string;
  /** The vhosts that have this address for the event; their calls carry its headers and signatures. Not empty. */
  readonly vhosts: readonly string[];
}

/** Make dead rows due again. @returns How many. */
export function replayDeadLetters(
  db: DatabaseSync,
  selection: DeadLetterSelection,
  nowMs: number,
  to: ReplayTarget | undefined,
): number {
  const set = "UPDATE event SET state = 'due', service = '', attempts = 0, next_at = 0, due_at = ?";
  if (to === undefined) return run(db, set, [nowMs], selection);
  const own = `json_extract(facts, '$.vhost') IN (${to.vhosts.map(() => "?").join(", ")})`;
  const parameters = [nowMs, to.url];
  const atHome = `${set}, url = ?, facts = json_remove(facts, '$.hooksOf')`;
  const elsewhere = `${set}, url = ?, facts = json_set(facts, '$.hooksOf', ?)`;
  return run(db, atHome, parameters, selection, own, to.vhosts) +
    run(db, elsewhere, [...parameters, to.vhosts[0] ?? ""], selection);
}

/** Forget dead rows. @returns How many. */
export function dropDeadLetters(db: DatabaseSync, selection: DeadLetterSelection): number {
  return run(db, "DELETE FROM event", [], selection);
}

/** Event names among dead rows. */
export function eventsOfDeadLetters(db: DatabaseSync, selection: DeadLetterSelection): string[] {
  const { where, values } = whereOf(selection);
  return db.prepare(`SELECT DISTINCT event FROM event ${where} ORDER BY event`).all(...values)
    .map((row) => String(row.event));
}

function run(
  db: DatabaseSync,
  statement: string,
  parameters: readonly SQLInputValue[],
  selection: DeadLetterSelection,
  condition = "1",
  more: readonly SQLInputValue[] = [],
): number {
  const { where, values } = whereOf(selection);
  const sql = `${statement} ${where} AND ${condition}`;
  return Number(db.prepare(sql).run(...parameters, ...values, ...more).changes);
}

function whereOf({ id, event }: DeadLetterSelection): { readonly where: string; readonly values: string[] } {
  const byId = id === undefined ? "" : " AND id = ?";
  const byEvent = event === undefined ? "" : " AND event = ?";
  const values = [id, event].filter((value) => value !== undefined);
  return { where: `WHERE service = '${NO_SERVICE}'${byId}${byEvent}`, values };
}
