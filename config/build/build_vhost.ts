/**
 * One vhost's settings -> the RTMP room's options.
 *
 * @module
 */

import type { VhostOptions } from "../../stream/admission/options.ts";
import { readAccessFiles } from "./access_files.ts";
import { checkAccess } from "./check_access.ts";
import { checkCluster } from "./check_cluster.ts";
import { checkHls } from "./check_hls.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import { ACCESS_FILE_KEYS } from "../schema/schema_access.ts";
import type { FileReader } from "./file_reader.ts";
import { VHOST_KEYS } from "../schema/schema_vhost.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { VhostDiagnostics } from "./vhost_diagnostics.ts";

/**
 * Read one vhost.
 *
 * @param name The vhost's name.
 * @param reader Reads its keys.
 * @param chunkSize The root's, for a vhost that names none.
 * @param diagnostics Takes what does not fit together.
 * @param files Reads the files of secrets.
 */
export function buildVhost(
  name: string,
  reader: SettingReader,
  chunkSize: number,
  diagnostics: Diagnostics,
  files: FileReader,
): VhostOptions {
  const section = reader.vhostSection(name, VHOST_KEYS, { chunkSize });
  const found = new VhostDiagnostics(name, reader, diagnostics);
  const paths = reader.vhostSection(name, ACCESS_FILE_KEYS);
  const options = { ...section, access: readAccessFiles(section.access, paths, files, found) };
  checkAccess(options.access, found);
  checkCluster(options.cluster, found);
  checkHls(options.hls, found);
  return Object.freeze({ name, ...options });
}
