/**
 * What an operator writes, and what comes of it: defaults, values, problems with their lines, warnings.
 *
 * @module
 */

import { OPEN_ACCESS } from "../../../stream/admission/access/options.ts";
import { DEFAULT_PROCESS } from "./default_process.ts";
import { DEFAULT_CLUSTER } from "./default_cluster.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { loadConfig } from "../../../config/build/load_config.ts";
import { ConfigError } from "../../../config/problems/problem.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { load, problemsOf, VHOST } from "../support.ts";

const NO_HTTPS = { enabled: false, cert: "", key: "", http2: true } as const;

Deno.test("loadConfig() gives every default without a text", () => {
  const { config, warnings } = loadConfig({ env: {}, version: "1.2.3", serverId: "vid-test" });
  assertEquals(warnings, []);
  assertEquals(config.rtmp.listen, [{ hostname: "0.0.0.0", port: 1935 }]);
  assertEquals(config.rtmp.maxConnections, 1000);
  assertEquals(config.rtmp.version, "1.2.3");
  assertEquals(config.rtmp.serverId, "vid-test");
  assertEquals([...config.rtmp.vhosts.keys()], [VHOST]);
  assertEquals(config.rtmp.vhosts.get(VHOST), {
    name: VHOST,
    enabled: true,
    chunkSize: 60_000,
    inAckSize: 0,
    outAckSize: 2_500_000,
    tcpNodelay: true,
    minLatency: false,
    play: {
      gopCache: true,
      gopCacheMaxFrames: 2500,
      queueLengthMs: 30_000,
      mwLatencyMs: 350,
      timeJitter: "full",
      atc: false,
      tracks: "all",
      reduceSequenceHeader: false,
      sendTimeoutMs: 30_000,
    },
    publish: {
      firstpktTimeoutMs: 20_000,
      normalTimeoutMs: 10_000,
      kickoffForIdleMs: 0,
      takeover: "idle",
      takeoverAfterMs: 2000,
      kickHoldMs: 10_000,
    },
    httpRemux: {
      enabled: true,
      mount: ["[vhost]/[app]/[stream].flv"],
      hasAudio: true,
      hasVideo: true,
      guessHasAv: true,
      dropIfNotMatch: true,
      fastCacheMs: 0,
      missing: "wait",
      missingTimeoutMs: 60_000,
    },
    hls: {
      enabled: true,
      fragmentMs: 2000,
      windowMs: 30_000,
      partMs: 200,
      format: "fmp4",
      disposeMs: 120_000,
      ctx: true,
      bindIp: false,
      always: false,
      path: "",
      playlistPattern: "[app]/[stream].m3u8",
      segmentPattern: "[app]/[stream]-[seq].ts",
      noticeMaxBytes: 64,
      entryPrefix: "",
      cleanup: true,
    },
    dvr: {
      enabled: false,
      plan: "session",
      path: "./objs/nginx/html/[app]/[stream].[timestamp].flv",
      apply: ["all"],
      durationMs: 30_000,
      waitKeyFrame: true,
      keep: { maxAgeMs: 0, maxBytes: 0 },
      minFreeBytes: 512 * 1024 ** 2,
    },
    ...{ cluster: DEFAULT_CLUSTER, pulls: [] },
    forward: { enabled: false, destinations: [], backend: [] },
    ...{ access: OPEN_ACCESS, limits: { maxEgressKbps: 0, redirect: [] } },
  });
  const hooks = config.hooks.vhosts.get(VHOST);
  assert(hooks !== undefined);
  assert(!hooks.enabled);
  assertEquals(hooks.urls.size, 0);
  assertEquals([hooks.timeoutMs, hooks.askTimeoutMs, hooks.lastTtlMs], [5000, 10_000, 600_000]);
  assertEquals([hooks.breakerFailures, hooks.breakerOpenMs, hooks.maxConcurrency], [5, 10_000, 64]);
  assertEquals([hooks.cacheTtlMs, hooks.updateIntervalMs], [0, 0]);
  assertEquals([hooks.payload, hooks.mode, hooks.onError], ["full", "enforce", { default: "deny" }]);
  assertEquals([hooks.secrets, hooks.headers], [[], {}]);
  assertEquals([hooks.caCert, hooks.clientCert, hooks.clientKey, hooks.proxy], Array(4).fill(undefined));
  assertEquals(config.hooks.outbox, {
    path: "./objs/srs.outbox.db",
    required: false,
    maxRows: 1_000_000,
    maxBytes: 1024 ** 3,
    maxAgeMs: 86_400_000,
  });
  assertEquals(config.log, {
    tank: "console",
    level: "trace",
    file: "./objs/srs.log",
    format: "text",
    utcTime: false,
  });
  assertEquals(config.http.api, {
    enabled: true,
    listen: [{ hostname: "127.0.0.1", port: 1985 }],
    trustedProxies: [],
    https: { ...NO_HTTPS, listen: [{ hostname: "127.0.0.1", port: 1990 }] },
    hosts: [],
    auth: { tokens: [], maxFailures: 10 },
    crossdomain: false,
    eventsKept: 10_000,
    limits: { maxConnections: 100, headTimeoutMs: 10_000, idleTimeoutMs: 60_000 },
  });
  assertEquals(config.http.exporter, {
    enabled: false,
    listen: [{ hostname: "127.0.0.1", port: 9972 }],
    ...{ label: "", tag: "", maxStreams: 1000 },
  });
  assertEquals(config.http.server, {
    enabled: true,
    listen: [{ hostname: "0.0.0.0", port: 8080 }],
    ...{ proxyListen: [], trustedProxies: [] },
    https: { ...NO_HTTPS, listen: [{ hostname: "0.0.0.0", port: 8088 }] },
    limits: { maxConnections: 1000, headTimeoutMs: 10_000, idleTimeoutMs: 60_000 },
    ...{ crossdomain: true, origins: [] },
    ...{ accessLog: "off", player: true, dir: "" },
  });
  assertEquals(config.process, DEFAULT_PROCESS);
});

