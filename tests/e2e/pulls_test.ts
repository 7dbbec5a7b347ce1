/**
 * A server on two threads that takes streams from another one, by RTMP and by HTTP, as its file, its API and its
 * service say; and 40 addresses to which neither of the latter may lead it.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { refusedUrls } from "../support/cluster/refused_addresses.ts";
import { asBody, type Body } from "../support/http/api_harness.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { until } from "../support/wait.ts";

const SECRET = "a-token-of-this-test";

function source(port: number, httpPort: number): string {
  return `listen = "127.0.0.1:${port}"
[hooks.outbox]
path = ""
[http_api]
enabled = false
[http_server]
listen = "127.0.0.1:${httpPort}"
[vhost.__defaultVhost__]
`;
}

function pulling(rtmp: string, http: string, hook: string, allowed: string): string {
  return `listen = "127.0.0.1:0"
workers = 2
[hooks.outbox]
path = ""
[cluster]
relay_allow = ${allowed}
[http_api]
listen = "127.0.0.1:0"
[http_server]
listen = "127.0.0.1:0"
[vhost.__defaultVhost__]
pull = [
  { url = "rtmp://${rtmp}/live/cam?token=${SECRET}", app = "live", stream = "always" },
  { url = "http://${http}/live/cam.flv?token=${SECRET}", app = "live", stream = "wanted", on_demand = true },
]
[vhost.__defaultVhost__.http_hooks]
enabled = true
on_play = "${hook}"
`;
}

async function address(server: ServerProcess, what: RegExp): Promise<string> {
  return /address=(\S+)/.exec(await server.waitForLine(what))?.[1] ?? "";
}

async function ask(api: string, path: string, body?: unknown, method = "POST"): Promise<Body> {
  const init = body === undefined ? { method: method === "POST" ? "GET" : method } : {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  return asBody(await (await fetch(`http://${api}/api/v1${path}`, init)).json());
}

async function pulls(api: string): Promise<readonly Body[]> {
  const { pulls: listed } = await ask(api, "/pulls?count=100");
  assert(Array.isArray(listed));
  return listed.map(asBody);
}

Deno.test("streams come from another server by RTMP and by HTTP, always and on demand, and again after it was killed", async () => {
  let pulled = "";
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ code: 0, data: pulled === "" ? {} : { pull: pulled } }),
  );
  const first = await ServerProcess.start({ toml: source(0, 0) });
  const http = await address(first, /Listening for players by HTTP/);
  const rtmp = `127.0.0.1:${first.port}`;
  const hook = `http://127.0.0.1:${service.addr.port}/`;
  await using server = await ServerProcess.start({ toml: pulling(rtmp, http, hook, '"127.0.0.1"') });
  const api = await address(server, /Listening for the API/);
  const camera = await LivePublisher.publish(first.port, "cam");
  await until(async () => (await pulls(api)).some(({ state, kbps }) => state === "live" && Number(kbps) > 0));

  await using always = await GapPlayer.play(server.port, "always");
  await using wanted = await GapPlayer.play(server.port, "wanted");
  await until(() => always.frames > 10 && wanted.frames > 10);
  const shown = (await pulls(api)).map(({ stream, url, by, on_demand, state }) =>
    [stream, url, by, on_demand, state].join(" ")
  );
  assertEquals(shown.toSorted(), [
    `always rtmp://${rtmp}/live/cam configuration false live`,
    `wanted http://${http}/live/cam.flv configuration true live`,
  ]);

  // The service names one; it is asked before, and its stream is there for all of them.
  pulled = `rtmp://${rtmp}/live/cam`;
  await using named = await GapPlayer.play(server.port, "named");
  await until(() => named.frames > 10);
  const added = await ask(api, "/pulls", { url: pulled, app: "live", stream: "added" });
  assertEquals(added.code, 0);
  const { id } = asBody(added.pull);
  await until(async () =>
    (await pulls(api)).some(({ stream, state }) => stream === "added" && state === "live")
  );
  assertEquals((await ask(api, `/pulls/${id}`, undefined, "DELETE")).code, 0);
  assertEquals((await ask(api, `/pulls/${id}`, undefined, "DELETE")).code, 4919);
  const { id: fixed } = asBody((await pulls(api)).find(({ stream }) => stream === "always"));
  assertEquals((await ask(api, `/pulls/${fixed}`, undefined, "DELETE")).code, 4920);

  const { port } = first;
  await camera[Symbol.asyncDispose]();
  await first.kill();
  await server.waitForLine(/Pull failed/);
  const before = [always.frames, wanted.frames, named.frames];
  await using back = await ServerProcess.start({ toml: source(port, Number(http.split(":")[1])) });
  await using _again = await LivePublisher.publish(back.port, "cam");
  const now = () => [always.frames, wanted.frames, named.frames];
  await until(() => now().every((frames, i) => frames > (before[i] ?? 0) + 10));
  assertEquals(server.lines.filter((line) => line.includes(SECRET)), [], "a token in the log");
});

Deno.test("neither the API nor the service leads a server to itself, to inner networks or to what clouds say of their machines", async () => {
  let pulled = "";
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ code: 0, data: { pull: pulled } }),
  );
  const hook = `http://127.0.0.1:${service.addr.port}/`;
  await using server = await ServerProcess.start({ toml: pulling("127.0.0.1:1", "127.0.0.1:1", hook, "[]") });
  const api = await address(server, /Listening for the API/);
  const urls = refusedUrls(server.port, Number(api.split(":")[1]));
  assert(urls.length >= 40);
  for (const url of urls) {
    const { code, msg } = await ask(api, "/pulls", { url, app: "live", stream: "one" });
    assertEquals(code, 4920, url);
    assertStringIncludes(String(msg), "cluster.relay_allow", url);
  }
  for (pulled of urls.filter((_, i) => i % 4 === 0)) {
    const player = await RtmpTestClient.connect({ port: server.port });
    assertStringIncludes((await player.play("cam")).description, "must not be pulled from there", pulled);
    await player.close();
  }
  assertEquals((await pulls(api)).map(({ stream }) => stream).toSorted(), ["always", "wanted"]);
});
