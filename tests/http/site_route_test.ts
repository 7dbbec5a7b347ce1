/** The site around the streams, over real connections: which request gets a page, an asset or a file. */
import { AccessLog, type ServedRequest } from "../../http/access_log.ts";
import { logged } from "../../http/logged_exchange.ts";
import { ConnectionCap } from "../../http/server/connection_cap.ts";
import { respondWith } from "../../http/server/exchange.ts";
import { HttpServer } from "../../http/server/http_server.ts";
import { Router } from "../../http/server/router.ts";
import { type SiteOptions, SiteRoute } from "../../http/site_route.ts";
import { SystemClock } from "../../system/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type HarnessOptions, testRtmpOptions } from "../support/rtmp/rtmp_harness.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const LIMITS = { headTimeoutMs: 10_000, idleTimeoutMs: 60_000, writeTimeoutMs: 10_000, maxBodyBytes: 0 };
const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

interface TestSite extends AsyncDisposable {
  readonly served: readonly ServedRequest[];
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Response>;
}

function siteOf(options: Partial<SiteOptions> = {}, vhosts: HarnessOptions = {}): TestSite {
  const clock = new SystemClock();
  const served: ServedRequest[] = [];
  const bugs: unknown[] = [];
  const log = new class extends AccessLog {
    override served(request: ServedRequest): void {
      served.push(request);
    }
  }("log", { log: { write: () => {} }, writePlain: () => {}, clean: (text) => text, wallNow: () => 0 });
  const route = new SiteRoute({ player: true, dir: "", ...options }, testRtmpOptions(vhosts).vhosts);
  const raw = {
    match: (head: { readonly url: URL }) =>
      head.url.pathname !== "/raw"
        ? undefined
        : (exchange: { clientId: number | undefined; write(bytes: Uint8Array): Promise<void> }) => {
          exchange.clientId = 7;
          return exchange.write(new TextEncoder().encode("HTTP/1.1 203 A\r\nContent-Length: 1\r\n\r\na"));
        },
  };
  const other = { match: () => respondWith(() => new Response("other", { status: 404 })) };
  const router = new Router([raw, route, other], ["GET", "HEAD", "OPTIONS"]);
  const server = HttpServer.listen({ listen: [{ hostname: "127.0.0.1", port: 0 }], limits: LIMITS }, {
    clock,
    handler: logged((exchange) => router.handle(exchange), { log, clock }),
    gate: new ConnectionCap(10, () => {}),
    events: {
      limit: () => {},
      refused: () => {},
      handshakeFailed: () => {},
      proxyRefused: () => {},
      unfinished: () => {},
      acceptFailed: () => {},
      bug: (error) => bugs.push(error instanceof Error ? error.stack : error),
    },
  });
  return {
    served,
    get: (path, headers = {}, method = "GET") => {
      const url = `http://127.0.0.1:${server.addresses[0]?.port}${path}`;
      return fetch(url, { headers, method, redirect: "manual" });
    },
    async [Symbol.asyncDispose]() {
      await server.drain(1000);
      assertEquals(bugs, []);
    },
  };
}

/** Where the page says that the stream is, absolute; empty where it says nothing. */
async function placesOf(response: Response, path: string): Promise<{ flv: string; hls: string }> {
  const text = await response.text();
  const [flv = "", hls = ""] = ["flv", "hls"].map((kind) => {
    const found = new RegExp(`data-${kind}="([^"]*)"`).exec(text)?.[1] ?? "";
    return found === "" ? "" : new URL(found, `http://a${path}`).href.slice("http://a".length);
  });
  return { flv, hls };
}

Deno.test("a browser gets the page of a stream, any other client a 404", async () => {
  await using site = siteOf();
  const page = await site.get("/live/livestream", BROWSER);
  assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertStringIncludes(await page.text(), "<title>livestream</title>");
  const player = await site.get("/live/livestream", { accept: "*/*" });
  assertEquals([player.status, await player.text()], [404, "There is nothing at this path\n"]);
});

