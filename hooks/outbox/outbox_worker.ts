/**
 * The thread that writes the outbox file, so that a slow disk delays only the outbox itself.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import { Leftovers } from "./leftovers.ts";
import { OutboxDatabase } from "./outbox_database.ts";
import type { StoredRow } from "./event_table.ts";
import type { OutboxReply, OutboxRequest } from "./outbox_protocol.ts";
import { listEntries } from "./outbox_entry.ts";
import { RowClaims } from "./row_claims.ts";
import { ProcessLock } from "../../system/mod.ts";

/** The outbox file and SQLite's side files, by the suffixes of their names. */
const DATABASE = "";
const SIDE_FILES = ["-wal", "-shm"];

/** Blocks of client ids that a process skips at most when it cannot reserve any. */
const MAX_BLOCKS_AHEAD = 1000;

const LOCK_ATTEMPTS = 50;

/** SQLite counts data versions from 0. */
const NO_VERSION = -1;

type Inode = number | null | undefined;

class OutboxWorker {
  #path = "";
  #service = "";
  #maxDeadRows = 0;
  #db: OutboxDatabase | undefined;
  #lock: ProcessLock | undefined;
  /** Rows of a file that could not be written since the start. */
  #leftovers: Leftovers | undefined;
  /** Of the open file and its side files. */
  #inodes: ReadonlyMap<string, Inode> = new Map();
  #dataVersion = 0;
  /** Taken over and not fetched yet; in the file they belong to this process already. */
  #adopted: StoredRow[] = [];
  #claims = new RowClaims([]);
  /** One above the last client id that this process has reserved. */
  #clientIdsEnd = 1;

  answer(request: OutboxRequest): OutboxReply {
    switch (request.kind) {
      case "open":
        return this.#open(request);
      case "rows":
        return { kind: "rows", rows: this.#file.rows(this.#service, request.after, request.limit) };
      case "write":
        this.#file.write(this.#service, request.batch);
        return { kind: "done" };
      case "reserve":
        return { kind: "reserved", first: this.#reserve(request.count, request.from) };
      case "check":
        return this.#check(request.adopt);
      case "adopted":
        return { kind: "rows", rows: this.#adopted.splice(0, request.limit) };
      case "reopen":
        this.#reopen();
        // A new file does not have the numbers that were reserved before.
        this.#reserve(0, this.#clientIdsEnd);
        return { kind: "done" };
      case "list":
        return {
          kind: "listed",
          entries: listEntries(this.#file, request.state, request.limit).map((entry) => ({
            ...entry,
            body: "",
          })),
        };
      case "replay":
        return this.#changed(this.#file.replay({ id: request.id }, request.wallMs));
      case "drop":
        return this.#changed(this.#file.drop({ id: request.id }));
      case "close":
        this.#close();
        return { kind: "done" };
    }
  }

  get #file(): OutboxDatabase {
    if (this.#db === undefined) throw new Error("the outbox file is not open");
    return this.#db;
  }

  /** What this connection writes does not change its data version: the next check has to look all the same. */
  #changed(count: number): OutboxReply {
    this.#dataVersion = NO_VERSION;
    return { kind: "changed", count };
  }

