/**
 * The file that tells other programs this process's id.
 *
 * @module
 */

import { errorChain } from "../core/mod.ts";
import { ProcessLock } from "../system/mod.ts";

/** It has no class of its own. */
const DISK_FULL = /os error 28\b/;

/** Follows the path: locked by the process that the file names, because its id alone may be another program's by now. */
const LOCK_END = ".held";

/** Written at start, removed at the end. */
export class PidFile {
  readonly #path: string;
  #lock: ProcessLock | undefined;

  private constructor(path: string, lock: ProcessLock | undefined) {
    this.#path = path;
    this.#lock = lock;
  }

  /**
   * Write this process's id to `path`; its directory is made when missing. The file of a server that runs stays as it
   * is: an operator who signals the process in it means that one.
   *
   * @param failed Called with what went wrong where another server has the file, or the disk is full: the server starts
   * all the same.
   * @returns `undefined` for an empty path, and where the server has no file.
   * @throws What else the system says, the path added.
   */
  static async write(path: string, failed: (message: string) => void): Promise<PidFile | undefined> {
    if (path === "") return undefined;
    let lock: ProcessLock | undefined;
    try {
      await makeDirectoryOf(path);
      const held = tryLock(path);
      if (held === "another") {
        failed(await sharedNotice(path));
        return undefined;
      }
      lock = held;
      await Deno.writeTextFile(path, `${Deno.pid}\n`);
    } catch (error) {
      lock?.release();
      if (error instanceof Error && DISK_FULL.test(error.message)) {
        failed(`Cannot write the pid file ${path}, which pid names: ${error.message}`);
        return undefined;
      }
      throw new Error(`Cannot write the pid file ${path}, which pid names`, { cause: error });
    }
    return new PidFile(path, lock);
  }

  /**
   * Write it in a process that has begun to serve in place of another: it is the one to find there, whatever the other
   * one still has, and serves whatever comes of the file.
   *
   * @param failed Called with what went wrong.
   */
  static async replace(path: string, failed: (message: string) => void): Promise<PidFile | undefined> {
    if (path === "") return undefined;
    try {
      await makeDirectoryOf(path);
      await Deno.writeTextFile(path, `${Deno.pid}\n`);
    } catch (error) {
      failed(errorChain(new Error(`Cannot write the pid file ${path}, which pid names`, { cause: error })));
      return undefined;
    }
    const lock = tryLock(path);
    return new PidFile(path, lock === "another" ? undefined : lock);
  }

  /** Let another server have it: this one accepts nobody more. */
  release(): void {
    try {
      this.#lock?.release();
    } catch (error) {
      // Its file stays where the directory is closed by now: the lock itself is gone, and nobody minds the rest.
      if (!(error instanceof Error)) throw error;
    }
    this.#lock = undefined;
  }

  /** Remove the file, unless another process has written its own id there. */
  async remove(): Promise<void> {
    try {
      if ((await Deno.readTextFile(this.#path)).trim() === String(Deno.pid)) await Deno.remove(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    } finally {
      this.release();
    }
  }
}

async function makeDirectoryOf(path: string): Promise<void> {
  const directory = path.replace(/[^/\\]*$/, "");
  if (directory !== "") await Deno.mkdir(directory, { recursive: true });
}

/** @returns `undefined` where there cannot be a lock: a server without one has a pid file all the same. */
function tryLock(path: string): ProcessLock | "another" | undefined {
  try {
    return ProcessLock.take(`${path}${LOCK_END}`) ?? "another";
  } catch {
    // Its directory may be closed to this user, and the file itself open: writing that says what is wrong, if anything.
    return undefined;
  }
}

async function sharedNotice(path: string): Promise<string> {
  let other = "another server";
  try {
    const id = (await Deno.readTextFile(path)).trim();
    if (/^\d{1,10}$/.test(id)) other = `process ${id}`;
  } catch (error) {
    // The other one is about to write it, or has just ended.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return `The pid file ${path} belongs to ${other}, which serves: this process (${Deno.pid}) has none ` +
    "(set another pid, or give each server a work_dir of its own)";
}
