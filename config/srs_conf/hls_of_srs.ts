/**
 * HLS as SRS has it: made from the publish on, in MPEG-TS unless the file says otherwise.
 *
 * @module
 */

import type { Directive } from "./srs_conf_parser.ts";
import type { DraftTable } from "./toml_draft.ts";

/**
 * Set what SRS's defaults are and this server's are not, where somebody would miss it: files for other servers, and hooks
 * of segments.
 *
 * @param vhost The vhost's directive.
 */
export function completeHls({ children = [] }: Directive, { values }: DraftTable): void {
  if (values.get("hls.enabled") !== "true") return;
  const hls = children.find((child) => child.name === "hls")?.children ?? [];
  const isFmp4 = hls.find(({ name }) => name === "hls_use_fmp4")?.args[0] === "on";
  if (values.has("hls.hls_path")) values.set("hls.hls_format", isFmp4 ? '"fmp4"' : '"mpegts"');
  else if (values.has("http_hooks.on_hls") || values.has("http_hooks.on_hls_notify")) {
    values.set("hls.hls_always", "true");
  }
}
