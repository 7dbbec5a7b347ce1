/**
 * The outbox as the API sees it, while its own process delivers from it: the worker reads and changes the file, and
 * what was put back is taken over as if another process had done it.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { DiskStore } from "./disk_store.ts";
import { OutboxError } from "./outbox_database.ts";
import type { OutboxEntry } from "./outbox_entry.ts";
import type { OutboxReply, OutboxRequest } from "./outbox_protocol.ts";
import type { RowState } from "./outbox_row.ts";

/** The most of a state in a list, the oldest first. */
const MAX_ROWS = 1000;

/** The part of the store that is needed. */
export type DeskStore = Pick<DiskStore, "ask" | "check">;

/** Lists rows, and puts dead ones back or forgets them. */
export class OutboxDesk {
  #store: DeskStore | undefined;
  readonly #clock: Clock;

  /** A desk without a store: the outbox is in memory alone. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The outbox has this store from here on.
   *
   * @internal
   */
  attach(store: DeskStore): void {
    this.#store = store;
  }

  /**
   * The oldest events in each of these states, at most 1000 of each, without their bodies.
   *
   * @throws {OutboxError} When the file cannot be read.
   */
  async list(states: readonly RowState[]): Promise<readonly OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const state of states) {
      const reply = await this.#ask({ kind: "list", state, limit: MAX_ROWS });
      if (reply.kind === "listed") entries.push(...reply.entries);
    }
    return entries;
  }

  /**
   * Make a dead event due again; it is taken over at once.
   *
   * @returns `false` where none is dead with this webhook id.
   * @throws {OutboxError} When the file cannot be written.
   */
  replay(id: string): Promise<boolean> {
    return this.#change({ kind: "replay", id, wallMs: this.#clock.wallNow() });
  }

  /** Forget a dead event; the rest as for {@link OutboxDesk.replay}. */
  drop(id: string): Promise<boolean> {
    return this.#change({ kind: "drop", id });
  }

  async #change(request: OutboxRequest): Promise<boolean> {
    const reply = await this.#ask(request);
    const changed = reply.kind === "changed" && reply.count > 0;
    if (changed) await this.#store?.check();
    return changed;
  }

  #ask(request: OutboxRequest): Promise<OutboxReply> {
    if (this.#store !== undefined) return this.#store.ask(request);
    return Promise.reject(
      new OutboxError("The outbox is kept in memory: without hooks or hooks.outbox.path there is no file"),
    );
  }
}
