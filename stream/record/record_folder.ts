/**
 * The folders of recordings: none is left by a link, where a file is made, finished, sent or removed.
 *
 * @module
 */

/** A path that must not be used. */
export class RecordPathError extends Error {
  /** As a log shows it. */
  override readonly name = "RecordPathError";
}

/** Where a file is. */
export interface RecordingPlace {
  /** Its path. */
  readonly path: string;
  /** The folder that it must not leave, whatever links are in it; `""` for the working directory. */
  readonly root: string;
}

/**
 * Make the folder of a file.
 *
 * @param root The folder that the file must not leave, whatever links are in it; `""` for the working directory. It may
 * itself be a link: that is the operator's choice.
 * @throws {RecordPathError} A link leads out of `root`.
 * @throws Errors of the file system.
 */
export async function makeFolder(path: string, root: string): Promise<void> {
  const rootFolder = root === "" ? "." : root;
  await Deno.mkdir(rootFolder, { recursive: true });
  const realRoot = await Deno.realPath(rootFolder);
  // Folders are made one by one: a link on the way must not have any made elsewhere.
  let at = rootFolder === "/" ? "" : rootFolder;
  for (const name of namesBelow(path, root)) {
    at += `/${name}`;
    await makeOne(at);
    await refuseLink(at, rootFolder, realRoot);
  }
}

/**
 * See that the folder of a file that was made is still below its root.
 *
 * @param root As for {@link makeFolder}.
 * @throws {RecordPathError} A folder was replaced by a link that leads out of `root`.
 * @throws {Deno.errors.NotFound} and other errors of the file system.
 */
export async function checkFolder(path: string, root: string): Promise<void> {
  if (namesBelow(path, root).length === 0) return;
  const rootFolder = root === "" ? "." : root;
  await refuseLink(folderOf(path), rootFolder, await Deno.realPath(rootFolder));
}

/** The folders between a root, which may have a slash too many, and a file. */
function namesBelow(path: string, root: string): readonly string[] {
  return folderOf(path).slice(root.length).split("/").filter((name) => name !== "" && name !== ".");
}

async function refuseLink(folder: string, root: string, realRoot: string): Promise<void> {
  const real = await Deno.realPath(folder);
  if (real === realRoot || !real.startsWith(realRoot === "/" ? "/" : `${realRoot}/`)) {
    throw new RecordPathError(`${folder} is a link that leads out of ${root}, or is below one`);
  }
}

/** The folder of a file, `"."` where its path has none. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  if (end < 0) return ".";
  return end === 0 ? "/" : path.slice(0, end);
}

async function makeOne(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
