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

/** How many secrets a file has. */
export interface SecretCount {
  /** One alone; absent: any number. */
  readonly isSingle?: boolean;
}

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
  { isSingle = false }: SecretCount = {},
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
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  if (lines.length === 0) {
    problem(`${path} has no secret in it`, "write one a line; what begins with # is left out");
    return undefined;
  }
  if (isSingle && lines.length > 1) {
    problem(`${path} has ${lines.length} lines: it must have one`, "leave the others out");
    return undefined;
  }
  const found = type.fromWords?.(lines);
  if (found?.ok === true) return found.value;
  problem(`${path}: ${found?.message ?? "it cannot be read"}`, found?.suggestion);
  return undefined;
}
