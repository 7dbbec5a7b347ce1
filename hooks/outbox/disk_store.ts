/**
 * The outbox on disk: the worker writes changes in batches, each in one transaction. When the disk fails the store
 * raises an alarm, the outbox continues in memory, and all of it is written again once the disk works. The file keeps
 * its rows meanwhile: after a crash each row is as it is or as it was.
 *
 * @module
 */
import type { Clock, Log, Timer } from "../../core/mod.ts";
import type { OutboxStore } from "./outbox.ts";
import type { OutboxBounds, OutboxRow } from "./outbox_row.ts";
import type { OutboxReply, OutboxRequest } from "./outbox_protocol.ts";
import type { OutboxClient } from "./outbox_client.ts";
import { OutboxError } from "./outbox_database.ts";
import { explainOutboxFailure } from "./outbox_failure.ts";
import { makeOutboxDirectory, openOutboxFile } from "./open_outbox_file.ts";
import { RowChanges } from "./row_changes.ts";
import type { EventAddresses } from "./row_address.ts";
import { PAGE, RowReader } from "./row_reader.ts";
import { deadline } from "../../system/mod.ts";
import { WallWatch } from "./wall_watch.ts";
import { WriteBatcher } from "./write_batcher.ts";

/** What the store needs to start. */
export interface DiskStoreOptions {
  /** Absolute path of the file; its directory is made if it is missing. */
  readonly path: string;
  readonly serviceId: string;
  /** What is configured: of other processes' rows only those with an address are taken at once. */
  readonly addresses: readonly EventAddresses[];
  /** Of dead rows: of their number in the file, and of those kept in memory while the file cannot be written. */
  readonly bounds: OutboxBounds;
  /** How often the file is checked, milliseconds. */
  readonly checkMs: number;
  /** How long a batch may take, milliseconds; a disk that hangs counts as one that fails. */
  readonly hangMs: number;
  /** Refuse to start without the file; otherwise a file that cannot be used raises an alarm, and rows stay in memory. */
  readonly required: boolean;
  readonly log: Log;
  readonly clock: Clock;
}

/** The owner of the rows. */
export interface DiskStoreUser {
  /** Every row that has to be on disk. */
  live(): Iterable<OutboxRow>;
  /** Rows of other processes that this one has taken over, and `replayed` dead letters that were put back. */
  adopted(rows: readonly OutboxRow[], replayed: number): void;
}

/** Client ids reserved at a time. */
export const CLIENT_ID_BLOCK = 1000;
/** Limit for closing the file: a disk that hangs must not delay the end of the server, milliseconds. */
const CLOSE_MS = 2000;
/** Number of checks after which one also looks for processes that are gone. */
const ADOPT_EVERY = 10;

/** An outbox file; changes are written after they were made in memory. */
export class DiskStore implements OutboxStore {
  readonly #client: OutboxClient;
  readonly #options: DiskStoreOptions;
  readonly #changes: RowChanges;
  readonly #wall: WallWatch;
  #user: DiskStoreUser | undefined;
  readonly #batcher: WriteBatcher;
  readonly #reader: RowReader;
  #alarm: string | undefined;
  #dead = 0;
  #checks = 0;
  #isChecking = false;
  #timer: Timer | undefined;
  #closed = false;

  private constructor(options: DiskStoreOptions, client: OutboxClient) {
    this.#options = options;
    this.#client = client;
    this.#changes = new RowChanges(options.bounds, options.clock);
    this.#wall = new WallWatch(options.clock);
    this.#batcher = new WriteBatcher(options.clock, () => this.#write());
    const { path, log, clock } = options;
    this.#reader = new RowReader({ client, changes: this.#changes, path, log, clock });
  }

  /**
   * Open the file and take over the rows of processes that are gone.
   *
   * Where it cannot be written the store starts with its alarm raised, and with the rows that could be read.
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
    const rows = await store.#reader.adopted();
    const message = "Hook outbox cannot be written, and what it holds is delivered from memory";
    if (rows.length > 0) options.log.write("warn", undefined, message, { path, rows: rows.length });
    return { store, rows, firstClientId };
  }

  /** Start the checks of the file. */
  attach(user: DiskStoreUser): void {
    this.#user = user;
    this.#timer = this.#options.clock.setInterval(() => void this.#checkOnce(), this.#options.checkMs);
  }

