#!/usr/bin/env bash
# deno 2.9.6 (npm)
#
# Behaviour: a connection that Deno.listenTls accepted leaves Nagle's algorithm on, and has no way to switch it off:
# Deno.TlsConn has no setNoDelay, unlike Deno.TcpConn. An answer of two small writes takes as long as the client delays
# its acknowledgement of the first, 40 ms on Linux, each time; the same over TCP with setNoDelay takes less than a
# millisecond.
# Expected: setNoDelay on both, or both without delay. A protocol over TLS that answers in pieces has to join them into
# one write; the first answer of TLS 1.3 waits all the same, behind the session tickets that the runtime has sent.
# Seen: the median answer of ten connections, by their kind.
# Output on 2026-11-30: tls: no setNoDelay, delayed=true; tcp: setNoDelay, delayed=false
set -euo pipefail
want="tls: no setNoDelay, delayed=true; tcp: setNoDelay, delayed=false"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund deno@2.9.6 >/dev/null 2>&1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2>/dev/null
cat >probe.mjs <<'JS'
import net from "node:net";
import tls from "node:tls";

const HALF = 1500;
const cert = Deno.readTextFileSync("cert.pem");
const key = Deno.readTextFileSync("key.pem");
const address = { hostname: "localhost", port: 0 };
const listeners = {
  tls: Deno.listenTls({ ...address, cert, key }),
  tcp: Deno.listen(address),
};

async function serve(conn) {
  conn.setNoDelay?.();
  const buffer = new Uint8Array(100);
  while ((await conn.read(buffer).catch(() => null)) !== null) {
    await conn.write(new Uint8Array(HALF));
    await conn.write(new Uint8Array(HALF));
  }
}

function answerMs(kind, port) {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port, ca: cert };
    const socket = kind === "tls" ? tls.connect(options) : net.connect(options);
    socket.setNoDelay(true);
    let begun = 0, bytes = 0, answers = 0;
    const ask = () => {
      begun = performance.now();
      bytes = 0;
      socket.write("?");
    };
    socket.once("error", reject).once(kind === "tls" ? "secureConnect" : "connect", ask).on("data", (data) => {
      bytes += data.length;
      if (bytes < 2 * HALF) return;
      if (++answers < 2) return ask();
      socket.end();
      resolve(performance.now() - begun);
    });
  });
}

const shown = [];
for (const [kind, listener] of Object.entries(listeners)) {
  let method = "";
  (async () => {
    for await (const conn of listener) {
      method = "setNoDelay" in conn ? "setNoDelay" : "no setNoDelay";
      serve(conn);
    }
  })();
  const times = [];
  for (let i = 0; i < 10; i++) times.push(await answerMs(kind, listener.addr.port));
  times.sort((a, b) => a - b);
  shown.push(`${kind}: ${method}, delayed=${times[5] > 20}`);
}
console.log(shown.join("; "));
Deno.exit();
JS
got=$(npx deno run --allow-all probe.mjs)
echo "$got"
[ "$got" = "$want" ]
