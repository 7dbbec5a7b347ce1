/**
 * Undelivered endings by their streams: what a request about a stream, or the start of a publish, must not overtake.
 *
 * @module
 */
import type { OutboxRow } from "../outbox/outbox_row.ts";

/** The endings in one origin's queue. */
export class StreamEndings {
  readonly #byStream = new Map<string, Set<OutboxRow>>();
  /** Those that the origin has answered without taking them. */
  readonly #attempted = new WeakSet<OutboxRow>();

  /** Watch a row, if it is an ending of a stream. */
  add(row: OutboxRow): void {
    if (row.event === "on_publish") return;
    for (const key of row.streamKeys) {
      const rows = this.#byStream.get(key);
      if (rows === undefined) this.#byStream.set(key, new Set([row]));
      else rows.add(row);
    }
  }

  /** The row is settled. */
  delete(row: OutboxRow): void {
    for (const key of row.streamKeys) {
      const rows = this.#byStream.get(key);
      rows?.delete(row);
      if (rows?.size === 0) this.#byStream.delete(key);
    }
  }

  /** The origin has answered the row, but not taken it. */
  markAttempted(row: OutboxRow): void {
    this.#attempted.add(row);
  }

  /**
   * What a request about a stream has to wait for: the endings that the origin has not answered, and of those that it
   * has answered the newest. Waiting for all of them would take longer with each retry.
   *
   * @returns `undefined` when there are none.
   */
  before(streamKey: string): OutboxRow[] | undefined {
    const rows = this.#byStream.get(streamKey);
    if (rows === undefined) return undefined;
    const found: OutboxRow[] = [];
    let newestAttempted: OutboxRow | undefined;
    for (const row of rows) {
      if (this.#attempted.has(row)) newestAttempted = row;
      else found.push(row);
    }
    return newestAttempted === undefined ? found : [...found, newestAttempted];
  }

  /** Older publishes' endings that the start of a publish has to wait for, until the origin has answered each. */
  beforeStart(start: OutboxRow): OutboxRow[] {
    if (start.event !== "on_publish") return [];
    const rows = start.streamKeys.flatMap((key) => [...this.#byStream.get(key) ?? []]);
    return rows.filter((row) =>
      row.event === "on_unpublish" && row.seq < start.seq && row.lane !== start.lane &&
      !this.#attempted.has(row)
    );
  }
}
