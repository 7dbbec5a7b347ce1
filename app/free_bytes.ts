/**
 * What a disk has room for.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Bytes that this process may still write to the disk of a folder, which need not be there yet.
 *
 * @throws The system's error where it does not say.
 */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder === "" ? "." : folder);
    return bavail * bsize;
  } catch (error) {
    const parent = dirname(folder);
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT") || parent === folder) {
      throw error;
    }
    return await freeBytes(parent);
  }
}
