/**
 * HLS as SRS has it: made from the publish on, in MPEG-TS unless the file says otherwise.
 *
 * @module
 */

import type { Directive } from "./srs_conf_parser.ts";
import type { ConversionNotes } from "./conversion_notes.ts";
import type { DraftTable } from "./toml_draft.ts";

/**
 * Set what SRS's defaults are and this server's are not, where somebody would miss it: files for other servers, and hooks
 * of segments.
 *
 * @param directive The vhost.
 * @param table What it became.
 * @param notes Takes what is not the same.
 */
export function completeHls(directive: Directive, table: DraftTable, notes: ConversionNotes): void {
  const { children = [], args } = directive;
  const { values } = table;
  if (values.get("hls.enabled") !== "true") return;
  const hls = children.find((child) => child.name === "hls")?.children ?? [];
  const isFmp4 = hls.find(({ name }) => name === "hls_use_fmp4")?.args[0] === "on";
  if (values.has("hls.hls_path")) {
    values.set("hls.hls_format", isFmp4 ? '"fmp4"' : '"mpegts"');
    return;
  }
  if (values.has("http_hooks.on_hls") || values.has("http_hooks.on_hls_notify")) {
    values.set("hls.hls_always", "true");
  }
  const block = children.find((child) => child.name === "hls") ?? directive;
  const format = isFmp4 ? "fMP4" : "MPEG-TS";
  const lasting = (seconds: number): string =>
    values.has("hls.hls_fragment") ? "" : `, in segments of ${seconds} s`;
  const message = `vhost ${args[0]}: HLS is fMP4 in memory here${lasting(2)}; ` +
    `SRS writes ${format} to ./objs/nginx/html${lasting(10)}: ` +
    "set hls_path, hls_format and hls_fragment for that";
  notes.add({ table, path: "hls" }, block, message);
}