Deno.test("loadConfig() and the wire room have the same default limits", () => {
  assertEquals(load("").config.rtmp.wireLimits, DEFAULT_WIRE_LIMITS);
});

Deno.test("loadConfig() freezes what it gives", () => {
  const { config } = load("");
  const vhost = config.rtmp.vhosts.get(VHOST);
  const hooks = config.hooks.vhosts.get(VHOST);
  for (
    const value of [
      ...[
        config,
        config.rtmp,
        config.rtmp.listen,
        config.rtmp.limits,
        config.rtmp.wireLimits,
        config.settings,
      ],
      ...[config.hooks, config.hooks.outbox, config.log, config.http, config.http.api.listen, config.process],
      ...[vhost, vhost?.play, vhost?.publish, hooks, hooks?.headers, hooks?.secrets, hooks?.onError],
    ]
  ) assert(Object.isFrozen(value));
});

Deno.test("loadConfig() reads a whole file", () => {
  const { config, warnings } = load(`
listen = [1935, "127.0.0.1:19350", "[::1]:1935"]
max_connections = 5
chunk_size = 4096
grace_final_wait = "2s"
srs_log_tank = "file"
srs_log_format = "json"
utc_time = "on"
[http_api]
enabled = "off"
[limits]
handshake_timeout = 1.5
max_partial_bytes = "1MiB"
[hooks.outbox]
path = ""
max_age = "2d"
[vhost.__defaultVhost__]
min_latency = true
play = { gop_cache = false, queue_length = 10, mw_latency = "1s", time_jitter = "zero" }
[vhost.__defaultVhost__.publish]
takeover = "same_ip"
takeover_after = 0.25
[vhost.__defaultVhost__.http_hooks]
enabled = true
on_connect = "http://127.0.0.1:8085/a http://127.0.0.1:8086/b"
on_publish = ["https://example.com/c", "http://[::1]:99/x?y=1 http://d/"]
on_error = { on_play = "allow", on_publish = "last" }
payload = "1.0"
headers = { Authorization = "Bearer abc" }
[vhost."video.test.com"]
chunk_size = 128
`);
  assertEquals(warnings, []);
  assertEquals(config.rtmp.listen, [
    { hostname: "0.0.0.0", port: 1935 },
    { hostname: "127.0.0.1", port: 19350 },
    { hostname: "::1", port: 1935 },
  ]);
  assertEquals(config.process.graceFinalWaitMs, 2000);
  assertEquals([config.log.tank, config.log.format, config.log.utcTime], ["file", "json", true]);
  assert(!config.http.api.enabled);
  assertEquals(config.rtmp.limits.handshakeTimeoutMs, 1500);
  assertEquals(config.rtmp.wireLimits.maxPartialBytes, 1024 * 1024);
  assertEquals([config.hooks.outbox.path, config.hooks.outbox.maxAgeMs], ["", 172_800_000]);
  const vhost = config.rtmp.vhosts.get(VHOST);
  assert(vhost !== undefined);
  assertEquals(vhost.chunkSize, 4096, "the root's");
  assertEquals(config.rtmp.vhosts.get("video.test.com")?.chunkSize, 128);
  const { gopCache, queueLengthMs, mwLatencyMs, timeJitter } = vhost.play;
  assertEquals([gopCache, queueLengthMs, mwLatencyMs, timeJitter], [false, 10_000, 1000, "zero"]);
  assertEquals([vhost.publish.takeover, vhost.publish.takeoverAfterMs], ["same_ip", 250]);
  const hooks = config.hooks.vhosts.get(VHOST);
  assert(hooks !== undefined);
  assertEquals([...hooks.urls], [
    ["on_connect", ["http://127.0.0.1:8085/a", "http://127.0.0.1:8086/b"]],
    ["on_publish", ["https://example.com/c", "http://[::1]:99/x?y=1", "http://d/"]],
  ]);
  assertEquals(hooks.onError, { default: "deny", on_play: "allow", on_publish: "last" });
  assertEquals([hooks.payload, hooks.headers], ["1.0", { Authorization: "Bearer abc" }]);
  assertEquals(config.hooks.vhosts.get("video.test.com")?.urls.size, 0, "hooks are not inherited");
});

