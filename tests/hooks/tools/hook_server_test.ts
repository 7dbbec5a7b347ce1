/**
 * The default hook server against the lines and answers of the one that came with SRS 1.0.
 *
 * @module
 */
import { Webhook } from "standardwebhooks";
import { HookServer, type HookServerOptions } from "../../../hooks/tools/hook_server.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { maskSecrets } from "../../../system/log/mask.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../../support/assert.ts";

const DATE = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
const ACCESS_DATE = String.raw`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d`;
const CLOCK = new SystemClock();
const SECRET = `whsec_${btoa("a secret of twenty-four b")}`;
const CONNECT =
  '{"action":"on_connect","client_id":4,"ip":"192.168.1.179","vhost":"__defaultVhost__","app":"live","pageUrl":""}';
const STREAM_FIELDS =
  '"client_id":4,"ip":"10.0.0.1","vhost":"__defaultVhost__","app":"live","stream":"livestream"}';

interface Exchange {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  /** Printed for this request, the date of trace lines cut off. */
  readonly lines: readonly string[];
}

/** One request against a server of its own. */
async function exchange(
  path: string,
  init: RequestInit,
  options: Partial<HookServerOptions> = {},
): Promise<Exchange> {
  const lines: string[] = [];
  const server = HookServer.start(
    { port: 0, hostname: "127.0.0.1", ...options },
    (line) => lines.push(line),
    CLOCK,
  );
  const startLines = lines.length;
  try {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
    const body = await response.text();
    const own = lines.slice(startLines).map((line) => line.replace(new RegExp(`^\\[${DATE}\\]`), ""));
    return { status: response.status, body, headers: response.headers, lines: own };
  } finally {
    await server.shutdown();
  }
}

function post(body: string, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body, headers: { "User-Agent": "srs(simple rtmp server)0.9.2", ...headers } };
}

Deno.test("HookServer prints its port and its start", async () => {
  const lines: string[] = [];
  const server = HookServer.start({ port: 0, hostname: "127.0.0.1" }, (line) => lines.push(line), CLOCK);
  await server.shutdown();
  const port = server.port;
  assertMatch(
    lines[0] ?? "",
    new RegExp(`^\\[${DATE}\\]\\[trace\\] api server listen at port: ${port}, static_dir: $`),
  );
  assertMatch(
    lines[1] ?? "",
    /\[trace\] api server listen at address: 127\.0\.0\.1, for this machine alone$/,
  );
});

Deno.test("HookServer listens on loopback unless an address is named", async () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  await HookServer.start({ port: 0 }, print, CLOCK).shutdown();
  assertMatch(lines[1] ?? "", /address: 127\.0\.0\.1, for this machine alone$/);
  await HookServer.start({ port: 0, hostname: "0.0.0.0" }, print, CLOCK).shutdown();
  assertMatch(lines[3] ?? "", /address: 0\.0\.0\.0$/);
});

