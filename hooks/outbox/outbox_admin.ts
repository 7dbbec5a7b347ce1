/**
 * The outbox as the command line sees it, while a server runs or not.
 *
 * @module
 */
import { type Clock, errorMessage } from "../../core/mod.ts";
import { explainOutboxFailure } from "./outbox_failure.ts";
import type { HooksOptions } from "../options.ts";
import { listEntries, type OutboxEntry } from "./outbox_entry.ts";
import type { RowState } from "./outbox_row.ts";
import { OutboxDatabase, OutboxError } from "./outbox_database.ts";

/** Reads an outbox file, and replays or drops its dead events. */
export class OutboxAdmin implements Disposable {
  readonly #db: OutboxDatabase;
  readonly #clock: Clock;

  private constructor(db: OutboxDatabase, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Open an outbox that a server has made.
   *
   * @throws {OutboxError} When the file is missing or cannot be read.
   */
  static open(path: string, clock: Clock): OutboxAdmin {
    if (path === "") {
      throw new OutboxError(
        "Cannot read the hook outbox: hooks.outbox.path is empty, so it is kept in memory",
      );
    }
    try {
      Deno.statSync(path);
    } catch (error) {
      const detail = error instanceof Deno.errors.NotFound
        ? `no server with hooks has made it there. Run this in the directory where the server was started, or ` +
          `with -c and its configuration where that has an absolute work_dir`
        : errorMessage(error);
      throw new OutboxError(`Cannot read the hook outbox ${path}: ${detail}`, { cause: error });
    }
    try {
      return new OutboxAdmin(new OutboxDatabase(path), clock);
    } catch (error) {
      const detail = errorMessage(error);
      throw new OutboxError(explainOutboxFailure(path, detail), { cause: error });
    }
  }

  /** Rows by state. */
  counts(): Readonly<Record<RowState, number>> {
    return this.#db.counts();
  }

  /** The oldest events in a state. */
  list(state: RowState, limit: number): OutboxEntry[] {
    return listEntries(this.#db, state, limit);
  }

  /**
   * Make dead events due again; a running server takes them within seconds, otherwise the next start does.
   *
   * @param id A webhook id, `undefined` for all.
   * @returns How many.
   */
  replay(id: string | undefined): number {
    return this.#db.replay(id === undefined ? {} : { id }, this.#clock.wallNow());
  }

  /**
   * The same, for another address than their own.
   *
   * @param to Must be configured, for some vhost, for the event of each of them.
   * @returns How many.
   * @throws {OutboxError} When it is not; then none is replayed.
   */
  replayTo(id: string | undefined, to: string, vhosts: HooksOptions["vhosts"]): number {
    const events = this.#db.deadEvents(id === undefined ? {} : { id });
    const homes = new Map(events.map((event) => [event, vhostsWith(vhosts, event, to)]));
    const strange = events.filter((event) => homes.get(event)?.length === 0);
    if (strange.length > 0) {
      throw new OutboxError(
        `Cannot replay to ${to}: no vhost has this address for ${
          strange.join(", ")
        }, and no other is called; ` +
          `add it to [vhost.NAME.http_hooks] first`,
      );
    }
    let replayed = 0;
    for (const [event, names] of homes) {
      const selection = id === undefined ? { event } : { id, event };
      replayed += this.#db.replay(selection, this.#clock.wallNow(), { url: to, vhosts: names });
    }
    return replayed;
  }

  /**
   * Forget dead events.
   *
   * @param id A webhook id, `undefined` for all.
   * @returns How many.
   */
  drop(id: string | undefined): number {
    return this.#db.drop(id === undefined ? {} : { id });
  }

  /** Close the file. */
  close(): void {
    this.#db.close();
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function vhostsWith(vhosts: HooksOptions["vhosts"], event: string, url: string): string[] {
  return [...vhosts].flatMap(([name, { enabled, urls }]) =>
    enabled && [...urls].some(([key, addresses]) => key === event && addresses.includes(url)) ? [name] : []
  );
}
