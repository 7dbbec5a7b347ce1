/**
 * Why an outbox file cannot be used, and what to do, for the operator.
 *
 * @module
 */

/** The system's and SQLite's messages, by which errors are distinguished that have no class of their own. */
const NO_SPACE = /os error 28\b|database or disk is full/i;
const READ_ONLY = /os error 30\b/;
const DISK_TROUBLE = /disk i\/o error/i;
const NO_ACCESS = /os error (?:1|13)\b|permission denied|readonly database|unable to open/i;
const NOT_A_DATABASE = /not a database/i;
const DAMAGED = /malformed/i;
const NEWER = /newer version/i;
const LOCKED = /locked/i;
const OTHER_PATH = "name another file by hooks.outbox.path";

/**
 * Explain a failure and say what to do.
 *
 * @param path The outbox file.
 * @param detail What the system or SQLite said.
 */
export function explainOutboxFailure(path: string, detail: string): string {
  return `Cannot open the hook outbox ${path}: ${detail}: ${remedy(path, detail)}`;
}

function remedy(path: string, detail: string): string {
  if (NO_SPACE.test(detail)) return "make room on its disk";
  if (READ_ONLY.test(detail)) return `its disk is mounted read-only: mount it for writing, or ${OTHER_PATH}`;
  const info = statOf(path);
  if (info === undefined) return wayToDirectory(path);
  if (info.isDirectory) return `a directory has this name: ${OTHER_PATH}`;
  if (!info.isFile) return `this is not a regular file: ${OTHER_PATH}`;
  if (NOT_A_DATABASE.test(detail)) return `the file is not an outbox: ${OTHER_PATH}`;
  if (NEWER.test(detail)) {
    return `start that version, so that it delivers the endings in the file, or ${OTHER_PATH}`;
  }
  if (DAMAGED.test(detail)) {
    return `the file is damaged: ${OTHER_PATH}, or stop the server and move this one away; ` +
      "the endings that it holds are then lost to your service";
  }
  if (LOCKED.test(detail)) return "another program holds the file: end that program";
  if (NO_ACCESS.test(detail)) {
    return wayToAccess(path, info, { mode: 0o600, what: "file" }) ?? wayToDirectory(path);
  }
  if (DISK_TROUBLE.test(detail)) return "make room on its disk, or replace the disk";
  return wayToDirectory(path);
}

/** Advice about the directory that the file is in, or would be created in. */
function wayToDirectory(path: string): string {
  for (let directory = parentOf(path); directory !== ""; directory = parentOf(directory)) {
    const info = statOf(directory);
    if (info === undefined) continue;
    if (!info.isDirectory) return `${directory} is not a directory: ${OTHER_PATH}`;
    return wayToAccess(directory, info, { mode: 0o300, what: "directory" }) ??
      `see that the server may write in ${directory}, or ${OTHER_PATH}`;
  }
  return `see that the server may write there, or ${OTHER_PATH}`;
}

interface Access {
  /** Bits that the owner needs. */
  readonly mode: number;
  readonly what: "file" | "directory";
}

/** `undefined` where owner and mode are right. */
function wayToAccess(path: string, { uid, mode }: Deno.FileInfo, access: Access): string | undefined {
  if (uid === null || mode === null) return undefined;
  const { what } = access;
  const bits = (mode & 0o777).toString(8).padStart(4, "0");
  const found = `the ${what} ${path} belongs to uid ${uid} and has mode ${bits}`;
  const own = ownUid();
  if (own !== uid) {
    const chown = `chown ${own ?? "USER"} ${path}${what === "file" ? "*" : ""}`;
    const runs = own === undefined ? "" : `, and this server runs as uid ${own}`;
    return `${found}${runs}: start the server as the owner, or give it the ${what}: ${chown}`;
  }
  if ((mode & access.mode) === access.mode) return undefined;
  return `${found}: chmod u+rw${what === "file" ? "" : "x"} ${path}`;
}

/** Optional: without the permission for it, the advice names only the file's owner. */
function ownUid(): number | undefined {
  try {
    return Deno.uid() ?? undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` where the path cannot be examined. */
function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** `""` for the root. */
function parentOf(path: string): string {
  return path === "/" ? "" : path.slice(0, path.lastIndexOf("/")) || "/";
}
