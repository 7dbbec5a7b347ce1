/**
 * The outbox on disk: collects what a turn of the event loop changed and has the worker write it in one
 * transaction. When the disk fails it raises an alarm, lets everything go on in memory, and writes it all anew once
 * the disk works again.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { HookLog } from "./events.ts";
import type { OutboxRow, OutboxStore } from "./outbox.ts";
import { OutboxClient } from "./outbox_client.ts";
import { FIRST_PLACE, OutboxError, type RowUpdate, type StoredRow } from "./outbox_database.ts";
import type { SessionFacts } from "./payload.ts";
import { restoreRow, storeRow } from "./stored_row.ts";

/** What the store needs to start. */
export interface DiskStoreOptions {
  /** Absolute path of the file; its directory is made if it is missing. */
  readonly path: string;
  readonly serviceId: string;
  readonly maxDeadRows: number;
  /** How often the file is looked after, milliseconds. */
  readonly checkMs: number;
  readonly log: HookLog;
}

/** Whom the store works for. */
export interface DiskStoreUser {
  /** Every row that has to be on disk. */
  live(): Iterable<OutboxRow>;
  /** Rows that came to this process while it runs. */
  adopted(rows: readonly OutboxRow[]): void;
}

/** What of a row the disk has. */
interface Written {
  facts: SessionFacts;
  streamKeys: readonly string[];
  body: string;
}

/** Client ids reserved at a time. */
export const CLIENT_ID_BLOCK = 1000;
const PAGE = 5000;
/** How long a change that nobody waits for may wait for others. */
const LAZY_MS = 20;
/** Promise reactions after which all that was read in this turn of the event loop has been worked through. */
const TURN_HOPS = 30;
/** A rush: so many waits within so many milliseconds. There a batch more costs clients more than a turn's wait. */
const RUSH_WAITS = 32;
const RUSH_MS = 16;
/** The server's end waits no longer for a disk that hangs. */
const CLOSE_MS = 2000;
/** Every so many checks also processes that died meanwhile are looked for. */
const ADOPT_EVERY = 10;

/** Tells when very much is going on. */
class Rush {
  readonly #times = new Float64Array(RUSH_WAITS);
  #next = 0;
  isOn = false;

  count(nowMs: number): void {
    this.isOn = nowMs - (this.#times[this.#next] ?? 0) < RUSH_MS;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % RUSH_WAITS;
  }
}

/** An outbox file, written behind. */
export class DiskStore implements OutboxStore {
  readonly #client: OutboxClient;
  readonly #options: DiskStoreOptions;
  readonly #written = new Map<string, Written>();
  readonly #dirty = new Map<string, OutboxRow>();
  readonly #removed: string[] = [];
  #user: DiskStoreUser | undefined;
  /** Of the batch that collects changes, and of the one that is being written. */
  #collecting: PromiseWithResolvers<void> | undefined;
  #writing: Promise<void> | undefined;
  /** Somebody waits for the batch that collects. */
  #urgent = false;
  readonly #rush = new Rush();
  #lazyTimer: ReturnType<typeof setTimeout> | undefined;
  #alarm: string | undefined;
  #dead = 0;
  #checks = 0;
  #looking = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  private constructor(options: DiskStoreOptions, client: OutboxClient) {
    this.#options = options;
    this.#client = client;
  }

