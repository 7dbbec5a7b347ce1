/**
 * Reads the outbox file's rows through the worker, page by page.
 *
 * @module
 */
import { type Clock, errorMessage, type Log } from "../../core/mod.ts";
import { FIRST_PLACE, type StoredRow } from "./event_table.ts";
import type { OutboxClient } from "./outbox_client.ts";
import type { OutboxRow } from "./outbox_row.ts";
import type { RowChanges } from "./row_changes.ts";
import { restoreRow } from "./stored_row.ts";

/** What the reader works with. */
export interface RowReaderDeps {
  readonly client: OutboxClient;
  /** Is informed of each row that was read: the file has it. */
  readonly changes: RowChanges;
  /** Of the file, for the log. */
  readonly path: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** Rows in one message: a client can cause one of 300 KB, and a message is a string of at most 512 MB. */
export const PAGE = 500;

/** Restores rows. A row that cannot be read stays in the file: the others do not depend on it. */
export class RowReader {
  readonly #deps: RowReaderDeps;

  /** @param deps The worker, and what has to know the rows. */
  constructor(deps: RowReaderDeps) {
    this.#deps = deps;
  }

  /** The live rows of this process, in their order. @returns Those before the failure, and the failure if there was one. */
  async own(): Promise<{ readonly rows: OutboxRow[]; readonly failure: string | undefined }> {
    const rows: OutboxRow[] = [];
    for (let after = FIRST_PLACE;;) {
      const reply = await this.#deps.client.request({ kind: "rows", after, limit: PAGE });
      if (reply.kind !== "rows") {
        return { rows, failure: reply.kind === "failed" ? reply.error : `unexpected reply ${reply.kind}` };
      }
      for (const stored of reply.rows) rows.push(...this.#restore(stored));
      const last = reply.rows.at(-1);
      if (last === undefined || reply.rows.length < PAGE) return { rows, failure: undefined };
      after = last;
    }
  }

  /** Rows that the worker has taken over from other processes. */
  async adopted(): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (;;) {
      const reply = await this.#deps.client.request({ kind: "adopted", limit: PAGE });
      if (reply.kind !== "rows" || reply.rows.length === 0) return rows;
      for (const stored of reply.rows) rows.push(...this.#restore(stored));
    }
  }

  #restore(stored: StoredRow): OutboxRow[] {
    const { changes, clock, log, path } = this.#deps;
    try {
      const row = restoreRow(stored, clock);
      changes.stored(row);
      return [row];
    } catch (error) {
      log.write("error", undefined, "Hook outbox has a row that cannot be read", {
        path,
        id: stored.id,
        cause: errorMessage(error),
      });
      return [];
    }
  }
}
