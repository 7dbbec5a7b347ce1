#!/usr/bin/env bash
# deno 2.9.6 (npm)
#
# Behaviour: a program started with --allow-all may read /proc/self/limits. After it has given up one unrelated
# permission, `env`, reading that file is refused, while `read` itself is still reported as granted.
# Expected: giving up `env` takes away the environment; what `read` covers stays readable, or the state of `read` says
# that it does not. A server that gives rights up after its start has to read such files before.
# Seen: NotCapable for /proc/self/limits after the revocation, an ordinary file of /etc is still readable.
# Output on 2026-11-29: before=readable after=NotCapable read=granted ordinary=readable
set -euo pipefail
want="before=readable after=NotCapable read=granted ordinary=readable"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund deno@2.9.6 >/dev/null 2>&1
cat >probe.mjs <<'JS'
const read = (path) => {
  try {
    Deno.readTextFileSync(path);
    return "readable";
  } catch (error) {
    return error.name;
  }
};
const before = read("/proc/self/limits");
Deno.permissions.revokeSync({ name: "env" });
const after = read("/proc/self/limits");
const state = Deno.permissions.querySync({ name: "read" }).state;
console.log(`before=${before} after=${after} read=${state} ordinary=${read("/etc/hostname")}`);
JS
got=$(npx deno run --allow-all probe.mjs)
echo "$got"
[ "$got" = "$want" ]
