/**
 * The API over HTTP, before a real server with real clients: shapes, pages, unknown ids.
 *
 * @module
 */
import { ApiHarness, asBody, NO_HOOKS, withStream } from "../../support/http/api_harness.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const WHO = { server: "vid-0123456", service: "abcdefgh", pid: "7" };

Deno.test("GET /api/v1/clients shows publisher and player in SRS's shape, tokens masked", () =>
  withStream(async (api, harness) => {
    const { clients, ...rest } = await api.json("clients");
    assertEquals(rest, { code: 0, ...WHO, total: 2, next: null });
    assert(!JSON.stringify(clients).includes("hello"), JSON.stringify(clients));
    const [publisher, player] = await api.list("clients");
    const { stream, vhost, alive, send_bytes, recv_bytes, kbps, ...facts } = publisher ?? {};
    assertEquals(facts, {
      id: "1",
      ip: "127.0.0.1",
      pageUrl: "http://page/?key=***&x=1",
      swfUrl: "http://page/p.swf",
      tcUrl: "rtmp://127.0.0.1/live?token=***",
      url: "/live/livestream",
      name: "livestream",
      type: "fmle-publish",
      protocol: "rtmp",
      publish: true,
      jumps: 0,
      is_edge: false,
      edge_server_id: null,
      dropped_seconds: 0,
    });
    for (const id of [stream, vhost]) assertMatch(String(id), /^vid-[0-9a-z]{7}$/);
    for (const number of [alive, send_bytes, recv_bytes]) assertEquals(typeof number, "number");
    assertEquals(Object.keys(asBody(kbps)), ["recv_30s", "send_30s"]);
    const { id, type, publish, tcUrl, stream: playedStream } = player ?? {};
    assertEquals([id, type, publish, playedStream], ["2", "rtmp-play", false, stream]);
    assertEquals(tcUrl, `rtmp://127.0.0.1:${harness.port}/live`);
    assertEquals(asBody((await api.json("clients/2"))["client"])["id"], "2");
  }));

Deno.test("GET /api/v1/streams and vhosts show what is published, by its publisher and its players", () =>
  withStream(async (api) => {
    const [stream, ...others] = await api.list("streams");
    assertEquals(others, []);
    assert(stream !== undefined);
    const { id, vhost, send_bytes, recv_bytes, kbps: _kbps, alive, ...facts } = stream;
    assertEquals(facts, {
      name: "livestream",
      app: "live",
      tcUrl: "rtmp://127.0.0.1/live?token=***",
      url: "/live/livestream",
      live_ms: 1_060_500,
      clients: 2,
      viewers: { rtmp: 1 },
      frames: 4,
      video_frames: 2,
      audio_frames: 2,
      publish: { active: true, cid: "1" },
      video: { codec: "H264", profile: "Baseline", level: "1", width: 64, height: 64 },
      audio: { codec: "AAC", sample_rate: 44100, channel: 2, profile: "LC" },
      forward: [],
    });
    assert(Number(send_bytes) > 3000 && Number(recv_bytes) > 3000 && Number(alive) >= 0);
    assertEquals(asBody((await api.json(`streams/${String(id)}`))["stream"])["name"], "livestream");
    const [found] = await api.list("vhosts");
    const { id: vhostId, name, clients, streams } = found ?? {};
    assertEquals([vhostId, name, clients, streams], [vhost, "__defaultVhost__", 2, 1]);
    assertEquals(asBody((await api.json(`vhosts/${String(vhost)}`))["vhost"])["name"], "__defaultVhost__");
  }));

Deno.test("GET /api/v1/streams shows where the service wants a stream pushed to, without the key in it", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const forward = [
    "rtmp://user:pass@a.example.com/live/secret?token=x",
    "rtmp://b.example.com:19350/live/key",
  ];
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { forward } } : "yes";
  await (await harness.client()).publish("livestream");
  const [stream] = await api.list("streams");
  assertEquals(stream?.["forward"], ["rtmp://a.example.com", "rtmp://b.example.com:19350"]);
});

Deno.test("GET /api/v1/streams shows a stream that players wait for as not active", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  await (await harness.client()).play("later");
  const [stream] = await api.list("streams");
  const { name, publish, video } = stream ?? {};
  assertEquals([name, publish, video], ["later", { active: false, cid: "" }, null]);
});

Deno.test("GET /api/v1/clients gives pages in the order of the ids", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  for (let i = 0; i < 12; i++) await harness.client();
  const ids = async (query: string) => (await api.list(`clients${query}`)).map(({ id }) => id);
  assertEquals(await ids(""), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  assertEquals(await ids("?start=10"), ["11", "12"]);
  assertEquals(await ids("?start=1&count=2"), ["2", "3"]);
  assertEquals((await ids("?count=1000")).length, 12);
});

Deno.test("ids that nobody has get SRS's codes with status 200", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  for (const id of ["9", "0", "-1", "x", "1e0", "01", "99999999999999999999"]) {
    assertEquals((await api.json(`clients/${id}`))["code"], 2049, id);
    assertEquals(await api.kick(id), 2049, id);
  }
  assertEquals((await api.json("streams/vid-aaaaaaa"))["code"], 2048);
  assertEquals((await api.json("vhosts/vid-aaaaaaa"))["code"], 2014);
});

