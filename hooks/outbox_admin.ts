/**
 * The outbox as the command line sees it, beside a running server or without one.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";
import { explainOutboxFailure } from "./outbox_failure.ts";
import type { RowState } from "./outbox_row.ts";
import { OutboxDatabase, OutboxError, type StoredRow } from "./outbox_database.ts";
import type { SessionFacts } from "./payload.ts";

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
  /** Not before this moment, milliseconds since 1970. */
  readonly nextAt: number;
  /** What went wrong last, `""` for nothing. */
  readonly cause: string;
  /** The request's body, `""` until it is due. */
  readonly body: string;
}

/** Reads an outbox file, and gives dead events another chance. */
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
   * @throws {OutboxError} When there is none, or it cannot be read.
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
      throw new OutboxError(`Cannot read the hook outbox ${path}: no server with hooks has made it yet`, {
        cause: error,
      });
    }
    try {
      return new OutboxAdmin(new OutboxDatabase(path), clock);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new OutboxError(explainOutboxFailure(path, detail), { cause: error });
    }
  }

  /** Rows by state. */
  counts(): Readonly<Record<RowState, number>> {
    return this.#db.counts();
  }

  /** The oldest events in a state. */
  list(state: RowState, limit: number): OutboxEntry[] {
    return this.#db.inState(state, limit).map(entryOf);
  }

  /**
   * Make dead events due again; a running server takes them within seconds, else the next start does.
   *
   * @param id A webhook id, `undefined` for all.
   * @returns How many.
   */
  replay(id: string | undefined): number {
    return this.#db.replay(id, this.#clock.wallNow());
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

function entryOf(row: StoredRow): OutboxEntry {
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
    nextAt: row.nextAt,
    cause: row.cause,
    body: row.body,
  };
}
