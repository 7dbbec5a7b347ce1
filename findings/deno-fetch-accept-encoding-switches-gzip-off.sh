#!/usr/bin/env bash
# deno 2.9.6 (npm), compared with the fetch of Node.js
#
# Behaviour: fetch() decodes a body with `Content-Encoding: gzip` only where the caller set no `Accept-Encoding`. With
# `Accept-Encoding: identity` (or any other value) the compressed bytes arrive as the body, and the response still has
# its Content-Encoding.
# Expected: the Fetch standard decodes by the response's Content-Encoding, whatever the request accepted; Node does so.
# A service that compresses without being asked (a proxy in front of it, for example) is therefore unreadable to a
# program that asked for plain text, unless it decodes the body itself.
# Seen: without the header the text; with it 1f 8b ..., the gzip bytes; Node: the text both times.
# Output on 2026-11-29: deno: default=text identity=gzip-bytes, node: default=text identity=text
set -euo pipefail
want="deno: default=text identity=gzip-bytes, node: default=text identity=text"
dir=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund deno@2.9.6 >/dev/null 2>&1
cat >server.mjs <<'JS'
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
const body = gzipSync("hello");
const server = createServer((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Encoding": "gzip" });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat >client.mjs <<'JS'
const url = process.argv[2];
const read = async (headers) => {
  const bytes = new Uint8Array(await (await fetch(url, { headers })).arrayBuffer());
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? "gzip-bytes" : new TextDecoder().decode(bytes) === "hello" ? "text" : "else";
};
console.log(`default=${await read({})} identity=${await read({ "Accept-Encoding": "identity" })}`);
JS
node server.mjs >port &
server=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
url="http://127.0.0.1:$(cat port)/"
got="deno: $(npx deno run -A client.mjs "$url"), node: $(node client.mjs "$url")"
echo "$got"
[ "$got" = "$want" ]
