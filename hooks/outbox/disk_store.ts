/**
 * The outbox on disk: collects what a turn of the event loop changed and has the worker write it in one
 * transaction. When the disk fails it raises an alarm, lets everything go on in memory, and writes it all anew once
 * the disk works again. What the file holds meanwhile stays: a crash finds each row as it is or as it was.
 *
 * @module
 */
import type { Clock, Log, Timer } from "../../core/mod.ts";
import { setImmediate } from "node:timers";
import type { OutboxStore } from "./outbox.ts";
import type { OutboxBounds, OutboxRow } from "./outbox_row.ts";
import type { OutboxClient } from "./outbox_client.ts";
import { FIRST_PLACE, OutboxError, type StoredRow } from "./outbox_database.ts";
import { explainOutboxFailure } from "./outbox_failure.ts";
import { makeOutboxDirectory, openOutboxFile } from "./open_outbox_file.ts";
import { RowChanges } from "./row_changes.ts";
import { BurstDetector } from "./burst_detector.ts";
import type { EventAddresses } from "./row_address.ts";
import { restoreRow } from "./stored_row.ts";
import { deadline } from "../../system/mod.ts";
import { WallWatch } from "./wall_watch.ts";

/** What the store needs to start. */
export interface DiskStoreOptions {
  /** Absolute path of the file; its directory is made if it is missing. */
  readonly path: string;
  readonly serviceId: string;
  /** What is configured: of other processes' rows only those with an address are taken at once. */
  readonly addresses: readonly EventAddresses[];
  /** Of dead rows: in the file their number, and what memory keeps of them while the file cannot be written. */
  readonly bounds: OutboxBounds;
  /** How often the file is looked after, milliseconds. */
  readonly checkMs: number;
  /** How long a batch may take, milliseconds; a disk that hangs counts as one that fails. */
  readonly hangMs: number;
  /** No start without the file; else a file that cannot be used is an alarm, and memory keeps what is owed. */
  readonly required: boolean;
  readonly log: Log;
  readonly clock: Clock;
}

/** Whom the store works for. */
export interface DiskStoreUser {
  /** Every row that has to be on disk. */
  live(): Iterable<OutboxRow>;
  /** Rows that came to this process while it runs. */
  adopted(rows: readonly OutboxRow[]): void;
}

/** Client ids reserved at a time. */
export const CLIENT_ID_BLOCK = 1000;
/** Rows that travel at a time: a stranger can make one of 300 KB, and a message is one text of at most 512 MB. */
const PAGE = 500;
/** How long a change that nobody waits for may wait for others. */
const COALESCE_MS = 20;
/** Promise reactions after which all that was read in this turn of the event loop has been worked through. */
const TURN_HOPS = 30;
/** The server's end waits no longer for a disk that hangs. */
const CLOSE_MS = 2000;
/** Every so many checks also processes that died meanwhile are looked for. */
const ADOPT_EVERY = 10;

/** An outbox file, written behind. */
export class DiskStore implements OutboxStore {
  readonly #client: OutboxClient;
  readonly #options: DiskStoreOptions;
  readonly #changes: RowChanges;
  readonly #wall: WallWatch;
  #user: DiskStoreUser | undefined;
  /** Of the batch that collects changes, and of the one that is being written. */
  #collecting: PromiseWithResolvers<void> | undefined;
  #writing: Promise<void> | undefined;
  /** Somebody waits for the batch that collects. */
  #urgent = false;
  readonly #rush = new BurstDetector();
  #coalesceTimer: Timer | undefined;
  #alarm: string | undefined;
  #dead = 0;
  #checks = 0;
  #looking = false;
  #timer: Timer | undefined;
  #closed = false;

  private constructor(options: DiskStoreOptions, client: OutboxClient) {
    this.#options = options;
    this.#client = client;
    this.#changes = new RowChanges(options.bounds, options.clock);
    this.#wall = new WallWatch(options.clock);
  }

