/**
 * Files in SRS's own syntax, from 1.0 to 6.0, and what becomes of them. The files are written after the facts
 * about each version's directives.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import type { Conversion } from "../../../config/srs_conf/conversion.ts";
import { convertSrsConf } from "../../../config/srs_conf/convert_srs_conf.ts";
import { parseSrsConf } from "../../../config/srs_conf/srs_conf_parser.ts";
import { load, problemsIn, VHOST } from "../support.ts";

async function convertFile(name: string): Promise<Conversion> {
  return convertSrsConf(await Deno.readTextFile(new URL(`${name}.conf`, import.meta.url)), {
    file: name,
  });
}

function notesOf({ notes }: Conversion): string[] {
  return notes.map(({ line, message }) => `${line}: ${message}`);
}

Deno.test("convertSrsConf() rewrites the flat form of SRS 1.0", async () => {
  const conversion = await convertFile("one");
  assertEquals(
    conversion.toml,
    `# Converted by srs config convert.
# one:5: ff_log_dir ./objs: no effect here; nothing to do
# one:10: daemon on: no effect here; the server stays in the foreground; use systemd or a container
# one:27: stats: no effect here; ask the API, or the hooks' on_update
listen = [1935, 1936]
max_connections = 1000
chunk_size = 60000
pid = "./objs/srs.pid"
srs_log_tank = "file"
srs_log_level = "trace"
srs_log_file = "./objs/srs.log"

[http_api]
# one:20: http_api: beyond loopback it wants credentials of all callers, where SRS wants none: a token is made at the start, in a file that the log names; http_api.auth, tokens, or listen at 127.0.0.1
enabled = true
listen = 1985

[http_server]
# one:22: http_server: HTTP-FLV and HLS are on here unless hls or http_remux of the vhost are switched off, in SRS only where they are switched on (vhost __defaultVhost__, same.edge.srs.com)
enabled = true
listen = 8080
dir = "./objs/nginx/html"

[vhost.__defaultVhost__]
# one:65: transcode: no effect here; run ffmpeg next to the server: this one never starts programs
enabled = true

[vhost.__defaultVhost__.play]
gop_cache = true
queue_length = 30
time_jitter = "zero"

[vhost.__defaultVhost__.hls]
enabled = true
hls_fragment = 10
hls_window = 60
hls_format = "mpegts"
hls_path = "./objs/nginx/html"

[vhost.__defaultVhost__.forward]
# LOST: one:42: forward 127.0.0.1:1936 127.0.0.1:1937: expected a block { ... }

[vhost.__defaultVhost__.refer]
enabled = true
all = ["github.com", "github.io"]
publish = "github.com"

[vhost.__defaultVhost__.http_hooks]
# one:35: vhost __defaultVhost__: the hooks get payload "full"; a service made for SRS 4 or later, where client_id is text, wants payload = "6.0", one that refuses unknown fields payload = "1.0"
enabled = true
on_connect = ["http://127.0.0.1:8085/api/v1/clients", "http://localhost:8085/api/v1/clients"]
on_close = ["http://127.0.0.1:8085/api/v1/clients", "http://localhost:8085/api/v1/clients"]
on_publish = ["http://127.0.0.1:8085/api/v1/streams", "http://localhost:8085/api/v1/streams"]
on_unpublish = "http://127.0.0.1:8085/api/v1/streams"
on_play = "http://127.0.0.1:8085/api/v1/sessions"
on_stop = "http://127.0.0.1:8085/api/v1/sessions"

[vhost."same.edge.srs.com"]

[vhost."same.edge.srs.com".cluster]
mode = "remote"
origin = ["rtmp://127.0.0.1:1935", "rtmp://localhost:1935"]
token_traverse = false

[vhost."removed.srs.com"]
enabled = false
`,
  );
  const { config } = load(conversion.toml);
  assertEquals([...config.rtmp.vhosts.keys()], [VHOST, "same.edge.srs.com", "removed.srs.com"]);
  const lines = new Set(conversion.notes.map(({ line }) => line));
  // ff_log_dir, daemon, stats, forward, transcode, mode, origin.
  for (const line of [5, 10, 27, 42, 65]) {
    assert(lines.has(line), `${line}`);
  }
  // Off in SRS too: heartbeat, bandcheck.
  for (const line of [2, 3, 4, 6, 7, 8, 9, 11, 36, 37, 38, 39, 40, 41, 43, 55, 57, 84]) {
    assert(!lines.has(line), `${line}`);
  }
});

Deno.test("convertSrsConf() rewrites SRS 2.0's latencies and timeouts", async () => {
  const conversion = await convertFile("two");
  const vhost = load(conversion.toml).config.rtmp.vhosts.get(VHOST);
  assert(vhost !== undefined);
  assertEquals([vhost.minLatency, vhost.tcpNodelay], [true, true]);
  assertEquals([vhost.play.mwLatencyMs, vhost.play.queueLengthMs, vhost.play.gopCache], [100, 10_000, false]);
  assert(vhost.play.reduceSequenceHeader);
  assertEquals([vhost.publish.firstpktTimeoutMs, vhost.publish.normalTimeoutMs], [20_000, 7000]);
  const notes = notesOf(conversion);
  assertEquals(vhost.access.security, {
    enabled: true,
    allow: [{ action: "play", from: "127.0.0.1" }],
    deny: [{ action: "publish", from: "all" }],
  });
  assert(notes.some((note) => note.includes(": ingest livestream: no effect here")));
  assertEquals([vhost.dvr.enabled, vhost.dvr.plan], [true, "session"]);
});

Deno.test("convertSrsConf() keeps the blocks of SRS 3.0", async () => {
  const conversion = await convertFile("three");
  const { config } = load(conversion.toml);
  const vhost = config.rtmp.vhosts.get(VHOST);
  assertEquals([vhost?.chunkSize, vhost?.play.mwLatencyMs, vhost?.publish.normalTimeoutMs], [128, 100, 7000]);
  assertEquals([...config.rtmp.vhosts.keys()], [VHOST, "video.test.com"]);
  assert(config.log.utcTime);
  assertEquals([...config.hooks.vhosts.get(VHOST)?.urls ?? []], [
    ["on_publish", ["http://127.0.0.1:8085/api/v1/streams"]],
    ["on_hls", ["http://127.0.0.1:8085/api/v1/hls"]],
    ["on_hls_notify", ["http://127.0.0.1:8085/api/v1/hls/[app]/[stream]/[ts_url][param]"]],
  ]);
});

Deno.test("convertSrsConf() takes SRS 6.0's listeners and names what it leaves out", async () => {
  const conversion = await convertFile("six");
  const { config } = load(conversion.toml);
  assertEquals(config.rtmp.listen, [{ hostname: "0.0.0.0", port: 1935 }, { hostname: "::", port: 1936 }]);
  assertEquals(config.rtmp.serverId, "srs-ie193id");
  assertEquals(config.http.api.listen, [{ hostname: "127.0.0.1", port: 1985 }]);
  assertEquals(config.rtmp.vhosts.get(VHOST)?.publish.kickoffForIdleMs, 30_000);
  const notes = notesOf(conversion);
  assert(
    notes.includes("8: include conf/extra.conf: not followed, included files are not read here"),
  );
  for (const named of ["rtc_server", "srt_server", "stream_caster"]) {
    assert(notes.some((note) => note.includes(`: ${named}: no effect here`)), named);
  }
});

const SMALL = [
  {
    name: "lets the first directive win",
    text: "listen 1; listen 2;",
    toml: "listen = 1",
    note: "listen 2: repeated",
  },
  {
    name: "lets the first vhost block win",
    text: "vhost a { min_latency on; } vhost a { min_latency off; }",
    toml: "min_latency = true",
    note: "vhost a is repeated",
  },
  {
    name: "lets the flat name win when it comes first",
    text: "vhost a { gop_cache off; play { gop_cache on; } }",
    toml: "gop_cache = false",
    note: "play.gop_cache on: repeated",
  },
  {
    name: "switches what is off by default on by the word on only",
    text: "vhost a { min_latency true; }",
    toml: "min_latency = false",
    note: "neither on nor off, off for SRS and here",
  },
  {
    name: "switches what is on by default off by the word off only",
    text: "vhost a { play { gop_cache false; } }",
    toml: "gop_cache = true",
    note: "neither on nor off, on for SRS and here",
  },
  {
    name: "leaves blocks off that do not say on",
    text: "http_api { } vhost a { }",
    toml: "[http_api]\nenabled = false",
  },
  {
    name: "drops values out of range",
    text: "chunk_size 70000;",
    note: "70000 is out of range: 128 to 65,536",
  },
  {
    name: "leaves out a pid where the outbox has its directory",
    text: "pid objs;",
    toml: "# line 1: pid: left out. objs and what hooks.outbox.path names cannot both exist",
    note: "pid: left out",
  },
  { name: "drops directives without value", text: "pid;", note: "pid: has no value" },
  { name: "names what nobody knows", text: "lisen 1935;", note: "lisen 1935: unknown to SRS too" },
  { name: "takes no key that SRS never had", text: "workers 4;", note: "workers 4: unknown to SRS too" },
  {
    name: "gives the RTMP listener its port when our HTTP default has it",
    text: "listen 8080 1985; vhost a { hls { enabled on; } }",
    toml: "listen has 0.0.0.0:8080\nenabled = false",
    note: "http_server: switched off",
  },
  {
    name: "refuses a hook address that cannot be called",
    text: "vhost a { http_hooks { enabled on; on_play ftp://a/ ; } }",
    toml: "enabled = true",
    note: "on_play ftp://a/: Cannot call",
  },
  { name: "names a vhost without name", text: "vhost { } listen 1;", note: 'vhost "" has no usable name' },
  { name: "names a block where a value belongs", text: "listen 1935 { a b; }", note: "listen: its block" },
  {
    name: "names a value where a block belongs",
    text: "http_api on;",
    note: "http_api on: expected a block",
  },
  {
    name: "converts a name with an old home",
    text: "log_dir ./objs;",
    note: "log_dir ./objs: no effect here",
  },
];
for (const { name, text, toml, note } of SMALL) {
  Deno.test(`convertSrsConf() ${name}`, () => {
    const conversion = convertSrsConf(text);
    if (toml !== undefined) assertStringIncludes(conversion.toml, toml);
    if (note === undefined) assertEquals(conversion.notes, []);
    else assertStringIncludes(notesOf(conversion).join("\n"), note);
    load(conversion.toml);
  });
}

Deno.test("parseSrsConf() splits words, comments and quotes as SRS does", () => {
  const text = `a b#c "d e" '' 'f"';# comment ; {
g{h;}# x
i j}k;
"l";
m
  n
;`;
  const plain = (directives: ReturnType<typeof parseSrsConf>): unknown[] =>
    directives.map((
      { name, args, line, children },
    ) => [name, args, line, ...(children ? [plain(children)] : [])]);
  assertEquals(plain(parseSrsConf(text)), [
    ["a", ["b#c", "d e", 'f"'], 1],
    ["g", [], 2, [["h", [], 2]]],
    ["i", ["j}k"], 3],
    ["l", [], 4],
    ["m", ["n"], 5],
  ]);
});

Deno.test("convertSrsConf() tells of words that a missing ; would lose", () => {
  const conf =
    "listen 1935;\nmax_connections 10\nchunk_size 4096;\nvhost a {\n gop_cache off\n queue_length 5;\n}\n";
  const conversion = convertSrsConf(conf);
  assertStringIncludes(conversion.toml, "max_connections = 10\n");
  assertStringIncludes(conversion.toml, "gop_cache = false\n");
  assertEquals(notesOf(conversion), [
    "2: max_connections 10 chunk_size 4096: only the first word counts, as in SRS; is a ; missing before chunk_size?",
    "5: play.gop_cache off queue_length 5: only the first word counts, as in SRS; is a ; missing before queue_length?",
  ]);
});

const BROKEN = [
  { text: "a;\n;", problem: "x.conf:2: Unexpected ;: no directive before it" },
  { text: "{ }", problem: "x.conf:1: Unexpected {: no directive before it" },
  { text: "a;\n}", problem: "x.conf:2: Unexpected }: no block is open" },
  { text: "a;\nb {\nc;", problem: 'x.conf:2: Block "b" is never closed with }' },
  { text: "a;\nb c", problem: 'x.conf:2: Directive "b" is not ended by ; or {, found the end of the file' },
  {
    text: "# TOML\nlisten = 1935\n",
    problem:
      'x.conf:2: Directive "listen" is not ended by ; or {, found the end of the file (TOML needs no conversion)',
  },
  {
    text: '[security]\nallow = [\n  "play all",\n]\n',
    problem: 'x.conf:3: Expected a blank, ; or { after the quoted word, found "," (TOML needs no conversion)',
  },
  { text: "a {\n b c\n}", problem: 'x.conf:2: Directive "b" is not ended by ; or {, found }' },
  { text: 'a;\nb "c;\n', problem: 'x.conf:2: A word is never closed with "' },
  { text: "a 'b'c;", problem: 'x.conf:1: Expected a blank, ; or { after the quoted word, found "c"' },
  { text: "a{".repeat(50), problem: "x.conf:1: Blocks are nested deeper than 32 levels" },
  { text: "# nothing\n", problem: "x.conf: The file says nothing (SRS refuses an empty file too)" },
];
for (const { text, problem } of BROKEN) {
  Deno.test(`convertSrsConf() refuses ${JSON.stringify(text.slice(0, 20))} as SRS does, with its line`, () => {
    assertEquals(problemsIn(() => convertSrsConf(text, { file: "x.conf" })), [problem]);
  });
}
