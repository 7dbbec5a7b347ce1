/**
 * Files that this server writes: two of them at one path would overwrite each other.
 *
 * @module
 */

import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import { RootDiagnostics } from "./root_diagnostics.ts";
import type { SettingReader } from "../schema/setting_reader.ts";

/** A key that names a file which is written. */
export interface WrittenFile {
  readonly key: KeySpec<string>;
  /** Below `work_dir` unless absolute; `""` for no file. */
  readonly path: string;
}

/** Written without a key of their own, below `work_dir`. */
const OWN_FILES: readonly string[] = ["objs/srs.server_id", "objs/srs.server_id.lock"];

/** What the outbox keeps next to its file: SQLite's side files, and the locks of its processes. */
const OUTBOX_SIDE_FILES = /^(?:-wal|-shm|-journal|\..+\.lock)$/;

/**
 * Find keys that name the same file, a file that the server writes for itself, or a directory that another one's file is in.
 *
 * @param reader Knows which keys variables have set.
 * @param diagnostics Takes them.
 * @param files The keys.
 */
export function checkPaths(
  reader: SettingReader,
  diagnostics: Diagnostics,
  files: readonly WrittenFile[],
): void {
  const root = new RootDiagnostics(reader, diagnostics);
  const outbox = normalize(files.find(({ key }) => key.path === "hooks.outbox.path")?.path ?? "");
  const taken: { readonly path: string; readonly normal: string }[] = [];
  // Of a default and what the operator wrote, the latter is what has to change.
  const isDefault = ({ key, path }: WrittenFile): number => Number(path === key.default);
  for (const { key, path } of files.toSorted((a, b) => isDefault(b) - isDefault(a))) {
    if (path === "") continue;
    if (/[/\\]$|(?:^|[/\\])\.{1,2}$/.test(path)) {
      root.problem(key, `${path} is a directory, not a file`, "name a file in it");
      continue;
    }
    const normal = normalize(path);
    const isSideFile = outbox !== "" && normal.startsWith(outbox) &&
      OUTBOX_SIDE_FILES.test(normal.slice(outbox.length));
    if (isSideFile || OWN_FILES.includes(normal)) {
      root.problem(key, `${path} is a file that the server writes for itself`, "choose another file");
    }
    for (const other of taken) {
      if (other.normal === normal) {
        root.problem(key, `${other.path} names the same file, ${path}`, "choose another file");
      } else if (normal.startsWith(`${other.normal}/`) || other.normal.startsWith(`${normal}/`)) {
        const message =
          `${path} and what ${other.path} names cannot both exist: one would be the other's directory`;
        root.problem(key, message, "choose another file");
      }
    }
    taken.push({ path: key.path, normal });
  }
}

/** Without `.`, `..` and doubled slashes, so that equal paths have equal texts. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") {
      const last = parts.at(-1);
      if (last === undefined || last === "..") parts.push(part);
      else if (last !== "") parts.pop();
    } else if (part !== "." && (part !== "" || parts.length === 0)) {
      parts.push(part);
    }
  }
  return parts.join("/");
}