Deno.test("loadConfig() gives no default vhost to a file that has others", () => {
  assertEquals([...load("[vhost.a]").config.rtmp.vhosts.keys()], ["a"]);
  assertEquals([...load("[vhost.a]\n[vhost.__defaultVhost__]").config.rtmp.vhosts.keys()], ["a", VHOST]);
});

Deno.test("loadConfig() takes server_id from the file before the one handed in", () => {
  const { rtmp, hooks } = load('server_id = "mine"').config;
  assertEquals([rtmp.serverId, hooks.serverId], ["mine", "mine"]);
});

Deno.test("loadConfig() tells all problems at once, in the file's order", () => {
  const text = `listen = 99999
chunk_sise = 5
max_connections = "many"
[vhost.a]
gop_cache = true
mode = "remote"
[vhost.a.play]
gop_cach = 1
mw_latency = "5x"
[vhost.a.http_hooks]
enabled = 1
on_publish = "127.0.0.1:80"
`;
  assertEquals(problemsOf(text), [
    'srs.toml:1: listen: Cannot listen on 99999: expected 1935, "127.0.0.1:1935" or "[::1]:1935", ports 0 to 65535',
    'srs.toml:2: chunk_sise: Unknown key "chunk_sise" (did you mean "chunk_size"?)',
    'srs.toml:3: max_connections: Expected a whole number, found "many"',
    'srs.toml:5: vhost.a.gop_cache: Unknown key "gop_cache" (write play.gop_cache)',
    'srs.toml:6: vhost.a.mode: Unknown key "mode" (write cluster.mode)',
    'srs.toml:8: vhost.a.play.gop_cach: Unknown key "gop_cach" (did you mean "gop_cache"?)',
    'srs.toml:9: vhost.a.play.mw_latency: Expected a number of ms or text like "350ms", "5s", "10m", "12h", "7d", found "5x"',
    'srs.toml:11: vhost.a.http_hooks.enabled: Expected true, false, "on" or "off", found 1 (write true)',
    'srs.toml:12: vhost.a.http_hooks.on_publish: Cannot read the URL "127.0.0.1:80" (write http://127.0.0.1:80)',
  ]);
});

Deno.test("loadConfig() tells a syntax error alone, with its line", () => {
  assertEquals(problemsOf("listen = 99999\n\nchunk_size = 350ms\n"), [
    'srs.toml:3: Cannot read the value of "chunk_size": "350ms"; text needs quotes: "..."',
  ]);
  const error = assertThrows(() => load("\n\n[a\n"), ConfigError);
  assertEquals(error.problems.map(({ file, line, path }) => [file, line, path]), [["srs.toml", 3, ""]]);
});

const MISPLACED = [
  { text: "[play]\ngop_cache = true", hint: "it belongs to a vhost: [vhost.__defaultVhost__.play]" },
  { text: "tcp_nodelay = true", hint: "tcp_nodelay belongs to a vhost: below [vhost.__defaultVhost__]" },
  { text: "[vhost.a]\nlisten = 1", hint: "it belongs to the top of the file, before the first [header]" },
  { text: "[vhost.a.http_hooks]\ngop_cache = true", hint: "did you mean play.gop_cache?" },
  { text: "[vhost.video.test.com]\nenabled = true", hint: 'quotes: [vhost."video.test.com"]' },
  { text: "[vhost]\nenabled = true", hint: "write it in a vhost's table: [vhost.__defaultVhost__]" },
  { text: "vhost = 1", hint: "write [vhost.__defaultVhost__]" },
  { text: "http_api = true", hint: "write [http_api], keys below it" },
  { text: "[vhost.a]\nplay = true", hint: "write [vhost.a.play], keys below it" },
  { text: "[vhosts.a]\nenabled = true", hint: 'did you mean "vhost"?' },
  { text: "[http_stream]\nenabled = true", hint: "write http_server" },
  { text: "[vhost.a.http_hook]\nenabled = true", hint: 'did you mean "http_hooks"?' },
  { text: "[vhost.a.http_hooks]\non_publsih = ''", hint: 'did you mean "on_publish"?' },
];
for (const { text, hint } of MISPLACED) {
  Deno.test(`loadConfig() tells where ${JSON.stringify(text)} belongs`, () => {
    const [problem = "", ...more] = problemsOf(text);
    assertEquals(more, []);
    assert(problem.includes(hint), problem);
  });
}
