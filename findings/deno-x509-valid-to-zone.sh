#!/usr/bin/env bash
# deno 2.6.8 (npm), compared with Node.js
#
# Behaviour: `validFrom` and `validTo` of node:crypto's X509Certificate end with ` +00:00`.
# Expected: the form of OpenSSL, which Node documents by example and has: it ends with ` GMT`. A program that reads the
# text by that form, or compares it with what another program wrote, takes each certificate for a changed one.
# Seen: "Nov 27 05:24:51 2036 +00:00" for "Nov 27 05:24:51 2036 GMT"; deno 2.9.6 writes GMT as well.
# Output on 2026-11-30: deno 2.6.8: +00:00, deno 2.9.6: GMT, node: GMT
set -euo pipefail
want="deno 2.6.8: +00:00, deno 2.9.6: GMT, node: GMT"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund old@npm:deno@2.6.8 new@npm:deno@2.9.6 >/dev/null 2>&1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
  -subj /CN=a.example -days 3650 >/dev/null 2>&1
cat >zone.mjs <<'JS'
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
const { validTo } = new X509Certificate(readFileSync("cert.pem"));
console.log(validTo.split(" ").at(-1));
JS
deno() { node "node_modules/$1/bin.cjs" run --allow-read zone.mjs; }
got="deno 2.6.8: $(deno old), deno 2.9.6: $(deno new), node: $(node zone.mjs)"
echo "$got"
[ "$got" = "$want" ]
