/**
 * Keys and secrets of clients that are in files of their own.
 *
 * @module
 */
import type { AccessOptions } from "../../stream/admission/access/options.ts";
import { ACCESS_FILE_KEYS } from "../schema/schema_access.ts";
import { KEYS, URL_SECRETS } from "../types/access_types.ts";
import type { FileReader } from "./file_reader.ts";
import { readSecretFile } from "./secret_file.ts";
import type { VhostDiagnostics } from "./vhost_diagnostics.ts";

/** The names of the lists that a file may have further members of. */
type InFiles = keyof typeof ACCESS_FILE_KEYS;

/**
 * The access of a vhost with what its files have.
 *
 * @param paths `""` for no file.
 * @param diagnostics Takes what is wrong with a file; the start is refused then.
 */
export function readAccessFiles(
  access: AccessOptions,
  paths: Readonly<Record<InFiles, string>>,
  files: FileReader,
  diagnostics: VhostDiagnostics,
): AccessOptions {
  const further = (name: InFiles): readonly string[] => {
    const type = name === "urlSecrets" ? URL_SECRETS : KEYS;
    const found = readSecretFile(
      paths[name],
      type,
      files,
      (message, suggestion) => diagnostics.problem(ACCESS_FILE_KEYS[name], message, suggestion),
    );
    return Object.freeze([...access.credentials[name], ...found ?? []]);
  };
  const credentials = {
    ...access.credentials,
    publishKeys: further("publishKeys"),
    playKeys: further("playKeys"),
    urlSecrets: further("urlSecrets"),
  };
  return Object.freeze({ ...access, credentials: Object.freeze(credentials) });
}
