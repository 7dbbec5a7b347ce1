/**
 * The file that tells other programs this process's id.
 *
 * @module
 */

import { errorChain } from "../core/mod.ts";

/** It has no class of its own. */
const DISK_FULL = /os error 28\b/;

/** Written at start, removed at the end. */
export class PidFile {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Write this process's id to `path`; its directory is made when missing.
   *
   * @param onFull Called with what went wrong where the disk is full: the server starts all the same.
   * @returns `undefined` for an empty path, and on a full disk.
   * @throws What else the system says, the path added.
   */
  static async write(path: string, onFull: (message: string) => void): Promise<PidFile | undefined> {
    if (path === "") return undefined;
    try {
      const directory = path.replace(/[^/\\]*$/, "");
      if (directory !== "") await Deno.mkdir(directory, { recursive: true });
      await Deno.writeTextFile(path, `${Deno.pid}\n`);
    } catch (error) {
      if (error instanceof Error && DISK_FULL.test(error.message)) {
        onFull(`Cannot write the pid file ${path}, which pid names: ${error.message}`);
        return undefined;
      }
      throw new Error(`Cannot write the pid file ${path}, which pid names`, { cause: error });
    }
    return new PidFile(path);
  }

  /**
   * The same, of a process that has begun to serve in place of another: it serves whatever comes of the file.
   *
   * @param failed Called with what went wrong.
   */
  static async replace(path: string, failed: (message: string) => void): Promise<PidFile | undefined> {
    try {
      return await PidFile.write(path, failed);
    } catch (error) {
      failed(errorChain(error));
      return undefined;
    }
  }

  /** Remove the file, unless another process has written its own id there. */
  async remove(): Promise<void> {
    try {
      if ((await Deno.readTextFile(this.#path)).trim() === String(Deno.pid)) await Deno.remove(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
