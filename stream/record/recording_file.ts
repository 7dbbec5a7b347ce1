/**
 * The file of a recording on disk: `NAME.tmp` while it is written, `NAME` once it is whole. It replaces no other file,
 * and is below the folder that the configuration names.
 *
 * @module
 */
import { withDuration } from "./path_template.ts";
import { checkFolder, makeFolder, type RecordingPlace, RecordPathError } from "./record_folder.ts";
import { fileErrorText } from "../../system/mod.ts";

/** While a file is written. */
export const UNFINISHED = ".tmp";
/** Files of one name in a folder: more are a fault of the path, not of the publishers. */
const MAX_NUMBER = 10_000;
const EXTENSION = /\.[a-z0-9]+$/i;

/** A file cannot be made: its disk is full, or this process may not write there. */
export class RecordOpenError extends Error {
  /** @inheritdoc */
  override readonly name = "RecordOpenError";
}

/** An open file. */
export interface OpenedFile extends RecordingPlace {
  /** Its handle, for writing. */
  readonly file: Deno.FsFile;
}

/**
 * Create a file. Where the name exists, or is being written, a number goes before the extension.
 *
 * @param root The folder that the file must not leave, whatever links are in it.
 * @throws {RecordPathError} A symbolic link leads out of `root`, or there are too many files of this name.
 * @throws {RecordOpenError} The file system does not let it be made.
 */
export async function createRecordingFile(path: string, root: string): Promise<OpenedFile> {
  try {
    return await create(path, root);
  } catch (error) {
    if (error instanceof RecordPathError) throw error;
    throw new RecordOpenError(`Cannot make ${path}: ${fileErrorText(error)}`, { cause: error });
  }
}

/**
 * See whether a file could be created: one is, and is removed.
 *
 * @throws As {@link createRecordingFile}.
 */
export async function tryRecordingFile(path: string, root: string): Promise<void> {
  const { file, path: made } = await createRecordingFile(path, root);
  file.close();
  await Deno.remove(made);
}

async function create(path: string, root: string): Promise<OpenedFile> {
  await makeFolder(path, root);
  for (let number = 0; number < MAX_NUMBER; number++) {
    const numbered = withNumber(path, number);
    if (await exists(numbered)) continue;
    const unfinished = numbered + UNFINISHED;
    try {
      const file = await Deno.open(unfinished, { write: true, createNew: true, mode: 0o644 });
      return { file, path: unfinished, root };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
  throw new RecordPathError(`${path} and ${MAX_NUMBER} names like it exist: put [timestamp] into dvr_path`);
}

/**
 * Give a whole file its name.
 *
 * @param unfinished As {@link createRecordingFile} returned it.
 * @returns The path that it has now.
 * @throws {RecordPathError} Its folder was replaced by a link that leads out of `root`.
 * @throws Errors of the file system.
 */
export async function finishRecordingFile(
  { path: unfinished, root }: RecordingPlace,
  durationMs: number,
): Promise<string> {
  await checkFolder(unfinished, root);
  const path = withDuration(nameOfFinished(unfinished), durationMs);
  for (let number = 0; number < MAX_NUMBER; number++) {
    const numbered = withNumber(path, number);
    if (await moveTo(unfinished, numbered)) return numbered;
  }
  return unfinished;
}

/** Move a file to a name that nobody has; `false` where somebody has it. */
async function moveTo(from: string, to: string): Promise<boolean> {
  try {
    // Unlike a rename, a link replaces nothing.
    await Deno.link(from, to);
    await Deno.remove(from);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      if (!await isSameFile(from, to)) return false;
      await Deno.remove(from);
      return true;
    }
    // A file system without links.
    if (await exists(to)) return false;
    await Deno.rename(from, to);
    return true;
  }
}

/** A process that ended between the link and the removal leaves a file with two names. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([Deno.lstat(one), Deno.lstat(other)]);
  return a.isFile && a.ino !== null && a.ino === b.ino && a.dev === b.dev;
}

/** The name that a file got whose path was this while it was written, unless its duration is in it. */
export function nameOfFinished(unfinished: string): string {
  return unfinished.slice(0, -UNFINISHED.length);
}

function withNumber(path: string, number: number): string {
  if (number === 0) return path;
  const extension = EXTENSION.exec(path)?.[0] ?? "";
  return `${path.slice(0, path.length - extension.length)}-${number}${extension}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
