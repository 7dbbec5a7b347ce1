/**
 * The `srs` command as a shell sees it: what it prints and its exit code.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { runSrs } from "../../support/process/server_process.ts";

Deno.test("srs --version prints the version", async () => {
  const { code, stdout } = await runSrs(["--version"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^srs \d+\.\d+\.\d+\n$/);
});

Deno.test("srs --help prints the commands", async () => {
  const { code, stdout } = await runSrs(["--help"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "srs config check");
});

Deno.test("srs with a misspelt command exits with 2 and a hint", async () => {
  const { code, stdout, stderr } = await runSrs(["config", "chek"]);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "config check");
});

Deno.test("srs config check accepts a good file", async () => {
  const { code, stdout } = await runSrs(["config", "check", "a.toml"], { "a.toml": "listen = 19350\n" });
  const vhost = "  vhost    __defaultVhost__: OPEN: everybody may publish and play\n";
  assertEquals([code, stdout], [0, `a.toml is good\n${vhost}`]);
});

Deno.test("srs -t lists all problems with their lines and exits with 1", async () => {
  const text = "listen = 99999\nchunk_sise = 1\n";
  const { code, stdout, stderr } = await runSrs(["-t", "-c", "a.toml"], { "a.toml": text });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^srs: a\.toml:1: listen: /m);
  assertMatch(stderr, /^srs: a\.toml:2: chunk_sise: .*chunk_size/m);
});

Deno.test("srs says which file it cannot read", async () => {
  const { code, stderr } = await runSrs(["-c", "none.toml"]);
  assertEquals(code, 1);
  assertMatch(stderr, /^srs: Cannot read the configuration file none\.toml: /);
});

Deno.test("srs config print prints what loads again", async () => {
  const { code, stdout } = await runSrs(["config", "print"]);
  assertEquals(code, 0);
  assertEquals((await runSrs(["config", "check", "a.toml"], { "a.toml": stdout })).code, 0);
});

Deno.test("srs config convert prints TOML, and on standard error what has no place", async () => {
  const conf = "listen 1935;\nff_log_dir ./objs;\nvhost __defaultVhost__ {\n}\n";
  const { code, stdout, stderr } = await runSrs(["config", "convert", "srs.conf"], { "srs.conf": conf });
  assertEquals(code, 0);
  assertMatch(stdout, /^listen = 1935$/m);
  assertMatch(stderr, /^srs\.conf:2: .*ff_log_dir/m);
});

Deno.test("srs config convert exits with 3 when a recording is lost, and with 0 when forced", async () => {
  const files = {
    "srs.conf": "listen 1935;\nvhost a {\n  dvr {\n    dvr_path ./x.mkv; enabled on;\n  }\n}\n",
  };
  const { code, stdout, stderr } = await runSrs(["config", "convert", "srs.conf"], files);
  assertEquals(code, 3);
  assertMatch(stdout, /^# LOST: srs\.conf:4: dvr\.dvr_path \.\/x\.mkv: "/m);
  assertMatch(stderr, /^LOST: srs\.conf:4: dvr\.dvr_path \.\/x\.mkv: "/m);
  assertMatch(stderr, /^srs\.conf: 1 note, each also a comment in the TOML; lost: dvr$/m);
  const forced = await runSrs(["config", "convert", "--force", "srs.conf"], files);
  assertEquals([forced.code, forced.stdout], [0, stdout]);
});

Deno.test("srs config convert exits with 3 when a rule of one application would count for another", async () => {
  const conf = "rtmp { server { listen 1935;\n  application live { live on; }\n" +
    "  application inner { live on; deny play all; }\n} }\n";
  const { code, stderr } = await runSrs(["config", "convert", "nginx.conf"], { "nginx.conf": conf });
  assertEquals(code, 3);
  assertMatch(stderr, /^LOST: nginx\.conf:3: application inner: deny play all: .* application live,/m);
  assertMatch(stderr, /; lost: security$/m);
});

Deno.test("srs config convert refuses an nginx.conf without rtmp, with what to do", async () => {
  const files = { "nginx.conf": "events { }\ninclude rtmp.d/*.conf;\n" };
  const { code, stdout, stderr } = await runSrs(["config", "convert", "nginx.conf"], files);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /events is nginx's.*convert the whole nginx\.conf/);
});

Deno.test("srs config convert follows includes and recognises nginx-rtmp", async () => {
  const files = {
    "nginx.conf": "rtmp {\n  server {\n    listen 19350;\n    include live.inc;\n  }\n}\n",
    "live.inc": "application live {\n  live on;\n  allow publish 10.0.0.0/8;\n  deny publish all;\n}\n",
  };
  const { code, stdout } = await runSrs(["config", "convert", "nginx.conf"], files);
  assertEquals(code, 0);
  assertMatch(stdout, /^listen = 19350$/m);
  assertMatch(stdout, /^allow = \["publish 10\.0\.0\.0\/8", "play all"\]$/m);
});
