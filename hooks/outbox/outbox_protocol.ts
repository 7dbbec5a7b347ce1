/**
 * The messages between the outbox and its worker: a request, then its reply, one at a time.
 *
 * @module
 */
import type { EventAddresses } from "./row_address.ts";
import type { OutboxEntry } from "./outbox_entry.ts";
import type { RowState } from "./outbox_row.ts";
import type { Batch, RowPlace, StoredRow } from "./event_table.ts";

/** To the worker. */
export type OutboxRequest =
  /** Open the file, take the process's lock, adopt the rows of processes that are gone. */
  | {
    readonly kind: "open";
    readonly path: string;
    readonly service: string;
    readonly maxDeadRows: number;
    readonly clientIds: number;
    /** What is configured: rows without an address may be another process's. */
    readonly addresses: readonly EventAddresses[];
  }
  | { readonly kind: "rows"; readonly after: RowPlace; readonly limit: number }
  | { readonly kind: "write"; readonly batch: Batch }
  | { readonly kind: "reserve"; readonly count: number; readonly from: number }
  /** Check whether the file is still in place, and take over rows that other processes left. */
  | { readonly kind: "check"; readonly adopt: boolean }
  /** A page of the rows that checks have taken over. */
  | { readonly kind: "adopted"; readonly limit: number }
  /** Close the file and open it again. Its rows stay, unless it is another file; all live rows are written again. */
  | { readonly kind: "reopen" }
  /** The oldest rows in a state, of all processes, without their bodies. */
  | { readonly kind: "list"; readonly state: RowState; readonly limit: number }
  /** Make a dead row due again; the next check takes it over. */
  | { readonly kind: "replay"; readonly id: string; readonly wallMs: number }
  /** Forget a dead row. */
  | { readonly kind: "drop"; readonly id: string }
  | { readonly kind: "close" };

/** From the worker. */
export type OutboxReply =
  | {
    readonly kind: "opened";
    readonly firstClientId: number;
    readonly dead: number;
    /** Why the file cannot be written; rows that could still be read come as adopted ones. */
    readonly failure: string | undefined;
  }
  | { readonly kind: "rows"; readonly rows: readonly StoredRow[] }
  | { readonly kind: "reserved"; readonly first: number }
  | {
    readonly kind: "checked";
    /** `false`: the file was removed or replaced. */
    readonly present: boolean;
    /** Rows taken over that have not been fetched yet. */
    readonly adopted: number;
    /** Those of them that had been given up, and were put back. */
    readonly replayed: number;
    /** Dead rows in the file, `undefined` when no other process has written since the last check. */
    readonly dead: number | undefined;
    /** Dead rows deleted to stay within the bound. */
    readonly forgotten: number;
  }
  | { readonly kind: "listed"; readonly entries: readonly OutboxEntry[] }
  /** How many rows there were to change. */
  | { readonly kind: "changed"; readonly count: number }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: string };