  #open(request: OutboxRequest & { kind: "open" }): OutboxReply {
    this.#path = request.path;
    this.#service = request.service;
    this.#maxDeadRows = request.maxDeadRows;
    this.#claims = new RowClaims(request.addresses);
    try {
      this.#openFile();
      this.#takeLock();
      const accepts = this.#claims.atStart({ isShared: this.#isShared() });
      this.#forEachGone((service) => {
        // Rows are read only to choose from them.
        if (accepts === undefined) this.#file.adopt(service, this.#service);
        else this.#file.adoptRows(service, this.#service, accepts);
      });
      const firstClientId = this.#reserve(request.clientIds, this.#clientIdsEnd);
      return { kind: "opened", firstClientId, dead: this.#file.countDead(), failure: undefined };
    } catch (error) {
      return this.#openWithoutWriting(request.clientIds, messageOf(error));
    }
  }

  /** Start without the file: it may become writable later, and `reopen` tries that. */
  #openWithoutWriting(clientIds: number, failure: string): OutboxReply {
    this.#close();
    this.#leftovers = Leftovers.read(this.#path);
    this.#adopted = [...this.#leftovers.rows];
    this.#inodes = inodesOf(this.#path);
    // Numbers cannot be reserved, and another process may be in the same position: skip a random number of blocks.
    const firstClientId = this.#leftovers.nextClientId + clientIds * (1 + randomBelow(MAX_BLOCKS_AHEAD));
    this.#clientIdsEnd = firstClientId + clientIds;
    return { kind: "opened", firstClientId, dead: 0, failure };
  }

  /** Must be held before any row is written: others take the rows of processes that hold no lock. */
  #takeLock(): void {
    // The id is this process's own: only another one's look can be in the way, for less than a millisecond.
    for (let left = LOCK_ATTEMPTS; left > 0 && this.#lock === undefined; left--) {
      this.#lock = ProcessLock.try(this.#path, this.#service);
    }
    if (this.#lock === undefined) throw new Error(`service id ${this.#service} is in use`);
  }

  #close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#lock?.release();
    this.#lock = undefined;
    this.#leftovers?.release();
    this.#leftovers = undefined;
  }

  #reserve(count: number, from: number): number {
    const first = this.#file.reserveClientIds(count, from);
    this.#clientIdsEnd = first + count;
    return first;
  }

  #reopen(): void {
    this.#db?.close();
    this.#db = undefined;
    const isOther = inodeOf(this.#path) !== this.#inodes.get(DATABASE);
    if (isOther) this.#removeSideFiles();
    this.#openFile();
    this.#takeLock();
    // Another file took its place, perhaps a copy: its rows of this process are out of date.
    if (isOther) {
      this.#file.wipe(this.#service);
      this.#leftovers?.release();
    } else {
      this.#leftovers?.handOver(this.#file, this.#service);
    }
    this.#leftovers = undefined;
  }

  /** SQLite keeps them when the file is replaced, and would apply the old file's log to the new one. */
  #removeSideFiles(): void {
    for (const end of SIDE_FILES) {
      const path = this.#path + end;
      const inode = inodeOf(path);
      // One with another inode came with the new file.
      if (inode !== undefined && inode === this.#inodes.get(end)) Deno.removeSync(path);
    }
  }

  #openFile(): void {
    this.#db = new OutboxDatabase(this.#path);
    this.#inodes = inodesOf(this.#path);
    this.#dataVersion = this.#db.dataVersion();
  }

  /** Visit the processes that are gone, holding the lock of each; and the rows that wait for any process. */
  #forEachGone(visit: (service: string) => void): void {
    for (const service of this.#file.services()) {
      if (service === this.#service || service === "") continue;
      const lock = ProcessLock.try(this.#path, service);
      if (lock === undefined) continue;
      try {
        visit(service);
      } finally {
        lock.release();
      }
    }
    visit("");
  }

  /** Whether another process that lives uses the file. */
  #isShared(): boolean {
    return ProcessLock.isShared(this.#path, this.#service);
  }

  #check(adopt: boolean): OutboxReply {
    const isPresent = inodeOf(this.#path) === this.#inodes.get(DATABASE);
    const version = isPresent ? this.#file.dataVersion() : this.#dataVersion;
    let dead: number | undefined;
    let forgotten = 0;
    let replayed = 0;
    if (isPresent && (version !== this.#dataVersion || adopt)) {
      this.#dataVersion = version;
      const services = this.#file.services();
      if (adopt) this.#claims.beginCheck(services);
      if (adopt || services.includes("")) {
        this.#forEachGone((service) => {
          const accepts = this.#claims.whileRunning(service, () => this.#isShared());
          const rows = this.#file.adoptRows(service, this.#service, accepts);
          for (const row of rows) this.#adopted.push(row);
          if (service === "") replayed += rows.length;
        });
      }
      forgotten = this.#file.trimDead(this.#maxDeadRows);
      dead = this.#file.countDead();
    }
    return { kind: "checked", present: isPresent, adopted: this.#adopted.length, replayed, dead, forgotten };
  }
}

function inodesOf(path: string): ReadonlyMap<string, Inode> {
  return new Map([DATABASE, ...SIDE_FILES].map((end) => [end, inodeOf(path + end)]));
}

/** `undefined` for a file that does not exist. */
function inodeOf(path: string): Inode {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isNotADirectory(error)) return undefined;
    throw error;
  }
}

/** The class of this error differs between the runtime's versions. */
function isNotADirectory(error: unknown): boolean {
  return error instanceof Error && /os error 20\b/.test(error.message);
}

function randomBelow(limit: number): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % limit;
}

function messageOf(error: unknown): string {
  return errorMessage(error);
}

function encode(reply: OutboxReply): string {
  return JSON.stringify(reply);
}

const worker = new OutboxWorker();
// The only message to the worker itself carries the port for all others.
addEventListener("message", (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<string>) => {
    let reply: string;
    try {
      const request: OutboxRequest = JSON.parse(data);
      reply = encode(worker.answer(request));
    } catch (error) {
      reply = encode({ kind: "failed", error: messageOf(error) });
    }
    port.postMessage(reply);
  };
});
