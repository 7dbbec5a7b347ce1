/**
 * Configurations of SRS, one subject each: what is lost, and where the new file says so.
 *
 * @module
 */

import { HLS_CASES } from "./hls_conversion_cases.ts";

export type { ConversionCase } from "./conversion_case.ts";
import type { ConversionCase } from "./conversion_case.ts";

const VHOST = "[vhost.__defaultVhost__";

/** Of SRS. */
export const SRS_CASES: readonly ConversionCase[] = [
  ...HLS_CASES,
  {
    name: "vhosts without a name that can be used",
    conf: `listen 1935;
vhost "a b" {
  http_hooks { enabled on; on_publish http://127.0.0.1/; }
  security { enabled on; allow publish 10.0.0.1; }
  dvr { enabled off; }
}
vhost { refer example.com; }
vhost "c d" { chunk_size 4096; }`,
    lost: ["hooks", "security", "refer"],
    lines: [
      ["", '# LOST: srs.conf:2: vhost "a b" has no usable name: left out, with its hooks'],
      ["", '# LOST: srs.conf:2: vhost "a b" has no usable name: left out, with its security'],
      ["", '# LOST: srs.conf:7: vhost "" has no usable name: left out, with its refer'],
      ["", '# srs.conf:8: vhost "c d" has no usable name: left out'],
    ],
    absent: ["dvr", "[vhost"],
  },
  {
    name: "hooks",
    conf: `listen 1935;
vhost __defaultVhost__ {
  http_hooks {
    enabled on;
    on_publish http://127.0.0.1:8085/api/v1/streams http://localhost:8085/api/v1/streams;
    on_hls_notify http://127.0.0.1:8085/api/v1/hls/[app]/[stream];
    on_play ftp://127.0.0.1/;
  }
}`,
    lost: ["hooks"],
    lines: [
      [`${VHOST}.http_hooks]`, 'on_hls_notify = "http://127.0.0.1:8085/api/v1/hls/[app]/[stream]"'],
      [`${VHOST}.http_hooks]`, "# LOST: srs.conf:7: http_hooks.on_play ftp://127.0.0.1/: Cannot call"],
      [`${VHOST}.http_hooks]`, 'on_publish = ["http://127.0.0.1:8085/api/v1/streams", "http://localhost'],
    ],
  },
  {
    name: "security",
    conf: `listen 1935;
vhost __defaultVhost__ {
  security {
    enabled on;
    deny publish 192.168.1.13;
    allow publish 192.168.0.0/16;
    allow play all;
    allow play 10.0.0.0/33;
  }
}`,
    lost: ["security"],
    lines: [
      [`${VHOST}.security]`, "# LOST: srs.conf:8: security.allow play 10.0.0.0/33"],
      [`${VHOST}.security]`, 'allow = ["publish 192.168.0.0/16", "play all"]'],
      [`${VHOST}.security]`, 'deny = "publish 192.168.1.13"'],
    ],
  },
  {
    name: "security of SRS 2, deny alone",
    conf: "vhost a { security { enabled on; deny publish 1.2.3.4; } }",
    lost: [],
    lines: [["[vhost.a.security]", "# srs.conf:1: vhost a: security without any allow admits all"]],
  },
  {
    name: "refer",
    conf: `vhost __defaultVhost__ {
  refer github.com;
  refer_publish "git hub.com";
}`,
    lost: ["refer"],
    lines: [
      [`${VHOST}.refer]`, "# LOST: srs.conf:3: refer.publish git hub.com"],
      [`${VHOST}.refer]`, 'all = "github.com"'],
    ],
  },
  {
    name: "dvr",
    conf: `vhost a {
  dvr { enabled on; dvr_path ./x.mkv; time_jitter zero; dvr_plan segment; dvr_apply live/a live/b; }
}`,
    lost: ["dvr"],
    lines: [
      ["[vhost.a.dvr]", '# LOST: srs.conf:2: dvr.dvr_path ./x.mkv: "./x.mkv" ends in neither .flv nor .mp4'],
      ["[vhost.a.dvr]", 'dvr_plan = "segment"'],
      ["[vhost.a.dvr]", 'dvr_apply = ["live/a", "live/b"]'],
    ],
  },
  {
    name: "what SRS's examples say of recordings and HLS, and is so here",
    conf: `vhost a {
  dvr { enabled on; dvr_path ./objs/[app]/[stream].[timestamp].flv; dvr_plan session; time_jitter full; }
  hls { enabled on; hls_wait_keyframe on; }
}`,
    lost: [],
    lines: [
      ["[vhost.a.dvr]", "# srs.conf:2: dvr.time_jitter full: no effect here; recordings have the time line"],
      ["[vhost.a.hls]", "# srs.conf:3: hls.hls_wait_keyframe on: no effect here; nothing to do"],
    ],
  },
  {
    name: "hls",
    conf: "vhost a {\n  hls { enabled on; hls_fragment 10; }\n}\nvhost b {\n  hls { enabled off; }\n}",
    lost: [],
    lines: [["[vhost.a.hls]", "hls_fragment = 10"], ["[vhost.b.hls]", "enabled = false"]],
  },
  {
    name: "hls of SRS 0.9",
    conf: "vhost a {\n  hls on;\n  hls_path ./html;\n}\nvhost b {\n  hls off;\n  hls_path ./html;\n}",
    lost: [],
    lines: [
      ["[vhost.a.hls]", "enabled = true"],
      ["[vhost.a.hls]", 'hls_path = "./html"'],
      ["[vhost.a.hls]", 'hls_format = "mpegts"'],
      ["[vhost.b.hls]", "enabled = false"],
    ],
    absent: ["srs.conf:2", "srs.conf:6", "srs.conf:7"],
  },
  {
    name: "http_remux and http_server",
    conf: `http_server {
  enabled on;
  listen 8080;
  https { enabled on; listen 8443; key ./conf/server.key; cert ./conf/server.crt; }
}
vhost a {
  http_remux { enabled on; }
}`,
    lost: [],
    lines: [["[http_server.https]", "listen = 8443"], ["[vhost.a.http_remux]", "enabled = true"]],
  },
  {
    name: "auth",
    conf: `http_api {
  enabled on;
  listen 1985 [::]:1986 10.0.0.1:1987;
  auth { enabled on; username admin; password secret; }
}`,
    lost: [],
    lines: [
      ["[http_api]", 'listen = [1985, "[::]:1986", "10.0.0.1:1987"]'],
      ["[http_api.auth]", "enabled = true"],
      ["[http_api.auth]", 'username = "admin"'],
      ["[http_api.auth]", 'password = "secret"'],
    ],
    absent: ["# srs.conf:3", "# srs.conf:4"],
  },
  {
    name: "auth that is off",
    conf: "http_api { enabled on; listen 1985; auth { enabled off; username a; password b; } }",
    lost: [],
    lines: [["[http_api]", "listen = 1985"], ["[http_api.auth]", "enabled = false"]],
    absent: ["http_api.auth."],
  },
  {
    name: "include",
    conf: `listen 1935;
include conf.d/*.conf;
vhost a {
  include hooks.inc missing.inc;
}`,
    files: {
      "conf.d/2.conf": "max_connections 5;\n",
      "conf.d/1.conf": "\nvhost b { hls { enabled on; } }\n",
      "hooks.inc": "http_hooks { enabled on; on_play http://a/; }\n",
    },
    lost: ["include"],
    lines: [
      ["", "max_connections = 5"],
      ["[vhost.b.hls]", "enabled = true"],
      [
        "[vhost.a]",
        "# LOST: srs.conf:4: include hooks.inc missing.inc: not followed, cannot read missing.inc",
      ],
    ],
  },
  {
    name: "variables of paths",
    conf: `pid ./objs/srs.pid;
srs_log_tank file;
srs_log_file ./objs/srs.log;
ff_log_dir ./objs;
daemon off;
vhost a { dvr { enabled on; dvr_path ./[app]/[stream].[timestamp].flv; } }`,
    lost: [],
    lines: [["[vhost.a.dvr]", 'dvr_path = "./[app]/[stream].[timestamp].flv"'], [
      "",
      "# srs.conf:4: ff_log_dir ./objs: no effect here; nothing to do",
    ], [
      "",
      'pid = "./objs/srs.pid"',
    ]],
    absent: ["daemon"],
  },
  {
    name: "several vhosts, one twice",
    conf: `vhost __defaultVhost__ { play { gop_cache off; } }
vhost video.test.com { min_latency on; }
vhost video.test.com { min_latency off; }
vhost off.test.com { enabled off; }`,
    lost: [],
    lines: [
      [`${VHOST}.play]`, "gop_cache = false"],
      ['[vhost."video.test.com"]', "# srs.conf:3: vhost video.test.com is repeated: its first block wins"],
      ['[vhost."video.test.com"]', "min_latency = true"],
      ['[vhost."off.test.com"]', "enabled = false"],
    ],
  },
  {
    name: "listeners, IPv4 and IPv6 at one port",
    conf: "listen 1935 [::]:1935 19350;",
    lost: [],
    lines: [
      ["", "# srs.conf:1: listen 1935 [::]:1935 19350: 1935 is left out: [::]:1935 includes it"],
      ["", 'listen = ["[::]:1935", 19350]'],
    ],
  },
  {
    name: "the rtmp block of SRS 7, and a Prometheus exporter",
    conf: "rtmp {\n  enabled on; listen 19350;\n  chunk_size 4096;\n}\nexporter { enabled on; listen 9972; }",
    lost: [],
    lines: [
      ["", "listen = 19350"],
      ["", "chunk_size = 4096"],
      ["[exporter]", "enabled = true"],
      ["[exporter]", "listen = 9972"],
    ],
    absent: ["no effect"],
  },
  {
    name: "other protocols, ingest and transcode",
    conf: `rtc_server { enabled on; listen 8000; }
srt_server { enabled off; listen 10080; }
vhost a {
  rtc { enabled on; }
  ingest livestream { enabled on; input { type file; } }
  transcode { enabled off; }
}`,
    lost: [],
    lines: [
      ["", "# srs.conf:1: rtc_server: no effect here; publish and play by RTMP"],
      ["[vhost.a]", "# srs.conf:4: rtc: no effect here"],
      ["[vhost.a]", "# srs.conf:5: ingest livestream: no effect here; name streams of RTMP and"],
    ],
    absent: ["srt_server", "transcode"],
  },
  {
    name: "misspelt names",
    conf:
      "lisen 1935;\nvhost a {\n  http_hook { enabled on; }\n  http_hooks { enabled on; on_publsh http://a/; }\n}",
    lost: ["hooks"],
    lines: [
      ["", "# srs.conf:1: lisen 1935: unknown to SRS too"],
      ["[vhost.a]", "# srs.conf:3: http_hook: unknown to SRS too"],
      ["[vhost.a.http_hooks]", "# LOST: srs.conf:4: http_hooks.on_publsh http://a/: unknown to SRS too"],
    ],
  },
];
