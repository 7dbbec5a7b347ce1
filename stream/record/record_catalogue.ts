/**
 * All recordings of a work directory, in a SQLite file: what the API lists, and what a start has to finish because the
 * process that recorded it was killed.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type {
  FinishedRecording,
  ListedRecording,
  RecordingPage,
  RecordingQuery,
  RecordingReason,
  StartedRecording,
} from "../../core/mod.ts";
import { ProcessLock } from "../../system/mod.ts";
import { folderOf } from "./record_folder.ts";
import { nameOfFinished } from "./recording_file.ts";

/** Another process may be writing; its changes are short. */
const BUSY_TIMEOUT_MS = 2000;
const SCHEMA_VERSION = 3;
const LOCK_END = ".lock";

/** A recording as the catalogue has it. */
export interface CatalogueEntry extends ListedRecording {
  /** What its event needs after a restart; `""` where nothing is reported. */
  readonly facts: string;
}

/** What is kept of a publish while its recording is written. */
export interface PublishNotes {
  /** What the event of the recording will need. */
  readonly facts: string;
  /** Of the publish, as in the events. */
  readonly sessionId: string;
}

/** What is kept of a vhost's recordings. */
export interface KeepQuery {
  /** Whose files. */
  readonly vhost: string;
  /** Older ones are beyond it, milliseconds since 1970. */
  readonly endedBeforeMs: number;
  /** The newest files of together as much are kept. */
  readonly maxBytes: number;
  /** At most so many at a time. */
  readonly count: number;
}

const CREATE = `
CREATE TABLE IF NOT EXISTS recordings (
  id TEXT PRIMARY KEY, number INTEGER, client_id INTEGER, vhost TEXT, app TEXT, stream TEXT, file TEXT, start_ms INTEGER,
  duration_ms REAL, bytes INTEGER, reason TEXT, facts TEXT, owner TEXT, session_id TEXT NOT NULL DEFAULT '',
  root TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS recordings_by_start ON recordings (start_ms);
CREATE INDEX IF NOT EXISTS recordings_by_name ON recordings (stream, app, vhost);
CREATE INDEX IF NOT EXISTS recordings_by_file ON recordings (file);
CREATE INDEX IF NOT EXISTS recordings_whole ON recordings (vhost, start_ms, bytes) WHERE reason IS NOT NULL;
CREATE INDEX IF NOT EXISTS recordings_open ON recordings (owner) WHERE reason IS NULL;
`;

/** The recordings of a work directory. */
export class RecordCatalogue {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #owner: string;
  readonly #lock: ProcessLock;

  private constructor(db: DatabaseSync, path: string, owner: string, lock: ProcessLock) {
    this.#db = db;
    this.#path = path;
    this.#owner = owner;
    this.#lock = lock;
  }

  /**
   * Open the file, or make it.
   *
   * @param owner Of this process: never the same twice.
   * @throws The system's or SQLite's error.
   */
  static open(path: string, owner: string): RecordCatalogue {
    // SQLite would make it readable for others, by the process's umask.
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    const db = new DatabaseSync(path);
    try {
      db.exec(
        `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`,
      );
      bringUpToDate(db);
      removeLeftLocks(path);
      const lock = ProcessLock.take(lockOf(path, owner));
      if (lock === undefined) throw new Error("another process has the same name");
      return new RecordCatalogue(db, path, owner, lock);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** A file has been opened. */
  started(
    { id, number, clientId, vhost, app, stream, file, root, startMs }: StartedRecording,
    { facts, sessionId }: PublishNotes,
  ): void {
    for (const name of [file, nameOfFinished(file)]) this.#forgetOthers(name, id);
    const owned = [facts, this.#owner, sessionId, root];
    this.#db.prepare(
      "INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, ?, ?, ?, ?)",
    )
      .run(id, number, clientId, vhost, app, stream, file, Math.round(startMs), ...owned);
  }

  /** A file is whole. */
  finished({ id, file, durationMs, bytes, reason }: FinishedRecording): void {
    this.#forgetOthers(file, id);
    this.#db.prepare(
      "UPDATE recordings SET file = ?, duration_ms = ?, bytes = ?, reason = ?, facts = '' WHERE id = ?",
    )
      .run(file, durationMs, bytes, reason, id);
  }

  /** An unfinished file has been reported: it is not reported again when it is finished. */
  reported(id: string): void {
    this.#db.prepare("UPDATE recordings SET facts = '' WHERE id = ?").run(id);
  }

  /** The oldest of a vhost that are beyond what is kept, at most `count`. */
  beyond({ vhost, endedBeforeMs, maxBytes, count }: KeepQuery): readonly CatalogueEntry[] {
    const whole = "FROM recordings WHERE vhost = ? AND reason IS NOT NULL";
    const oldest = "ORDER BY start_ms, id DESC LIMIT ?";
    // What began later cannot have ended before: the index ends the search.
    const tooOld = this.#db.prepare(
      `SELECT * ${whole} AND start_ms < ? AND start_ms + duration_ms < ? ${oldest}`,
    )
      .all(vhost, endedBeforeMs, endedBeforeMs, count).map(entryOf);
    const total = this.#db.prepare(`SELECT sum(bytes) AS bytes ${whole}`).get(vhost);
    let excess = Number(total?.bytes ?? 0) - maxBytes;
    if (excess <= 0) return tooOld;
    const tooMany = this.#db.prepare(`SELECT * ${whole} ${oldest}`).all(vhost, count).map(entryOf)
      .filter(({ bytes }) => {
        excess -= bytes;
        return excess + bytes > 0;
      });
    const found = new Map([...tooMany, ...tooOld].map((entry) => [entry.id, entry]));
    return [...found.values()].sort((a, b) => a.startMs - b.startMs).slice(0, count);
  }