  /** Why the store cannot write, `undefined` while it can. */
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

  /** Delete a row with the next batch. */
  remove(row: OutboxRow): void {
    if (this.#changes.remove(row)) this.#collect();
  }

  /** Resolves when all changes so far are on disk, or the alarm is raised. */
  recorded(): Promise<void> {
    return this.#batcher.written();
  }

  /** A block of client ids, none below `from`; `undefined` while the disk fails. */
  async reserveClientIds(from: number): Promise<number | undefined> {
    const reply = await this.#client.request({ kind: "reserve", count: CLIENT_ID_BLOCK, from });
    if (reply.kind === "reserved") return reply.first;
    if (reply.kind === "failed") this.#fail(reply.error);
    return undefined;
  }

  /** Ask the worker, once all changes so far are on disk. @throws {OutboxError} When the file cannot be used. */
  async ask(request: OutboxRequest): Promise<OutboxReply> {
    await this.recorded();
    const failed = (cause: string) => new OutboxError(`Cannot use ${this.#options.path}: ${cause}`);
    if (this.#alarm !== undefined) throw failed(this.#alarm);
    const reply = await this.#client.request(request);
    if (reply.kind === "failed") throw failed(reply.error);
    return reply;
  }

  /** Look now, instead of at the next check, for rows that were put back. */
  async check(): Promise<void> {
    await this.#checkOnce();
  }

  /** Write the remaining changes and close the file, within a limit that suffices for a disk that works. */
  async close(): Promise<void> {
    this.#timer?.clear();
    const closed = await deadline(this.#options.clock, this.#close(), { maxMs: CLOSE_MS });
    if (closed === "expired") this.#fail("the file was not written in time before the end");
    this.#batcher.cancel();
    this.#closed = true;
    this.#client.terminate();
  }

  async #close(): Promise<void> {
    await this.recorded();
    // Rows in memory would be lost: the disk may work again by now.
    if (this.#alarm !== undefined) await this.#recover();
    this.#closed = true;
    await this.#client.request({ kind: "close" });
  }

  async #load(): Promise<OutboxRow[]> {
    const { path, required } = this.#options;
    const { rows, failure } = await this.#reader.own();
    if (failure === undefined) return rows;
    const explained = explainOutboxFailure(path, failure);
    if (required) {
      this.#client.terminate();
      throw new OutboxError(explained);
    }
    this.#fail(explained);
    return rows;
  }

  #collect(): void {
    if (this.#alarm === undefined && !this.#closed) this.#batcher.add();
  }

  /** @returns Whether all changes before the call are on disk. */
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
    this.#batcher.cancel();
  }

  async #checkOnce(): Promise<void> {
    if (this.#isChecking || this.#closed) return;
    this.#isChecking = true;
    try {
      await this.#check();
    } finally {
      this.#isChecking = false;
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
    const rows = await this.#reader.adopted();
    if (!this.#closed) this.#user?.adopted(rows, reply.replayed);
  }

  /** The file has wall times for a later process: after the system's clock was set they are written again. */
  #followWall(): void {
    const stepMs = this.#wall.stepMs();
    if (stepMs === 0) return;
    this.#options.log.write("warn", undefined, "System clock was set: hook outbox follows", {
      step_ms: stepMs,
    });
    for (const row of this.#user?.live() ?? []) this.#changes.save(row);
    if (this.#changes.pages(PAGE) > 0) this.#collect();
  }

  #logForgotten(count: number): void {
    if (count === 0) return;
    const message = "Hook outbox dropped its oldest dead letters: their bound is reached";
    this.#options.log.write("error", undefined, message, { count });
  }

  /** Try the disk again; if it works, write all rows again. The alarm stays raised until that is done. */
  async #recover(): Promise<void> {
    this.#logForgotten(this.#changes.takeForgotten());
    await this.#batcher.idle();
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