const PATHS = [
  { path: "/live/livestream", flv: "/live/livestream.flv", hls: "/live/livestream.m3u8" },
  { path: "/live/livestream?controls=0", flv: "/live/livestream.flv", hls: "/live/livestream.m3u8" },
  { path: "/a/b/livestream", flv: "/a/b/livestream.flv", hls: "/a/b/livestream.m3u8" },
  { path: "/live/caf%C3%A9%26bar", flv: "/live/caf%C3%A9%26bar.flv", hls: "/live/caf%C3%A9%26bar.m3u8" },
  { path: "/live/a:b", flv: "/live/a%3Ab.flv", hls: "/live/a%3Ab.m3u8" },
  {
    path: "/tv.example.com/live/livestream",
    flv: "/tv.example.com/live/livestream.flv",
    hls: "/tv.example.com/live/livestream.m3u8",
  },
];

for (const { path, ...places } of PATHS) {
  Deno.test(`the page at ${path} plays ${places.flv}`, async () => {
    await using site = siteOf({}, { vhosts: ["tv.example.com"] });
    assertEquals(await placesOf(await site.get(path, BROWSER), path), places);
  });
}

Deno.test("the page plays what the first mount of its vhost names", async () => {
  const { httpRemux, hls } = testRtmpOptions({}).vhosts.get("__defaultVhost__") ?? {};
  assert(httpRemux !== undefined && hls !== undefined);
  const mount = ["flv/[app]-[stream]", "[app]/[stream].flv"];
  const vhost = { httpRemux: { ...httpRemux, mount } };
  await using site = siteOf({}, { vhost, otherVhosts: new Map([["tv.example.com", { vhost }]]) });
  assertEquals((await placesOf(await site.get("/live/a", BROWSER), "/live/a")).flv, "/flv/live-a");
  const path = "/tv.example.com/live/a";
  const { flv } = await placesOf(await site.get(path, BROWSER), path);
  assertEquals(flv, "/flv/live-a?vhost=tv.example.com");
  const noFlv = { ...httpRemux, enabled: false };
  const noHls = { ...hls, enabled: false };
  await using hlsOnly = siteOf({}, { vhost: { httpRemux: noFlv, hls } });
  assertEquals(await placesOf(await hlsOnly.get("/live/b", BROWSER), "/live/b"), {
    flv: "",
    hls: "/live/b.m3u8",
  });
  await using flvOnly = siteOf({}, { vhost: { httpRemux, hls: noHls } });
  assertEquals((await placesOf(await flvOnly.get("/live/b", BROWSER), "/live/b")).hls, "");
  await using off = siteOf({}, { vhost: { httpRemux: noFlv, hls: noHls } });
  const response = await off.get("/live/b", BROWSER);
  assertEquals([response.status, await response.text()], [404, "There is nothing at this path\n"]);
});

Deno.test("a path of a stream that is not served names the key of the configuration", async () => {
  const { httpRemux, hls } = testRtmpOptions({}).vhosts.get("__defaultVhost__") ?? {};
  assert(httpRemux !== undefined && hls !== undefined);
  await using site = siteOf({}, { vhosts: ["tv.example.com"] });
  const textAt = async (path: string, of = site) => (await (await of.get(path)).text()).trimEnd();
  const nothing = "There is nothing at this path";
  for (const extension of [".ts", ".mp3", ".aac"]) {
    const text =
      `${nothing}: no stream is served as ${extension}, unless http_remux.mount has a path that ends in it`;
    assertEquals(await textAt(`/live/cam${extension}`), text);
    assertEquals(await textAt(`/tv.example.com/live/cam${extension}`), text);
    assertEquals(await textAt(`/tv.example.com/cam${extension}`), nothing);
    assertEquals(await textAt(`/cam${extension}`), nothing);
  }
  const elsewhere = { httpRemux: { ...httpRemux, mount: ["/tv/[app]/[stream].flv"] } };
  await using other = siteOf({}, { vhost: elsewhere });
  assertEquals(
    await textAt("/live/cam.flv", other),
    `${nothing}: streams as .flv are at /tv/[app]/[stream].flv (http_remux.mount)`,
  );
  const off = { httpRemux: { ...httpRemux, enabled: false }, hls: { ...hls, enabled: false } };
  await using none = siteOf({}, { vhost: off });
  assertEquals(
    await textAt("/live/cam.flv", none),
    `${nothing}: streams by HTTP are switched off (http_remux.enabled)`,
  );
  assertEquals(await textAt("/live/cam.m3u8", none), `${nothing}: HLS is switched off (hls.enabled)`);
});

