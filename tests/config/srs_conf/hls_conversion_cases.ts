/**
 * HLS of SRS on disk, with its hooks.
 *
 * @module
 */
import type { ConversionCase } from "./conversion_case.ts";

/** Of SRS. */
export const HLS_CASES: readonly ConversionCase[] = [
  {
    name: "hls on disk, with its hooks",
    conf: `vhost a {
  hls {
    enabled on;
    hls_path ./html; hls_m3u8_file [vhost]/[app]/[stream].m3u8;
    hls_ts_file [vhost]/[app]/[stream]-[2006][01][02]-[seq].ts;
    hls_entry_prefix http://cdn.example; hls_cleanup off; hls_dispose 60; hls_nb_notify 128; hls_always on;
  }
  http_hooks { enabled on; on_hls http://127.0.0.1:8085/hls; }
}
vhost b {
  hls { enabled on; hls_path ./html; hls_use_fmp4 on; hls_ts_file [app]/[stream].ts; hls_fmp4_file x; }
}
vhost c {
  hls { enabled on; }
  http_hooks { enabled on; on_hls http://127.0.0.1:8085/hls; }
}
vhost d {
  hls { enabled off; hls_path ./html; }
  http_hooks { enabled on; on_hls http://127.0.0.1:8085/hls; }
}`,
    lost: ["hls"],
    lines: [
      ["[vhost.a.hls]", 'hls_path = "./html"'],
      ["[vhost.a.hls]", 'hls_m3u8_file = "[vhost]/[app]/[stream].m3u8"'],
      ["[vhost.a.hls]", 'hls_ts_file = "[vhost]/[app]/[stream]-[2006][01][02]-[seq].ts"'],
      ["[vhost.a.hls]", 'hls_entry_prefix = "http://cdn.example"'],
      ["[vhost.a.hls]", "hls_cleanup = false"],
      ["[vhost.a.hls]", "hls_dispose = 60"],
      ["[vhost.a.hls]", "hls_nb_notify = 128"],
      ["[vhost.a.hls]", 'hls_format = "mpegts"'],
      ["[vhost.a.hls]", "# LOST: srs.conf:6: hls.hls_always on: unknown to SRS too"],
      ["[vhost.b.hls]", 'hls_format = "fmp4"'],
      ["[vhost.b.hls]", "# LOST: srs.conf:11: hls.hls_ts_file [app]/[stream].ts: "],
      ["[vhost.b.hls]", "# LOST: srs.conf:11: hls.hls_fmp4_file x: no effect here; use hls_path"],
      ["[vhost.c.hls]", "hls_always = true"],
      ["[vhost.d.hls]", "enabled = false"],
    ],
  },
];
