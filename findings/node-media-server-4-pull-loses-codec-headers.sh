#!/usr/bin/env bash
# node-media-server 4.4.3 (npm), with ffmpeg of Debian 12
#
# Behaviour: a relay of mode "pull" that joins a stream which is already live has players that never get a frame. The
# codec headers come in the same read as NetStream.Play.Start, from a server with a GOP cache such as node-media-server
# itself, and the puller becomes the publisher of its own stream only after a promise of that command has resolved, when
# the whole read was parsed: what came with it is dropped, and headers are sent once. A pull that waits for its publisher
# plays, for nothing comes with the answer to its play.
# Expected: both play.
# Seen: whether ffmpeg decodes a second of the pulled stream, by what came first, the pull or the publisher.
# Output on 2026-12-01: pull first: plays; publisher first: no frame
set -euo pipefail
want="pull first: plays; publisher first: no frame"
dir=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$dir"
}
trap finish EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-media-server@4.4.3 >/dev/null 2>&1
cat >server.cjs <<'JS'
const [port, origin, names] = process.argv.slice(2);
const MediaServer = require("node-media-server");
const context = require("node-media-server/src/core/context.js");
new MediaServer({
  bind: "127.0.0.1",
  store: { path: `data-${port}` },
  rtmp: { port: Number(port) },
  webadmin: { enable: false },
  record: { auto: false, path: `record-${port}` },
  notify: { url: "" },
  auth: { play: false, publish: false, secret: "secret" },
}).run();
setTimeout(() => {
  for (const name of names?.split(",") ?? []) {
    const streamPath = `/live/${name}`;
    context.relayServer.addTask({ mode: "pull", url: `rtmp://127.0.0.1:${origin}${streamPath}`, streamPath });
  }
}, 500);
JS
publish() {
  ffmpeg -nostdin -v quiet -re -f lavfi -i testsrc2=size=320x180:rate=25 -t 60 -c:v libx264 -preset ultrafast \
    -g 25 -pix_fmt yuv420p -f flv "rtmp://127.0.0.1:19971/live/$1" &
  pids+=($!)
}
plays() {
  timeout 15 ffmpeg -nostdin -v quiet -i "rtmp://127.0.0.1:19972/live/$1" -t 1 -f null - && echo plays || echo "no frame"
}
node server.cjs 19971 >origin.log 2>&1 &
pids+=($!)
sleep 2
publish early
sleep 3
node server.cjs 19972 19971 early,late >edge.log 2>&1 &
pids+=($!)
sleep 3
publish late
sleep 3
got="pull first: $(plays late); publisher first: $(plays early)"
echo "$got"
[ "$got" = "$want" ]