  /**
   * Open the file and take over what processes that are gone have left.
   *
   * @throws {OutboxError} When it cannot be used.
   */
  static async open(
    options: DiskStoreOptions,
  ): Promise<{ store: DiskStore; rows: OutboxRow[]; firstClientId: number }> {
    const { path, serviceId, maxDeadRows } = options;
    const directory = path.slice(0, path.lastIndexOf("/")) || "/";
    try {
      await Deno.mkdir(directory, { recursive: true });
    } catch (error) {
      throw new OutboxError(
        `Cannot make ${directory} for the hook outbox: name another by hooks.outbox.path`,
        {
          cause: error,
        },
      );
    }
    const client = new OutboxClient(directory);
    const opened = await client.request({
      kind: "open",
      path,
      service: serviceId,
      maxDeadRows,
      clientIds: CLIENT_ID_BLOCK,
    });
    if (opened.kind !== "opened") {
      client.terminate();
      const detail = opened.kind === "failed" ? opened.error : `unexpected reply ${opened.kind}`;
      throw new OutboxError(detail);
    }
    const store = new DiskStore(options, client);
    store.#dead = opened.dead;
    return { store, rows: await store.#load(), firstClientId: opened.firstClientId };
  }

  /** Begin to look after the file. */
  attach(user: DiskStoreUser): void {
    this.#user = user;
    this.#timer = setInterval(() => void this.#look(), this.#options.checkMs);
  }

  /** What keeps the store from its work. */
  get alarm(): string | undefined {
    return this.#alarm;
  }

  /** Dead rows in the file. */
  get dead(): number {
    return this.#dead;
  }

  /** Record a row with the next batch. */
  save(row: OutboxRow): void {
    if (row.state === "dead") this.#dead++;
    this.#dirty.set(row.id, row);
    this.#collect();
  }

  /** Forget a row with the next batch. */
  remove(row: OutboxRow): void {
    this.#dirty.delete(row.id);
    // What never reached the disk needs no removal there.
    if (!this.#written.delete(row.id)) return;
    this.#removed.push(row.id);
    this.#collect();
  }

  /** Resolves when everything said so far is on disk, or the alarm is up. */
  recorded(): Promise<void> {
    const batch = this.#collecting;
    if (batch === undefined) return this.#writing ?? Promise.resolve();
    this.#rush.count(performance.now());
    if (!this.#urgent) {
      this.#urgent = true;
      // While a batch is being written the next one grows.
      if (this.#writing === undefined) void this.#flushSoon();
    }
    return batch.promise;
  }

  /** A block of client ids, none below `from`; `undefined` while the disk fails. */
  async reserveClientIds(from: number): Promise<number | undefined> {
    const reply = await this.#client.request({ kind: "reserve", count: CLIENT_ID_BLOCK, from });
    if (reply.kind === "reserved") return reply.first;
    if (reply.kind === "failed") this.#fail(reply.error);
    return undefined;
  }

  /** Write what is left and close the file; no longer than a disk that works needs for it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#fail("the file was not written in time before the end");
      late.resolve();
    }, CLOSE_MS);
    await Promise.race([this.#close(), late.promise]);
    clearTimeout(timer);
    clearTimeout(this.#lazyTimer);
    this.#closed = true;
    this.#client.terminate();
  }

  async #close(): Promise<void> {
    await this.recorded();
    this.#closed = true;
    await this.#client.request({ kind: "close" });
  }

  async #load(): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (let after = FIRST_PLACE;;) {
      const reply = await this.#client.request({ kind: "rows", after, limit: PAGE });
      if (reply.kind !== "rows") {
        this.#client.terminate();
        throw new OutboxError(reply.kind === "failed" ? reply.error : `unexpected reply ${reply.kind}`);
      }
      for (const stored of reply.rows) rows.push(this.#restoreOwn(stored));
      const last = reply.rows.at(-1);
      if (last === undefined || reply.rows.length < PAGE) return rows;
      after = last;
    }
  }

  #restoreOwn(stored: StoredRow): OutboxRow {
    try {
      return this.#restore(stored);
    } catch (error) {
      this.#client.terminate();
      throw new OutboxError(`Cannot read the hook outbox ${this.#options.path}: move the file away`, {
        cause: error,
      });
    }
  }

  #restore(stored: StoredRow): OutboxRow {
    const row = restoreRow(stored);
    this.#written.set(row.id, { facts: row.facts, streamKeys: row.streamKeys, body: row.body });
    return row;
  }

  #collect(): void {
    if (this.#collecting !== undefined || this.#alarm !== undefined || this.#closed) return;
    this.#collecting = Promise.withResolvers();
    this.#urgent = false;
    // What nobody waits for comes with what somebody does, or soon by itself.
    this.#lazyTimer ??= setTimeout(() => {
      this.#lazyTimer = undefined;
      this.#urgent = true;
      this.#flush();
    }, LAZY_MS);
  }

  /** With what the other reads of this turn of the event loop still change, and in a rush those of the next one. */
  async #flushSoon(): Promise<void> {
    if (this.#rush.isOn) await new Promise<void>((resolve) => setImmediate(resolve));
    else for (let hop = 0; hop < TURN_HOPS; hop++) await undefined;
    this.#flush();
  }

  #flush(): void {
    const batch = this.#collecting;
    if (batch === undefined || !this.#urgent || this.#writing !== undefined) return;
    clearTimeout(this.#lazyTimer);
    this.#lazyTimer = undefined;
    this.#collecting = undefined;
    this.#writing = batch.promise;
    void this.#write().finally(() => {
      this.#writing = undefined;
      batch.resolve();
      this.#flush();
    });
  }

  /** @returns Whether it is on disk. */
  async #write(): Promise<boolean> {
    const inserts: StoredRow[] = [];
    const updates: RowUpdate[] = [];
    const dead: OutboxRow[] = [];
    for (const row of this.#dirty.values()) {
      const written = this.#written.get(row.id);
      if (written === undefined) inserts.push(storeRow(row));
      else updates.push(updateOf(row, written));
      if (row.state === "dead") {
        this.#written.delete(row.id);
        dead.push(row);
      } else this.#written.set(row.id, { facts: row.facts, streamKeys: row.streamKeys, body: row.body });
    }
    this.#dirty.clear();
    const removes = this.#removed.splice(0);
    const reply = await this.#client.request({ kind: "write", batch: { inserts, updates, removes } });
    if (reply.kind !== "failed") return true;
    // What is live is written anew later; the dead are known nowhere else.
    for (const row of dead) this.#dirty.set(row.id, row);
    this.#fail(reply.error);
    return false;
  }

  #fail(error: string): void {
    if (this.#alarm !== undefined || this.#closed) return;
    this.#alarm = error;
    this.#options.log.write(
      "error",
      undefined,
      "Hook outbox cannot be written: endings are kept in memory only",
      {
        path: this.#options.path,
        cause: error,
      },
    );
    const batch = this.#collecting;
    this.#collecting = undefined;
    clearTimeout(this.#lazyTimer);
    this.#lazyTimer = undefined;
    batch?.resolve();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    await this.#check();
    this.#looking = false;
  }

  async #check(): Promise<void> {
    if (this.#alarm !== undefined) return this.#recover();
    const adopt = ++this.#checks % ADOPT_EVERY === 0;
    const reply = await this.#client.request({ kind: "check", adopt });
    if (this.#closed) return;
    if (reply.kind === "failed") return this.#fail(reply.error);
    if (reply.kind !== "checked") return;
    if (!reply.present) {
      this.#fail("the file was removed or replaced");
      return this.#recover();
    }
    if (reply.dead !== undefined) this.#dead = reply.dead;
    if (reply.forgotten > 0) {
      this.#options.log.write(
        "error",
        undefined,
        "Hook outbox forgot its oldest dead events: the list is full",
        {
          count: reply.forgotten,
        },
      );
    }
    if (reply.adopted.length > 0) this.#user?.adopted(reply.adopted.map((stored) => this.#restore(stored)));
  }

  /** Try the disk again; if it works, write everything anew. The alarm stays up until that is done. */
  async #recover(): Promise<void> {
    const reply = await this.#client.request({ kind: "reopen" });
    if (reply.kind === "failed" || this.#closed) return;
    this.#written.clear();
    this.#removed.length = 0;
    // Dead rows that were not written are still dirty; everything else follows from what is live.
    for (const [id, row] of this.#dirty) if (row.state !== "dead") this.#dirty.delete(id);
    for (const row of this.#user?.live() ?? []) this.#dirty.set(row.id, row);
    if (!await this.#write()) return;
    this.#alarm = undefined;
    this.#options.log.write("warn", undefined, "Hook outbox is written again", { path: this.#options.path });
    if (this.#dirty.size + this.#removed.length > 0) this.#collect();
  }
}

function updateOf(row: OutboxRow, written: Written): RowUpdate {
  const { id, state, seq, dueAt, attempts, nextAt, cause, sendBytes, recvBytes, checkpointAt } = row;
  return {
    id,
    state,
    seq,
    dueAt,
    attempts,
    nextAt,
    cause,
    sendBytes,
    recvBytes,
    checkpointAt,
    facts: row.facts === written.facts ? null : JSON.stringify(row.facts),
    streams: row.streamKeys === written.streamKeys ? null : JSON.stringify(row.streamKeys),
    body: row.body === written.body ? null : row.body,
  };
}
