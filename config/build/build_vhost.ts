/**
 * One vhost's settings -> the RTMP room's options.
 *
 * @module
 */

import type { VhostOptions } from "../../stream/admission/options.ts";
import { checkAccess } from "./check_access.ts";
import { checkCluster } from "./check_cluster.ts";
import { checkHls } from "./check_hls.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
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
 */
export function buildVhost(
  name: string,
  reader: SettingReader,
  chunkSize: number,
  diagnostics: Diagnostics,
): VhostOptions {
  const options = reader.vhostSection(name, VHOST_KEYS, { chunkSize });
  const found = new VhostDiagnostics(name, reader, diagnostics);
  checkAccess(options.access, found);
  checkCluster(options.cluster, found);
  checkHls(options.hls, found);
  return Object.freeze({ name, ...options });
}
