/**
 * Secrets in files of their own, such as those that systemd's `LoadCredential` or Docker put in place: one a line.
 *
 * @module
 */

import { errorMessage } from "../../core/mod.ts";
import type { ValueType } from "../types/value_type.ts";
import type { FileReader } from "./file_reader.ts";

/** Takes what is wrong with a file. */
export type FileProblem = (message: string, suggestion?: string) => void;

/**
 * The values in a file; blank lines and those that begin with `#` are left out. What is found is never shown.
 *
 * @param path `""` for no file.
 * @param type Of all values together.
 */
export function readSecretFile<T>(
  path: string,
  type: ValueType<T>,
  files: FileReader,
  problem: FileProblem,
): T | undefined {
  if (path === "") return undefined;
  let text: string | undefined;
  try {
    text = files.readFile?.(path);
  } catch (error) {
    problem(`Cannot read ${path}: ${errorMessage(error)}`, "name a file that this user may read");
    return undefined;
  }
  if (text === undefined) {
    problem(`Cannot read ${path}: files are not read here`);
    return undefined;
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length === 0) {
    problem(`${path} has nothing in it`, "write one secret a line");
    return undefined;
  }
  const found = type.fromWords?.(lines.map((line) => line.trim()));
  if (found?.ok === true) return found.value;
  problem(`${path}: ${found?.message ?? "it cannot be read"}`, found?.suggestion);
  return undefined;
}