  /**
   * Open the file and take over what processes that are gone have left.
   *
   * Where it cannot be written the store starts with its alarm up, and with the rows that could be read.
   *
   * @throws {OutboxError} When it cannot be used and is required.
   */
  static async open(
    options: DiskStoreOptions,
  ): Promise<{ store: DiskStore; rows: OutboxRow[]; firstClientId: number }> {
    const { path, bounds } = options;
    const { client, firstClientId, dead, failure } = await openOutboxFile({
      ...options,
      maxDeadRows: bounds.maxRows,
      clientIds: CLIENT_ID_BLOCK,
    });
    const store = new DiskStore(options, client);
    store.#dead = dead;
    if (failure === undefined) return { store, rows: await store.#load(), firstClientId };
    store.#fail(failure);
    // The first check after the alarm looks for rows that could not be read now.
    store.#checks = ADOPT_EVERY - 1;
    const rows = await store.#takeAdopted();
    const message = "Hook outbox cannot be written, and what it holds is delivered from memory";
    if (rows.length > 0) options.log.write("warn", undefined, message, { path, rows: rows.length });
    return { store, rows, firstClientId };
  }

  /** Begin to look after the file. */
  attach(user: DiskStoreUser): void {
    this.#user = user;
    this.#timer = this.#options.clock.setInterval(() => void this.#look(), this.#options.checkMs);
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
    this.#changes.save(row);
    this.#collect();
  }

  /** Forget a row with the next batch. */
  remove(row: OutboxRow): void {
    if (this.#changes.remove(row)) this.#collect();
  }

  /** Resolves when everything said so far is on disk, or the alarm is up. */
  recorded(): Promise<void> {
    const batch = this.#collecting;
    if (batch === undefined) return this.#writing ?? Promise.resolve();
    this.#rush.count(this.#options.clock.now());
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
    this.#timer?.clear();
    const closed = await deadline(this.#options.clock, this.#close(), { maxMs: CLOSE_MS });
    if (closed === "expired") this.#fail("the file was not written in time before the end");
    this.#coalesceTimer?.clear();
    this.#closed = true;
    this.#client.terminate();
  }

  async #close(): Promise<void> {
    await this.recorded();
    // What memory alone has would be gone: the disk may work again by now.
    if (this.#alarm !== undefined) await this.#recover();
    this.#closed = true;
    await this.#client.request({ kind: "close" });
  }

  async #load(): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (let after = FIRST_PLACE;;) {
      const reply = await this.#client.request({ kind: "rows", after, limit: PAGE });
      if (reply.kind !== "rows") {
        const { path, required } = this.#options;
        const detail = reply.kind === "failed" ? reply.error : `unexpected reply ${reply.kind}`;
        const explained = explainOutboxFailure(path, detail);
        if (!required) {
          this.#fail(explained);
          return rows;
        }
        this.#client.terminate();
        throw new OutboxError(explained);
      }
      for (const stored of reply.rows) rows.push(...this.#restoreIfPossible(stored));
      const last = reply.rows.at(-1);
      if (last === undefined || reply.rows.length < PAGE) return rows;
      after = last;
    }
  }

  /** One that cannot be read stays where it is, and the others must not wait for it. */
  #restoreIfPossible(stored: StoredRow): OutboxRow[] {
    try {
      return [this.#restore(stored)];
    } catch (error) {
      this.#options.log.write("error", undefined, "Hook outbox has a row that cannot be read", {
        path: this.#options.path,
        id: stored.id,
        cause: error instanceof Error ? error.message : String(error),
      });
      return [];
    }
  }

  #restore(stored: StoredRow): OutboxRow {
    const row = restoreRow(stored, this.#options.clock);
    this.#changes.stored(row);
    return row;
  }