Deno.test("paths and methods that are not there are refused", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const status = async (method: string, path: string): Promise<number> => {
    const reply = await fetch(`${api.url}${path}`, { method });
    await reply.body?.cancel();
    return reply.status;
  };
  for (
    const path of [
      "/nothing",
      "/api/v2",
      "/api/v1/nothing",
      "/api/v1/clients/1/2",
      "/api/v1/versions/1",
      "/metric",
    ]
  ) {
    assertEquals(await status("GET", path), 404, path);
  }
  for (const path of ["/api/v1/clients", "/api/v1/streams", "/metrics"]) {
    for (const method of ["DELETE", "POST", "PUT", "OPTIONS"]) {
      assertEquals(await status(method, path), 405, `${method} ${path}`);
    }
  }
  assertEquals(await status("HEAD", "/api/v1/clients/"), 200);
  assertEquals(await status("POST", "/api/v1/clients/1"), 405);
});

Deno.test("GET /metrics tells connections, bytes, limits and hooks", () =>
  withStream(async (api) => {
    const reply = await fetch(`${api.url}/metrics`);
    assertEquals(reply.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const text = await reply.text();
    const expected = [
      /^srs_connections 2$/m,
      /^srs_clients_total 2$/m,
      /^srs_clients 2$/m,
      /^srs_clients_active\{protocol="rtmp",role="publish"\} 1$/m,
      /^srs_clients_active\{protocol="rtmp",role="play"\} 1$/m,
      /^srs_streams_live 1$/m,
      /^srs_stream_players\{vhost="__defaultVhost__",app="live",stream="livestream"\} 1$/m,
      /^srs_output_players\{thread="0",format="rtmp\/\d+"\} 1$/m,
      /^srs_receive_bytes_total [1-9]\d{3,}$/m,
      /^srs_limit_hits_total\{limit="idle_timeout"\} 0$/m,
      /^srs_player_jumps_total 0$/m,
      /^srs_outbox_undelivered_events 0$/m,
    ];
    for (const line of expected) assertMatch(text, line);
    for (const line of text.trimEnd().split("\n")) {
      assertMatch(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [\d.e+-]+)$/);
    }
  }));

Deno.test("GET /api/v1/hooks and metrics tell every address, masked, and what is owed", async () => {
  await using harness = RtmpHarness.start();
  const verdicts = { yes: 3, no: 1, error: 0, delivered: 0, retry: 0, dead: 0 };
  const address = { vhost: "v", event: "on_publish", url: "http://a/?token=t1", origin: "http://a" };
  const stats = {
    calls: 4,
    verdicts,
    totalMs: 40,
    p50Ms: 1,
    p90Ms: 2,
    p99Ms: 30,
    lastError: "token=t1 was refused",
  };
  const origin = {
    origin: "http://a",
    breaker: "open",
    down: true,
    activeCalls: 1,
    waitingRequests: 2,
    queued: 3,
  };
  const hooks = {
    calls: () => [],
    snapshot: () => ({
      ...NO_HOOKS.snapshot(),
      endpoints: [{ ...address, ...stats }],
      origins: [{ ...origin, oldestMs: 1500 }],
    }),
  };
  await using api = await ApiHarness.start(harness.server, { hooks });
  const { endpoints, origins, outbox } = asBody((await api.json("hooks"))["hooks"]);
  assertEquals(endpoints, [{
    ...{
      vhost: "v",
      event: "on_publish",
      url: "http://a/?token=***",
      origin: "http://a",
      calls: 4,
      verdicts,
    },
    latency_ms: { p50: 1, p90: 2, p99: 30 },
    last_error: "token=*** was refused",
  }]);
  assertEquals(origins, [{
    ...{ origin: "http://a", breaker: "open", down: true, active_calls: 1, waiting_requests: 2, queued: 3 },
    oldest_ms: 1500,
  }]);
  assertEquals(asBody(outbox)["storage"], "memory");
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  assertStringIncludes(metrics, 'event="on_publish",url="http://a/?token=***",verdict="yes"} 3\n');
  assertStringIncludes(metrics, 'srs_hook_breaker_closed{origin="http://a"} 0\n');
  assertStringIncludes(metrics, 'srs_hook_oldest_event_seconds{origin="http://a"} 1.5\n');
  assertStringIncludes(metrics, 'quantile="0.99"} 0.03\n');
});

Deno.test("GET /api/v1/versions and summaries tell what runs", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  await harness.client();
  const version = { major: 1, minor: 2, revision: 3, version: "1.2.3" };
  assertEquals(await api.json("versions"), { code: 0, ...WHO, data: version });
  const { ok, self, system, limits } = asBody((await api.json("summaries"))["data"]);
  assert(ok);
  assertEquals(self, {
    ...{ version: "1.2.3", pid: 7, ppid: 1, argv: "srs", cwd: "/srv", mem_kbyte: 1024, mem_percent: 0.125 },
    ...{ cpu_percent: 0.25, srs_uptime: 60 },
  });
  const { conn_srs, mem_ram_percent, load_5m, ilde_time } = asBody(system);
  assertEquals([conn_srs, mem_ram_percent, load_5m, ilde_time], [1, 0.25, 0.2, 4]);
  assertEquals(asBody(limits)["idle_timeout"], 0);
});

Deno.test("GET /api/v1/features says by SRS's names what this server can do", () =>
  withStream(async (api) => {
    const features = asBody(asBody((await api.json("features"))["data"])["features"]);
    const isThere = ["hls", "callback", "api", "httpd", "dvr", "stat"].map((name) => features[name]);
    assertEquals(isThere, isThere.map(() => true));
    assertEquals([features["transcode"], features["ingest"], features["caster"]], [false, false, false]);
  }));