  /** A recording is gone, or was never one. */
  remove(id: string): void {
    this.#db.prepare("DELETE FROM recordings WHERE id = ?").run(id);
  }

  /** A recording; `undefined` where there is none of this id. */
  get(id: string): CatalogueEntry | undefined {
    const row = this.#db.prepare("SELECT * FROM recordings WHERE id = ?").get(id);
    return row === undefined ? undefined : entryOf(row);
  }

  /** A page of recordings. */
  list({ start, count, ...query }: RecordingQuery): RecordingPage {
    const { where, values, asIs } = conditionsOf(query);
    const total = this.#db.prepare(`SELECT count(*) AS total FROM recordings ${where}`).get(...values)?.total;
    const rows = this.#db.prepare(
      `SELECT * FROM recordings ${where} ORDER BY ${asIs}start_ms DESC, id LIMIT ? OFFSET ?`,
    )
      .all(...values, count, start);
    return { total: Number(total), entries: rows.map(entryOf) };
  }

  /** Take over the unfinished recordings of processes that no longer live. */
  adopt(): readonly CatalogueEntry[] {
    const owners = this.#db.prepare(
      "SELECT DISTINCT owner FROM recordings WHERE reason IS NULL AND owner <> ?",
    )
      .all(this.#owner).map(({ owner }) => String(owner));
    return owners.flatMap((owner) => {
      const lock = ProcessLock.take(lockOf(this.#path, owner));
      if (lock === undefined) return [];
      const rows = this.#db.prepare(
        "UPDATE recordings SET owner = ? WHERE owner = ? AND reason IS NULL RETURNING *",
      )
        .all(this.#owner, owner);
      lock.release();
      return rows.map(entryOf);
    });
  }

  /** Close the file. */
  close(): void {
    this.#db.close();
    this.#lock.release();
  }

  /**
   * A file of this name had been taken away by somebody else when a new one got the name. To remove an older recording
   * would remove the new one.
   */
  #forgetOthers(file: string, id: string): void {
    this.#db.prepare("DELETE FROM recordings WHERE file = ? AND id <> ?").run(file, id);
  }
}

/** All of it or nothing, also where the process is killed meanwhile, and of several processes one after the other. */
function bringUpToDate(db: DatabaseSync): void {
  db.exec("BEGIN IMMEDIATE");
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (version > SCHEMA_VERSION) throw new Error("it was written by a newer version");
  if (version === 1) db.exec("ALTER TABLE recordings ADD COLUMN session_id TEXT NOT NULL DEFAULT ''");
  if (version === 1 || version === 2) db.exec("ALTER TABLE recordings ADD COLUMN root TEXT");
  db.exec(`${CREATE} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

/** What a query asks for, in SQL; `asIs` goes before a column whose index is not to be used. */
function conditionsOf(
  { vhost, app, stream, untilMs, running }: Omit<RecordingQuery, "start" | "count">,
): { readonly where: string; readonly values: readonly (string | number)[]; readonly asIs: string } {
  // Few run, and have an index of their own.
  const asIs = running === true ? "+" : "";
  const texts = running === undefined ? [] : [running ? "reason IS NULL" : "reason IS NOT NULL"];
  const values: (string | number)[] = [];
  const wanted = { "vhost =": vhost, "app =": app, "stream =": stream, "start_ms <=": untilMs };
  for (const [text, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    texts.push(`${asIs}${text} ?`);
    values.push(value);
  }
  return { where: texts.length === 0 ? "" : `WHERE ${texts.join(" AND ")}`, values, asIs };
}

/** Killed processes leave their locks. */
function removeLeftLocks(path: string): void {
  const at = path.lastIndexOf("/") + 1;
  const [folder, name] = [path.slice(0, at) || ".", path.slice(at)];
  for (const file of Deno.readDirSync(folder)) {
    if (file.name.startsWith(`${name}.`) && file.name.endsWith(LOCK_END)) {
      ProcessLock.take(`${path.slice(0, at)}${file.name}`)?.release();
    }
  }
}

function lockOf(path: string, owner: string): string {
  return `${path}.${owner}${LOCK_END}`;
}

function entryOf(row: Readonly<Record<string, unknown>>): CatalogueEntry {
  return {
    id: String(row.id),
    number: Number(row.number),
    clientId: Number(row.client_id),
    vhost: String(row.vhost),
    app: String(row.app),
    stream: String(row.stream),
    file: String(row.file),
    root: rootOf(row),
    startMs: Number(row.start_ms),
    durationMs: Number(row.duration_ms),
    bytes: Number(row.bytes),
    reason: REASONS.find((reason) => reason === row.reason),
    sessionId: String(row.session_id),
    facts: String(row.facts),
  };
}

/** Older versions did not keep it: such a file does not leave its own folder. */
function rootOf({ root, file }: Readonly<Record<string, unknown>>): string {
  return root === null ? folderOf(String(file)) : String(root);
}

const REASONS: readonly RecordingReason[] = [
  ...["client", "network", "timeout", "idle", "protocol", "slow", "limit", "bitrate", "duration", "kicked"],
  ...["rejected", "replaced", "lease_expired", "reload", "shutdown"],
  ...["rejected_later", "abandoned", "server_restart", "disk", "segment", "stopped"],
] as const;