  #collect(): void {
    if (this.#collecting !== undefined || this.#alarm !== undefined || this.#closed) return;
    this.#collecting = Promise.withResolvers();
    this.#urgent = false;
    // What nobody waits for comes with what somebody does, or soon by itself.
    this.#coalesceTimer ??= this.#options.clock.setTimeout(() => {
      this.#coalesceTimer = undefined;
      this.#urgent = true;
      this.#flush();
    }, COALESCE_MS);
  }

  /** With what the other reads of this turn of the event loop still change, and in a rush those of the next one. */
  async #flushSoon(): Promise<void> {
    if (this.#rush.isBurst) await new Promise<void>((resolve) => setImmediate(resolve));
    else for (let hop = 0; hop < TURN_HOPS; hop++) await undefined;
    this.#flush();
  }

  #flush(): void {
    const batch = this.#collecting;
    if (batch === undefined || !this.#urgent || this.#writing !== undefined) return;
    this.#coalesceTimer?.clear();
    this.#coalesceTimer = undefined;
    this.#collecting = undefined;
    this.#writing = batch.promise;
    void this.#write().finally(() => {
      this.#writing = undefined;
      batch.resolve();
      this.#flush();
    });
  }

  /** @returns Whether everything said before the call is on disk. */
  async #write(): Promise<boolean> {
    const { clock, hangMs } = this.#options;
    for (let left = this.#changes.pages(PAGE); left > 0; left--) {
      const page = this.#changes.take(PAGE);
      const writing = this.#client.request({ kind: "write", batch: page.batch });
      const reply = await deadline(clock, writing, { maxMs: hangMs });
      if (reply === "expired") {
        this.#changes.failed(page, "unknown");
        this.#fail(`no answer within ${hangMs} ms`);
        return false;
      }
      if (reply.kind === "failed") {
        this.#changes.failed(page, "rolled back");
        this.#fail(reply.error);
        return false;
      }
      this.#changes.wrote(page);
    }
    return true;
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
    this.#coalesceTimer?.clear();
    this.#coalesceTimer = undefined;
    batch?.resolve();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    try {
      await this.#check();
    } finally {
      this.#looking = false;
    }
  }

  async #check(): Promise<void> {
    this.#followWall();
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
    this.#logForgotten(reply.forgotten + this.#changes.takeForgotten());
    if (reply.adopted === 0) return;
    const rows = await this.#takeAdopted();
    if (!this.#closed) this.#user?.adopted(rows);
  }

  /** The file has wall times for a later process: they follow when the system's clock is set. */
  #followWall(): void {
    const stepMs = this.#wall.stepMs();
    if (stepMs === 0) return;
    this.#options.log.write("warn", undefined, "The system's clock was set: hook outbox follows", {
      step_ms: stepMs,
    });
    for (const row of this.#user?.live() ?? []) this.#changes.save(row);
    if (this.#changes.pages(PAGE) > 0) this.#collect();
  }

  async #takeAdopted(): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (;;) {
      const reply = await this.#client.request({ kind: "adopted", limit: PAGE });
      if (reply.kind !== "rows" || reply.rows.length === 0) return rows;
      for (const stored of reply.rows) rows.push(...this.#restoreIfPossible(stored));
    }
  }

  #logForgotten(count: number): void {
    if (count === 0) return;
    const message = "Hook outbox forgot its oldest dead events: the list is full";
    this.#options.log.write("error", undefined, message, { count });
  }

  /** Try the disk again; if it works, write everything anew. The alarm stays up until that is done. */
  async #recover(): Promise<void> {
    this.#logForgotten(this.#changes.takeForgotten());
    await this.#writing;
    await makeOutboxDirectory(this.#options.path);
    const reply = await this.#client.request({ kind: "reopen" });
    if (reply.kind === "failed" || this.#closed) return;
    this.#changes.rewriteAll(this.#user?.live() ?? []);
    if (!await this.#write()) return;
    this.#alarm = undefined;
    this.#options.log.write("warn", undefined, "Hook outbox is written again", { path: this.#options.path });
    if (this.#changes.pages(PAGE) > 0) this.#collect();
  }
}
