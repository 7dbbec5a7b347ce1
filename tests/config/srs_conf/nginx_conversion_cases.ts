/**
 * Configurations of nginx-rtmp: what is lost, and where the new file says so.
 *
 * @module
 */
import type { ConversionCase } from "./conversion_cases.ts";

const VHOST = "[vhost.__defaultVhost__";

/** Of nginx-rtmp. */
export const NGINX_CASES: readonly ConversionCase[] = [
  {
    name: "nginx: rules and callbacks of an application that is left out",
    conf: `rtmp { server {
  listen 1935;
  application vod { play /var/vod; allow publish all; on_publish http://127.0.0.1/vod; }
  application live { live on; deny publish all; on_publish http://127.0.0.1/live; }
} }`,
    lost: [],
    lines: [
      [VHOST + ".access]", 'apps = "live"'],
      [`${VHOST}.security]`, 'deny = "publish all"'],
      [`${VHOST}.http_hooks]`, 'on_publish = "http://127.0.0.1/live"'],
    ],
  },
  {
    name: "nginx: no application that is left",
    conf: `rtmp { server {
  listen 1935;
  application vod { play /var/vod; }
  application "a b" { live on; }
} }`,
    lost: [],
    lines: [
      [VHOST + "]", "enabled = false"],
      [VHOST + ".access]", "# srs.conf:3: application vod: left out, it has no live streams"],
      [VHOST + ".access]", "# srs.conf:4: application a b: left out, its name cannot be used"],
    ],
  },
  {
    name: "nginx: one application with callbacks and rules",
    conf: `worker_processes auto;
events { worker_connections 1024; }
rtmp {
  server {
    listen 1935;
    listen [::]:1935 ipv6only=on;
    chunk_size 4096;
    application live {
      live on;
      on_publish http://127.0.0.1:8080/auth;
      on_done http://127.0.0.1:8080/done;
      notify_method get;
      allow publish 127.0.0.1;
      deny publish all;
      allow play all;
      record off;
    }
  }
}`,
    lost: ["hooks"],
    lines: [
      ["", 'listen = "[::]:1935"'],
      ["", "chunk_size = 4096"],
      [VHOST + ".access]", 'apps = "live"'],
      [`${VHOST}.security]`, 'allow = ["publish 127.0.0.1", "play all"]'],
      [`${VHOST}.http_hooks]`, "# LOST: srs.conf:12: notify_method get: a call is a POST of JSON here"],
      [`${VHOST}.http_hooks]`, 'on_publish = "http://127.0.0.1:8080/auth"'],
      [`${VHOST}.http_hooks]`, 'on_unpublish = "http://127.0.0.1:8080/done"'],
      [`${VHOST}.http_hooks]`, 'on_stop = "http://127.0.0.1:8080/done"'],
    ],
    absent: ["record", "deny ="],
  },
  {
    name: "nginx: recordings, HLS, push and pull",
    conf: `rtmp { server {
  listen 1935;
  application live {
    live on;
    record all;
    record_path /var/rec;
    hls on;
    hls_path /tmp/hls;
    hls_fragment 5s;
    hls_playlist_length 40s;
    push rtmp://a/live;
    pull rtmp://b/live name=x;
    exec_push ffmpeg -i x;
  }
} }`,
    lost: ["dvr", "hls", "forward", "cluster"],
    lines: [
      [
        VHOST + "]",
        "# LOST: srs.conf:5: application live: record all: no effect here; set dvr.enabled and dvr.dvr_path of the vhost",
      ],
      [
        VHOST + "]",
        "# srs.conf:6: application live: record_path /var/rec: no effect here; dvr.dvr_path and dvr.dvr_plan",
      ],
      [
        VHOST + "]",
        "# LOST: srs.conf:8: application live: hls_path /tmp/hls: no effect here; set hls.hls_path",
      ],
      [VHOST + ".hls]", "enabled = true"],
      [VHOST + ".hls]", "hls_fragment = 5"],
      [VHOST + ".hls]", "hls_window = 40"],
      [
        VHOST + "]",
        "# LOST: srs.conf:11: application live: push rtmp://a/live: no effect here; set forward.enabled",
      ],
      [
        VHOST + "]",
        "# LOST: srs.conf:12: application live: pull rtmp://b/live name=x: no effect here; set pull of",
      ],
      [
        VHOST + "]",
        "# srs.conf:13: application live: exec_push ffmpeg -i x: no effect here; run ffmpeg next to",
      ],
    ],
  },
  {
    name: "nginx: details of what is off, or nowhere",
    conf: `rtmp { server {
  listen 1935;
  application live {
    live on;
    record off;
    record_path /var/rec;
    hls off;
    hls_path /tmp/hls;
    hls_fragment 5s;
  }
} }`,
    lost: [],
    lines: [[VHOST + ".access]", 'apps = "live"']],
    absent: ["record", "hls"],
  },
  {
    name: "nginx: two applications with other rules",
    conf: `rtmp { server { listen 1935;
  application live {
    live on;
    allow publish 10.0.0.0/8;
    deny publish all;
  }
  application inner {
    live on;
    on_publish http://a/;
    allow publish 127.0.0.1;
    deny publish all;
    deny play all;
  }
  application third { live on; on_publish http://b/; }
  application vod { play /var/vod; }
} }`,
    lost: ["security", "hooks"],
    lines: [
      [`${VHOST}.access]`, 'apps = ["live", "inner", "third"]'],
      [`${VHOST}.access]`, "# srs.conf:15: application vod: left out, it has no live streams"],
      [`${VHOST}.security]`, 'allow = ["publish 10.0.0.0/8", "play all"]'],
      [`${VHOST}.security]`, "# LOST: srs.conf:10: application inner: allow publish 127.0.0.1"],
      [`${VHOST}.security]`, "# LOST: srs.conf:12: application inner: deny play all"],
      [
        `${VHOST}.http_hooks]`,
        "# LOST: srs.conf:14: on_publish http://b/: on_publish is called at http://a/",
      ],
    ],
  },
  {
    name: "nginx: rules in an order that SRS has not",
    conf: `rtmp { server { listen 1935; application live { live on;
  allow publish 10.0.0.5;
  deny publish 10.0.0.0/8;
  deny play 1.2.3.4;
} } }`,
    lost: ["security"],
    lines: [
      [`${VHOST}.security]`, "# LOST: srs.conf:3: deny publish 10.0.0.0/8: refuses here also those"],
      [`${VHOST}.security]`, 'deny = ["publish 10.0.0.0/8", "play 1.2.3.4"]'],
    ],
    absent: ["allow ="],
  },
  {
    name: "nginx: rules of the server, after those of the application",
    conf: `rtmp { deny play 1.2.3.4; server { listen 1935;
  deny publish all;
  application live { live on; allow publish 127.0.0.1; }
} }`,
    lost: [],
    lines: [
      [`${VHOST}.security]`, 'allow = ["publish 127.0.0.1", "play all"]'],
      [`${VHOST}.security]`, 'deny = "play 1.2.3.4"'],
    ],
  },
  {
    name: "nginx: a web server around it, included files and escapes",
    conf: `user www-data;
include modules/*.conf;
rtmp {
  server {
    listen 127.0.0.1:19350;
    ping 30s;
    include apps/*.conf;
  }
}
http {
  include mime.types;
  log_format a '$remote_addr "x" \\'y\\'';
  server { listen 80; location ~ \\.php$ { return 404; } }
}`,
    files: { "apps/live.conf": "application live {\n  live on;\n  on_update http://a/;\n}\n" },
    lost: [],
    lines: [
      ["", 'listen = "127.0.0.1:19350"'],
      ["", "# srs.conf:10: http: no effect here; GET /api/v1/streams of http_api.listen has the statistics"],
      ["[limits]", "ping_interval = 30"],
      [VHOST + ".access]", 'apps = "live"'],
      [`${VHOST}.http_hooks]`, "update_interval = 30"],
      [`${VHOST}.http_hooks]`, "# apps/live.conf:3: notify_method post"],
    ],
    absent: ["mime.types"],
  },
];