Deno.test("HookServer prints tokens as SRS 1.0 did, and masks them where it is given a mask", async () => {
  const body = `{"action":"on_publish","param":"?token=hush",${STREAM_FIELDS}`;
  const agent = { "User-Agent": "curl?key=hush" };
  const plain = await exchange("/api/v1/streams?key=hush", post(body, agent));
  assertEquals(plain.lines[0], `[trace] post to streams, req=${body}`);
  assertMatch(plain.lines[2] ?? "", /streams\?key=hush .*curl\?key=hush"$/);
  const masked = await exchange("/api/v1/streams?key=hush", post(body, agent), { mask: maskSecrets });
  assertEquals(masked.lines.length, 3);
  assertEquals(masked.lines.filter((line) => line.includes("hush")), []);
  assertMatch(masked.lines[2] ?? "", /"POST \/api\/v1\/streams\?key=\*\*\* HTTP\/1\.1" 200 1 /);
});

Deno.test("HookServer answers on_connect with 0 and prints the three lines of the seed log", async () => {
  const { status, body, lines } = await exchange("/api/v1/clients", post(CONNECT));
  assertEquals([status, body], [200, "0"]);
  assertEquals(lines.slice(0, 2), [
    `[trace] post to clients, req=${CONNECT}`,
    "[trace] srs on_connect: client id=4, ip=192.168.1.179, vhost=__defaultVhost__, app=live, pageUrl=",
  ]);
  const access = `^127\\.0\\.0\\.1 - - \\[${ACCESS_DATE}\\] "POST /api/v1/clients HTTP/1\\.1" 200 1 "" ` +
    `"srs\\(simple rtmp server\\)0\\.9\\.2"$`;
  assertMatch(lines[2] ?? "", new RegExp(access));
  assertEquals(lines.length, 3);
});

const ACTIONS = [
  { action: "on_publish", route: "streams" },
  { action: "on_unpublish", route: "streams" },
  { action: "on_play", route: "sessions" },
  { action: "on_stop", route: "sessions" },
];
for (const { action, route } of ACTIONS) {
  Deno.test(`HookServer takes ${action} at /api/v1/${route}`, async () => {
    const { body, lines } = await exchange(
      `/api/v1/${route}`,
      post(`{"action":"${action}",${STREAM_FIELDS}`),
    );
    assertEquals(body, "0");
    const expected = "client id=4, ip=10.0.0.1, vhost=__defaultVhost__, app=live, stream=livestream";
    assertEquals(lines[1], `[trace] srs ${action}: ${expected}`);
  });
}

Deno.test("HookServer takes on_close, which names no stream", async () => {
  const body = '{"action":"on_close","client_id":4,"ip":"1.2.3.4","vhost":"v","app":"live"}';
  const { lines } = await exchange("/api/v1/clients", post(body));
  assertEquals(lines[1], "[trace] srs on_close: client id=4, ip=1.2.3.4, vhost=v, app=live");
});

Deno.test("HookServer answers 100 to what is not JSON", async () => {
  const { status, body, lines } = await exchange("/api/v1/clients", post("nonsense"));
  assertEquals([status, body], [200, "100"]);
  assertMatch(lines[1] ?? "", /^\[trace\] parse the request to json failed, req=nonsense, ex=.+, code=100$/);
});

Deno.test("HookServer answers 200 to an action of another route", async () => {
  const { body, lines } = await exchange("/api/v1/clients", post(`{"action":"on_play",${STREAM_FIELDS}`));
  assertEquals(body, "200");
  assertEquals(lines[1], "[trace] invalid request action: on_play");
});

for (const body of ["{}", "[]", "1", '{"action":"on_connect","client_id":4}']) {
  Deno.test(`HookServer answers ${body}, which lacks fields, with HTTP 500`, async () => {
    assertEquals((await exchange("/api/v1/clients", post(body))).status, 500);
  });
}

Deno.test("HookServer answers GET with {} and OPTIONS with nothing, both with CORS headers", async () => {
  for (const [method, expected] of [["GET", "{}"], ["OPTIONS", ""]] as const) {
    const { status, body, headers } = await exchange("/api/v1/sessions", { method });
    assertEquals([status, body], [200, expected]);
    assertEquals(headers.get("access-control-allow-origin"), "*");
    assertEquals(headers.get("access-control-allow-methods"), "GET, POST, HEAD, PUT, DELETE");
    const allowed = "Cache-Control,X-Proxy-Authorization,X-Requested-With,Content-Type";
    assertEquals(headers.get("access-control-allow-headers"), allowed);
  }
});

for (const path of ["/hooks", "/", "/on_publish", "/auth/live?key=1", "/api/v1/updates"]) {
  Deno.test(`HookServer takes every event at ${path}, by its action`, async () => {
    for (const action of ["on_publish", "on_update", "on_stop"]) {
      const body = `{"action":"${action}",${STREAM_FIELDS}`;
      const { status, body: answer, lines } = await exchange(path, post(body));
      assertEquals([status, answer], [200, "0"]);
      assertEquals(lines.slice(0, 2), [
        `[trace] post to ${path.replace(/\?.*/, "")}, req=${body}`,
        `[trace] srs ${action}: client id=4, ip=10.0.0.1, vhost=__defaultVhost__, app=live, stream=livestream`,
      ]);
    }
    const denied = await exchange(path, post(CONNECT), { deny: ["on_connect"] });
    assertEquals([denied.status, denied.body], [200, "403"]);
  });
}

for (const body of ["{}", "[]", '{"action":"on_snapshot","client_id":4}', '{"action":"on_play"}']) {
  Deno.test(`HookServer says at any path that ${body} is not an event`, async () => {
    const { status, body: answer, lines } = await exchange("/hooks", post(body));
    assertEquals(status, 400);
    const msg = "The body has no action that is an event of hooks, or not the fields of one";
    assertEquals(JSON.parse(answer), { code: 200, msg });
    assertEquals(lines[1], `[trace] not the body of an event: ${msg}, req=${body}`);
  });
}

Deno.test("HookServer has nothing to get at other paths, and knows no other method", async () => {
  assertEquals((await exchange("/hooks", { method: "GET" })).status, 404);
  for (const path of ["/api/v1/clients", "/hooks"]) {
    assertEquals((await exchange(path, { method: "DELETE" })).status, 405);
  }
});

Deno.test("HookServer lets no caller break a line", async () => {
  const body =
    '{"action":"on_connect",\n"client_id":4,"ip":"a","vhost":"b","app":"c\\u001b[31m\\nd","pageUrl":"\\u2028"}';
  const { lines } = await exchange("/api/v1/clients", post(body, { "Referer": 'x" 200 "y' }));
  assertEquals(lines.length, 3);
  assertEquals(
    lines[1],
    "[trace] srs on_connect: client id=4, ip=a, vhost=b, app=c\\x1b[31m\\nd, pageUrl=\\u2028",
  );
  for (const line of lines) assert(!["\n", "\x1b", "\u2028"].some((unsafe) => line.includes(unsafe)));
  assertMatch(lines[2] ?? "", /"x\\" 200 \\"y"/);
});

Deno.test("HookServer denies the events of its options", async () => {
  const plain = await exchange("/api/v1/clients", post(CONNECT), { deny: ["on_connect"] });
  assertEquals([plain.status, plain.body], [200, "403"]);
  const json = await exchange("/api/v1/clients", post(CONNECT), { deny: ["on_connect"], json: true });
  assertEquals([json.status, JSON.parse(json.body)], [200, { code: 403, msg: "on_connect is denied" }]);
  const other = await exchange("/api/v1/clients", post(CONNECT), { deny: ["on_play"] });
  assertEquals(other.body, "0");
});

Deno.test("HookServer answers objects when its options say so", async () => {
  const { status, body } = await exchange("/api/v1/clients", post(CONNECT), { json: true });
  assertEquals([status, body], [200, '{"code":0,"data":null}']);
});

Deno.test("HookServer answers on_forward with an empty list", async () => {
  const event = `{"action":"on_forward",${STREAM_FIELDS}`;
  const { status, body } = await exchange("/api/v1/forward", post(event));
  assertEquals([status, JSON.parse(body)], [200, { code: 0, data: { urls: [] } }]);
});

for (const status of [201, 204, 403, 500]) {
  Deno.test(`HookServer answers with status ${status} when its options say so`, async () => {
    const answer = await exchange("/api/v1/clients", post(CONNECT), { status });
    assertEquals([answer.status, answer.body], [status, status === 204 ? "" : "0"]);
  });
}

Deno.test("HookServer.start() refuses a status that is none", () => {
  assertThrows(() => HookServer.start({ port: 0, status: 99 }, () => {}, CLOCK), RangeError, "200 to 599");
});

Deno.test("HookServer waits before it answers, but not for a shutdown", async () => {
  const started = performance.now();
  await exchange("/api/v1/clients", post(CONNECT), { delayMs: 60 });
  assert(performance.now() - started >= 55);
  const lines: string[] = [];
  const seen = Promise.withResolvers<void>();
  const server = HookServer.start({ port: 0, hostname: "127.0.0.1", delayMs: 600_000 }, (line) => {
    lines.push(line);
    if (line.includes("srs on_connect")) seen.resolve();
  }, CLOCK);
  const reply = fetch(`http://127.0.0.1:${server.port}/api/v1/clients`, post(CONNECT));
  await seen.promise;
  await server.shutdown();
  assertEquals(await (await reply).text(), "0");
});

Deno.test("HookServer verifies signatures, the old secret's and the new one's", async () => {
  const newer = `whsec_${btoa("another secret of 24 byte")}`;
  const options = { secrets: [SECRET, newer] };
  for (const secret of options.secrets) {
    const now = new Date();
    const headers = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign("msg_1", now, CONNECT),
    };
    assertEquals((await exchange("/api/v1/clients", post(CONNECT, headers), options)).body, "0");
    const forged = CONNECT.replace("live", "fake");
    assertEquals((await exchange("/api/v1/clients", post(forged, headers), options)).status, 401);
  }
  assertEquals((await exchange("/api/v1/clients", post(CONNECT), options)).status, 401);
});

Deno.test("HookServer takes no endless body", async () => {
  const { status } = await exchange("/api/v1/clients", post("x".repeat(2 * 1024 * 1024)));
  assertEquals(status, 413);
});
