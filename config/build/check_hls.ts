/**
 * Keys of HLS that do not fit together.
 *
 * @module
 */

import type { HlsOptions } from "../../stream/admission/options.ts";
import { VHOST_KEYS } from "../schema/schema_vhost.ts";
import type { VhostDiagnostics } from "./vhost_diagnostics.ts";

/** Warn of keys of files without a directory for them, and of a name that becomes another one. */
export function checkHls(hls: HlsOptions, diagnostics: VhostDiagnostics): void {
  const keys = VHOST_KEYS.hls;
  if (hls.path === "") {
    for (const name of ["playlistPattern", "segmentPattern", "entryPrefix", "cleanup"] as const) {
      const key = keys[name];
      if (hls[name] === key.default) continue;
      diagnostics.warning(key, "Has no effect: HLS stays in memory", "set hls_path");
    }
    return;
  }
  const { segmentPattern, format } = hls;
  if (!hls.enabled) diagnostics.warning(keys.path, "No file is written: hls.enabled is off");
  if (segmentPattern === keys.segmentPattern.default) return;
  if (format === "fmp4" && segmentPattern.endsWith(".ts")) {
    diagnostics.warning(
      keys.segmentPattern,
      "Segments end in .m4s: they are fragmented MP4",
      'set hls_format = "mpegts"',
    );
  }
  if (format === "mpegts" && segmentPattern.endsWith(".m4s")) {
    diagnostics.warning(
      keys.segmentPattern,
      "Segments end in .ts: they are MPEG-TS",
      'set hls_format = "fmp4"',
    );
  }
}
