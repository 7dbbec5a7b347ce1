/**
 * The directory of a vhost's files: one process writes it, and knows what it has written.
 *
 * @module
 */
import { ProcessLock } from "../../../system/mod.ts";
import type { DiskAlarm } from "./disk_alarm.ts";
import { DiskBusyError, DiskPathError, isNotFound } from "./disk_error.ts";
import { FileJournal, writeAll } from "./file_journal.ts";
import { folderOf } from "./file_pattern.ts";
import { findFolder } from "./safe_folder.ts";

const LOCK = ".srs.hls.lock";
const JOURNAL = ".srs.hls.journal";
const UNFINISHED = ".tmp";

/** Gets what became of files that are no longer needed. */
type RemovalAlarm = Pick<DiskAlarm, "removed" | "notRemoved">;

/** A directory that this process writes. */
export class DiskDirectory {
  readonly #root: string;
  readonly #lock: ProcessLock;
  readonly #journal: FileJournal;
  readonly #alarm: RemovalAlarm;
  /** What an earlier process left, by playlist. */
  readonly #leftovers = new Map<string, string[]>();
  /** Settled when what an earlier process left is removed. */
  #removing: Promise<void> = Promise.resolve();
  /** Which stream writes a playlist, by its real path. */
  readonly #owners = new Map<string, string>();

  /** Settled when what an earlier process was writing is gone. */
  #unfinishedRemoved: Promise<void> = Promise.resolve();

  private constructor(root: string, lock: ProcessLock, journal: FileJournal, alarm: RemovalAlarm) {
    this.#alarm = alarm;
    this.#root = root;
    this.#lock = lock;
    this.#journal = journal;
    for (const { path, playlist } of journal.entries) {
      const paths = this.#leftovers.get(playlist) ?? [];
      paths.push(path);
      this.#leftovers.set(playlist, paths);
    }
  }

  /**
   * Open it, made where it is not there.
   *
   * @param path As the configuration has it.
   * @param alarm Gets files that cannot be removed.
   * @throws {Error} It cannot be written, or another process writes it.
   */
  static open(path: string, alarm: RemovalAlarm): DiskDirectory {
    Deno.mkdirSync(path, { recursive: true });
    const root = Deno.realPathSync(path);
    const lock = ProcessLock.take(`${root}/${LOCK}`);
    if (lock === undefined) throw new DiskBusyError(`another process writes HLS to ${root}`);
    try {
      return new DiskDirectory(root, lock, FileJournal.open(`${root}/${JOURNAL}`), alarm);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** How many files an earlier process left. */
  get leftCount(): number {
    return [...this.#leftovers.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Remove what an earlier process was writing when it ended. Never rejects. */
  removeUnfinished(): Promise<void> {
    const playlists = [...this.#leftovers.keys()];
    return this.#unfinishedRemoved = this.#afterOthers(async () => {
      for (const playlist of playlists) await this.#removeFile(`${playlist}${UNFINISHED}`);
    });
  }

  /** What an earlier process left of a stream; it is the caller's from here on. */
  takeLeftovers(playlist: string): readonly string[] {
    const paths = this.#leftovers.get(playlist) ?? [];
    this.#leftovers.delete(playlist);
    return paths.filter((path) => path !== playlist);
  }

  /** Remove what an earlier process left and nobody has taken. Never rejects. */
  removeLeftovers(): Promise<void> {
    const paths = [...this.#leftovers.values()].flat();
    this.#leftovers.clear();
    return this.#afterOthers(async () => {
      for (const path of paths) await this.remove(path);
    });
  }

  /**
   * Write a file of a stream, that is not there.
   *
   * @param keeps It is never removed: it is in no journal.
   * @throws What writing throws, {@link DiskPathError} where the path is not the stream's; nothing is left then.
   */
  async create(
    path: string,
    { playlist, body, keeps }: {
      readonly playlist: string;
      readonly body: Uint8Array<ArrayBufferLike>;
      readonly keeps: boolean;
    },
  ): Promise<void> {
    const full = await this.#place(path);
    if (!keeps) await this.#journal.add({ path, playlist });
    let file: Deno.FsFile;
    try {
      file = await Deno.open(full, { write: true, createNew: true });
    } catch (error) {
      if (!keeps) await this.#journal.remove(path);
      const isThere = error instanceof Deno.errors.AlreadyExists;
      throw isThere ? new DiskPathError(`${full} is there already`) : error;
    }
    try {
      await writeAll(file, body);
      file.close();
    } catch (error) {
      file.close();
      await this.#removeFile(path);
      if (!keeps) await this.#journal.remove(path);
      throw error;
    }
  }

  /**
   * Write a playlist in one step.
   *
   * @param owner The stream whose it is.
   * @throws As {@link DiskDirectory.create}; the one before stays then.
   */
  async replacePlaylist(path: string, owner: string, text: string): Promise<void> {
    const full = await this.#place(path);
    const other = this.#owners.get(full);
    if (other !== undefined && other !== owner) {
      throw new DiskPathError(`${full} is the playlist of ${other}: hls_m3u8_file gives both the same`);
    }
    this.#owners.set(full, owner);
    // It is written under the name of what is removed there.
    await this.#unfinishedRemoved;
    const next = `${full}${UNFINISHED}`;
    try {
      await this.#journal.add({ path, playlist: path });
      const file = await openNew(next);
      try {
        await writeAll(file, new TextEncoder().encode(text));
      } finally {
        file.close();
      }
      await Deno.rename(next, full);
    } catch (error) {
      await this.#removeFile(`${path}${UNFINISHED}`);
      throw error;
    }
  }

  /** A playlist is no longer a stream's; it is removed if it was. Never rejects. */
  async removePlaylist(path: string, owner: string): Promise<void> {
    try {
      const full = await this.#place(path);
      if (this.#owners.get(full) !== owner) return;
      this.#owners.delete(full);
    } catch (error) {
      return this.#alarm.notRemoved(path, error);
    }
    await this.remove(path);
  }

  /** Remove a file. Never rejects: what cannot be removed stays in the journal, for the next start. */
  async remove(path: string): Promise<void> {
    if (await this.#removeFile(path)) await this.#journal.remove(path);
  }

  /** Write no more. The files stay. */
  async close(): Promise<void> {
    await this.#removing;
    await this.#journal.close();
    this.#lock.release();
  }

  #afterOthers(remove: () => Promise<void>): Promise<void> {
    return this.#removing = this.#removing.then(remove);
  }

  async #place(path: string): Promise<string> {
    const folder = await findFolder(this.#root, folderOf(path), { makes: true });
    return `${folder}/${path.slice(path.lastIndexOf("/") + 1)}`;
  }

  async #removeFile(path: string): Promise<boolean> {
    try {
      const folder = await findFolder(this.#root, folderOf(path), { makes: false });
      if (folder !== undefined) await Deno.remove(`${folder}/${path.slice(path.lastIndexOf("/") + 1)}`);
      this.#alarm.removed();
      return true;
    } catch (error) {
      if (isNotFound(error)) return true;
      this.#alarm.notRemoved(path, error);
      return false;
    }
  }
}

/** A file that is made now: what was there, a link too, is not written through. */
async function openNew(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    await Deno.remove(path);
    return await Deno.open(path, { write: true, createNew: true });
  }
}
