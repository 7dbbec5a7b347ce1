/**
 * Folders below a directory whose names publishers chose: no symbolic link leads out of it.
 *
 * @module
 */
import { DiskPathError, isNotFound } from "./disk_error.ts";

/**
 * Find a folder.
 *
 * @param root The directory's real path.
 * @param folder Below it, `""` for itself; no part is `..`.
 * @param makes Whether it is made where it is not there.
 * @returns Its real path; `undefined` where it is not there.
 * @throws {DiskPathError} Something else is in its place, or it is outside of the directory.
 */
export async function findFolder(
  root: string,
  folder: string,
  { makes }: { readonly makes: boolean },
): Promise<string | undefined> {
  let current = root;
  for (const part of folder.split("/")) {
    if (part === "") continue;
    const path = `${current}/${part}`;
    if (makes) await makeFolder(path);
    const real = await realPath(path);
    if (real === undefined) return undefined;
    if (!real.startsWith(`${root}/`)) throw new DiskPathError(`${path} is a link that leads out of ${root}`);
    if (!(await Deno.stat(real)).isDirectory) throw new DiskPathError(`${path} is not a directory`);
    current = real;
  }
  return current;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
  } catch (error) {
    // What is there is looked at next.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
