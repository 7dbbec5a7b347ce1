/**
 * Protection that would be looser or wider in the new file, and what is off in the old one.
 *
 * @module
 */
import type { ConversionCase } from "./conversion_case.ts";

const VHOST = "[vhost.__defaultVhost__";

/** Of SRS and of nginx-rtmp. */
export const PROTECTION_CASES: readonly ConversionCase[] = [
  {
    name: "nginx: rules and callbacks of one application, where others have none",
    conf: `rtmp { server { listen 1935;
  application live {
    live on;
    on_publish http://127.0.0.1/auth;
    on_done http://127.0.0.1/done;
  }
  application open { live on; allow publish 10.0.0.1; on_play_done http://127.0.0.1/stop; }
  application secret { live on; deny play all; }
} }`,
    lost: ["hooks", "security"],
    lines: [
      [
        `${VHOST}.http_hooks]`,
        "# LOST: srs.conf:4: on_publish http://127.0.0.1/auth: on_publish is called here also for applications " +
        "open and secret, without such a callback in nginx",
      ],
      [
        `${VHOST}.http_hooks]`,
        "# LOST: srs.conf:5: on_done http://127.0.0.1/done: on_stop is called here also for application secret,",
      ],
      [
        `${VHOST}.security]`,
        "# LOST: srs.conf:8: application secret: deny play all: counts here also for applications live and open,",
      ],
      [`${VHOST}.security]`, 'deny = "play all"'],
    ],
  },
  {
    name: "nginx: rules and callbacks of the server, which all applications have",
    conf: `rtmp { server { listen 1935; on_publish http://a/; deny play 1.2.3.4; max_connections 9; hls on;
  application live { live on; }
  application inner { live on; }
} }`,
    lost: [],
    lines: [[`${VHOST}.security]`, 'deny = "play 1.2.3.4"'], ["", "max_connections = 9"]],
    absent: ["also for"],
  },
  {
    name: "nginx: limits and HLS of one application",
    conf: `rtmp { server { listen 1935;
  hls_fragment 4s;
  application live { live on; max_connections 50; drop_idle_publisher 9s; hls on; hls_playlist_length 40s; }
  application hd { live on; hls off; }
  application vod { play /var/vod; chunk_size 128; }
} }`,
    lost: [],
    lines: [
      ["", "max_connections = 50"],
      ["", "# srs.conf:3: max_connections 50: counts here also for application hd, without it in nginx"],
      [`${VHOST}.publish]`, "# srs.conf:3: drop_idle_publisher 9s: counts here also for application hd,"],
      [`${VHOST}.hls]`, "# srs.conf:3: hls on: counts here also for application hd, without it in nginx"],
      [`${VHOST}.hls]`, "hls_fragment = 4"],
    ],
    absent: ["chunk_size", "hls_playlist_length 40s: counts"],
  },
  {
    name: "nginx: what is on there unless it is switched off",
    conf:
      `rtmp { server { listen 1935; application live { live on; idle_streams off; meta off; wait_key off; wait_video on; wat on;
  hls on; hls_cleanup off; hls_keys on;
} } }`,
    lost: ["hls"],
    lines: [
      [VHOST + "]", "# srs.conf:1: application live: idle_streams off: no effect here; players wait"],
      [VHOST + "]", "# srs.conf:1: application live: wait_video on: no effect here; nothing to do"],
      [
        VHOST + "]",
        "# srs.conf:1: application live: wat on: no effect here; nginx-rtmp is not known to have it",
      ],
      [VHOST + "]", "# srs.conf:1: application live: meta off: no effect here; players get"],
      [VHOST + "]", "# srs.conf:2: application live: hls_cleanup off: no effect here; set hls.hls_cleanup"],
      [
        VHOST + "]",
        "# LOST: srs.conf:2: application live: hls_keys on: no effect here; serve viewers by TLS",
      ],
      ["[http_server]", "# srs.conf:1: http_server: players are served by HTTP at all addresses, port 8080"],
    ],
    absent: ["wait_key"],
  },
  {
    name: "lists with names that cannot be used",
    conf: `vhost a {
  refer { enabled on; all github.com *.mysite.com; publish *.mysite.com; }
  http_hooks { enabled on; on_publish http://a/ ftp://b/; }
}
vhost b {
  security { enabled on; allow publish badhost; deny play 1.2.3.4; }
}`,
    lost: ["refer", "hooks", "security"],
    lines: [
      ["[vhost.a.refer]", "# LOST: srs.conf:2: refer.all github.com *.mysite.com: "],
      ["[vhost.a.refer]", 'all = "github.com"'],
      ["[vhost.a.refer]", 'publish = "none.invalid"'],
      ["[vhost.a.http_hooks]", 'on_publish = "http://a/"'],
      [
        "[vhost.b.security]",
        "# LOST: srs.conf:6: vhost b: no usable allow is left, so that nobody is admitted",
      ],
      ["[vhost.b.security]", "enabled = true"],
    ],
    absent: ["deny =", "allow ="],
  },
  {
    name: "what is off",
    conf: `vhost a { enabled off; http_hooks { enabled on; on_publish bad; } cluster { mode remote; } }
vhost b {
  http_hooks { enabled off; on_publish bad; }
  hls { enabled off; hls_keys on; }
  dvr { dvr_path ./x.mkv; }
  refer { all *.mysite.com; }
  cluster { mode local; coworkers 10.0.0.3; }
}
vhost c { hls { enabled on; hls_use_fmp4 on; hls_fragment 5; } }`,
    lost: [],
    lines: [
      ["[vhost.b.http_hooks]", "# srs.conf:3: http_hooks.on_publish bad: "],
      [
        "[vhost.c.hls]",
        "# srs.conf:9: vhost c: HLS is fMP4 in memory here; SRS writes fMP4 to ./objs/nginx/html: ",
      ],
    ],
    absent: ["LOST", "hls_use_fmp4"],
  },
  {
    name: "includes that match no file",
    conf: "listen 1935;\ninclude conf.d/*.conf;\nvhost a {\n  include x/*.inc;\n}",
    lost: [],
    lines: [
      ["", "# srs.conf:2: include conf.d/*.conf: no file matches, so that nothing is included"],
      ["[vhost.a]", "# srs.conf:4: include x/*.inc: no file matches"],
    ],
  },
  {
    name: "listeners of HTTP that SRS opens where it is asked to",
    conf: `http_api { enabled on; listen 1985; }
http_server { enabled on; listen 8080; }
vhost a { hls { enabled on; hls_path ./html; } http_remux { enabled on; } }
vhost b { hls { enabled off; } }
vhost c { enabled off; }`,
    lost: [],
    lines: [
      ["[http_api]", "# srs.conf:1: http_api: beyond loopback it wants credentials of all callers"],
      ["[http_server]", "# srs.conf:2: http_server: HTTP-FLV and HLS are on here unless hls or http_remux"],
    ],
    absent: ["a, b"],
  },
  {
    name: "no vhost, which SRS serves to nobody",
    conf: "listen 1935;",
    lost: [],
    lines: [[
      "",
      "# srs.conf:1: no vhost: here __defaultVhost__ is open to everybody then, SRS refuses every client",
    ]],
  },
  {
    name: "no listener of HTTP",
    conf: "http_api { enabled on; }\nvhost a { hls { enabled off; } }",
    lost: [],
    lines: [
      ["[http_api]", "# srs.conf:1: http_api: without listen it is at 127.0.0.1:1985 alone"],
      ["[http_server]", "enabled = false"],
    ],
  },
];
