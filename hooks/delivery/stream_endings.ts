/**
 * Undelivered endings by their streams: what an ask about a stream, or a start of it, must not overtake.
 *
 * @module
 */
import type { OutboxRow } from "../outbox/outbox_row.ts";

/** The endings of one origin's queue. */
export class StreamEndings {
  readonly #byStream = new Map<string, Set<OutboxRow>>();
  /** Those that the origin has heard of and not taken. */
  readonly #heard = new WeakSet<OutboxRow>();

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
    this.#heard.add(row);
  }

  /**
   * What an ask about a stream has to wait for: the endings that the origin has not heard of, and the newest of those
   * that it has, for all of them together could keep an ask waiting for ever longer.
   *
   * @returns `undefined` when there are none.
   */
  before(streamKey: string): OutboxRow[] | undefined {
    const rows = this.#byStream.get(streamKey);
    if (rows === undefined) return undefined;
    const unheard: OutboxRow[] = [];
    let heard: OutboxRow | undefined;
    for (const row of rows) {
      if (this.#heard.has(row)) heard = row;
      else unheard.push(row);
    }
    return heard === undefined ? unheard : [...unheard, heard];
  }

  /** Older publishes' endings that the start of a publish has to wait for, until the origin has heard of each. */
  beforeStart(start: OutboxRow): OutboxRow[] {
    if (start.event !== "on_publish") return [];
    const rows = start.streamKeys.flatMap((key) => [...this.#byStream.get(key) ?? []]);
    return rows.filter((row) =>
      row.event === "on_unpublish" && row.seq < start.seq && row.lane !== start.lane && !this.#heard.has(row)
    );
  }
}