for (const path of ["/", "/live", "/live/", "/live//a", "/live/a%2Fb", "/live/a%00"]) {
  Deno.test(`there is no page at ${path}`, async () => {
    await using site = siteOf();
    const response = await site.get(path, BROWSER);
    await response.body?.cancel();
    assertEquals(response.status, 404);
  });
}

Deno.test("the address of the server alone says where streams are", async () => {
  await using site = siteOf();
  assertStringIncludes(await (await site.get("/", BROWSER)).text(), "/APP/STREAM.m3u8");
});

Deno.test("without the player there is neither a page nor what it is made of", async () => {
  await using site = siteOf({ player: false });
  for (const path of ["/live/livestream", "/-/0/player.js", "/favicon.ico"]) {
    const response = await site.get(path, BROWSER);
    await response.body?.cancel();
    assertEquals(response.status, 404, path);
  }
});

Deno.test("a file of the operator's comes before a page, and answers ranges", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/live`);
  await Deno.writeTextFile(`${directory.path}/live/own`, "own");
  await Deno.writeTextFile(`${directory.path}/favicon.ico`, "icon");
  await using site = siteOf({ dir: directory.path });
  assertEquals(await (await site.get("/live/own", BROWSER)).text(), "own");
  assertEquals(await (await site.get("/favicon.ico")).text(), "icon");
  const part = await site.get("/live/own", { range: "bytes=1-" });
  assertEquals([part.status, await part.text()], [206, "wn"]);
  const head = await site.get("/live/own", {}, "HEAD");
  assertEquals([head.status, head.headers.get("content-length")], [200, "3"]);
  const page = await site.get("/live/other", BROWSER);
  assertMatch(await page.text(), /<title>other<\/title>/);
});

Deno.test("OPTIONS is for another route", async () => {
  await using site = siteOf();
  assertEquals(await (await site.get("/live/livestream", {}, "OPTIONS")).text(), "other");
});

Deno.test("logged() reports each answer, whatever kind of handler gives it", async () => {
  await using site = siteOf();
  await (await site.get("/live/a?sign=1", { ...BROWSER, "user-agent": "Test/1" })).text();
  await (await site.get("/raw")).text();
  await site.get("/live/a", BROWSER, "HEAD");
  await (await site.get("/missing")).text();
  const seen = site.served.map(({ method, target, status, clientId }) => [method, target, status, clientId]);
  assertEquals(seen, [
    ["GET", "/live/a?sign=1", 200, undefined],
    ["GET", "/raw", 203, 7],
    ["HEAD", "/live/a", 200, undefined],
    ["GET", "/missing", 404, undefined],
  ]);
  const [page, raw] = site.served;
  assertEquals([page?.ip, page?.version, page?.userAgent, page?.referer], [
    "127.0.0.1",
    "1.1",
    "Test/1",
    null,
  ]);
  assert((page?.sentBytes ?? 0) > 4000);
  assertEquals(raw?.sentBytes, "HTTP/1.1 203 A\r\nContent-Length: 1\r\n\r\na".length);
});
