/**
 * What the outbox and its worker say to each other: a request, then its reply, one at a time.
 *
 * @module
 */
import type { Batch, RowPlace, StoredRow } from "./outbox_database.ts";
import type { EventAddresses } from "./row_address.ts";

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
  /** Is the file still there; did somebody leave rows for us? */
  | { readonly kind: "check"; readonly adopt: boolean }
  /** A page of the rows that checks have taken over. */
  | { readonly kind: "adopted"; readonly limit: number }
  /** Close the file and open it again. What it holds stays, unless it is another file: all rows follow anew. */
  | { readonly kind: "reopen" }
  | { readonly kind: "close" };

/** From the worker. */
export type OutboxReply =
  | {
    readonly kind: "opened";
    readonly firstClientId: number;
    readonly dead: number;
    /** Why the file cannot be written; the rows that could be read all the same come as adopted ones. */
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
    /** Dead rows in the file, `undefined` when nobody else has written since the last check. */
    readonly dead: number | undefined;
    /** Dead rows forgotten for want of room. */
    readonly forgotten: number;
  }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: string };
