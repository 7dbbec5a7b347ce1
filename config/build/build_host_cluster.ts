/**
 * What the hosts of a cluster know of each other, the secret from its file.
 *
 * @module
 */
import type { HostClusterOptions } from "../../stream/admission/options.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import { CLUSTER_SECRET_FILE, HOST_CLUSTER_KEYS } from "../schema/schema_cluster.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { CLUSTER_SECRET } from "../types/cluster_types.ts";
import type { FileReader } from "./file_reader.ts";
import { RootDiagnostics } from "./root_diagnostics.ts";
import { readSecretFile } from "./secret_file.ts";

/**
 * Read it.
 *
 * @param files Reads the file of the secret.
 */
export function buildHostCluster(
  reader: SettingReader,
  diagnostics: Diagnostics,
  files: FileReader,
): HostClusterOptions {
  const options = reader.rootSection(HOST_CLUSTER_KEYS);
  const path = reader.root(CLUSTER_SECRET_FILE);
  const root = new RootDiagnostics(reader, diagnostics);
  const problem = (message: string, suggestion?: string): void =>
    root.problem(CLUSTER_SECRET_FILE, message, suggestion);
  if (options.secret !== "" && path !== "") {
    problem("cluster.secret is set too: which of them counts is not clear", "leave one out");
  }
  return Object.freeze({
    ...options,
    secret: readSecretFile(path, CLUSTER_SECRET, files, problem, { isSingle: true }) ?? options.secret,
  });
}
