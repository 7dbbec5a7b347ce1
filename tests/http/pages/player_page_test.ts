/** The player page and its assets, as a browser asks for them. */
import { PageAssets } from "../../../http/pages/page_assets.ts";
import { type PageStream, PlayerPage, wantsPage } from "../../../http/pages/player_page.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "../../support/assert.ts";

const STREAM: PageStream = {
  app: "live",
  stream: "livestream",
  flv: "/live/livestream.flv",
  hls: "./livestream.m3u8",
};
const assets = new PageAssets();
const page = new PlayerPage(assets);

function request(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Request {
  return new Request(`http://localhost:8080${path}`, { headers, method });
}

async function html(path: string, stream = STREAM): Promise<string> {
  return await (await page.respond(request(path), stream)).text();
}

/** Addresses in a page, absolute. */
function links(text: string, path: string): readonly string[] {
  const found = text.matchAll(/(?:href|src)="([^"]+)"/g);
  return Array.from(found, ([, link = ""]) => new URL(link, `http://localhost:8080${path}`).href);
}

const ACCEPTS = [
  { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", page: true },
  { accept: "application/xml, text/html;q=0.9", page: true },
  { accept: "TEXT/HTML", page: true },
  { accept: "*/*", page: false },
  { accept: "video/x-flv", page: false },
  { accept: "text/html5", page: false },
  { accept: "x-text/html", page: false },
  { accept: undefined, page: false },
];

for (const { accept, page: expected } of ACCEPTS) {
  Deno.test(`wantsPage() is ${expected} for Accept ${accept}`, () => {
    assertEquals(wantsPage(request("/live/a", accept === undefined ? {} : { accept })), expected);
  });
}

Deno.test("PlayerPage loads the library that it plays with, along with its scripts, where that is certain", async () => {
  for (const flv of ["/live/livestream.flv", undefined]) {
    const text = await html("/live/livestream", { ...STREAM, flv });
    assertEquals([/mpegts\.js"/.test(text), /modulepreload" href="[^"]*hls\.js"/.test(text)], [
      flv !== undefined,
      flv === undefined,
    ]);
  }
});

Deno.test("PlayerPage names the stream and where it is", async () => {
  const response = await page.respond(request("/live/livestream"), STREAM);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  const text = await response.text();
  assertEquals(response.headers.get("content-length"), String(new TextEncoder().encode(text).length));
  assertStringIncludes(text, "<title>livestream</title>");
  assertStringIncludes(text, 'data-flv="/live/livestream.flv" data-hls="./livestream.m3u8"');
  assertNotMatch(text, /\{\{/);
});

Deno.test("PlayerPage leaves out a way of playing that there is not", async () => {
  assertStringIncludes(
    await html("/live/livestream", { ...STREAM, flv: undefined }),
    'data-flv="" data-hls="./',
  );
  assertStringIncludes(await html("/live/livestream", { ...STREAM, hls: undefined }), '.flv" data-hls=""');
});

Deno.test("PlayerPage takes a stream's name for text, whatever is in it", async () => {
  const text = await html("/live/x", { ...STREAM, stream: `"><script>alert('1')</script>&{{app}}` });
  assertNotMatch(text, /<script>alert/);
  assertStringIncludes(text, "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;{{app}}");
});

Deno.test("PlayerPage permits scripts and media of this server alone, and nothing inline", async () => {
  const response = await page.respond(request("/live/livestream"), STREAM);
  const policy = response.headers.get("content-security-policy") ?? "";
  assertStringIncludes(policy, "default-src 'none'");
  assertStringIncludes(policy, "script-src 'self'");
  assertNotMatch(policy, /unsafe|\*|https?:/);
  const text = await response.text();
  assertNotMatch(text, /<script(?![^>]*\bsrc=)|\son\w+="|\sstyle="|<style/);
  for (const link of links(text, "/live/livestream")) assertMatch(link, /^http:\/\/localhost:8080\/-\//);
});

Deno.test("PlayerPage hides the controls when the address says so", async () => {
  assertStringIncludes(await html("/live/livestream"), '<body class="full"');
  assertStringIncludes(await html("/live/livestream?controls=1"), '<body class="full"');
  assertStringIncludes(await html("/live/livestream?controls=0&autoplay=1"), '<body class="bare"');
  assertStringIncludes(await html("/live/livestream?controls=false"), '<body class="bare"');
});

Deno.test("PlayerPage answers HEAD without a body", async () => {
  const response = await page.respond(request("/live/livestream", {}, "HEAD"), STREAM);
  assertEquals(response.body, null);
  assert(Number(response.headers.get("content-length")) > 1000);
});

for (
  const path of ["/live/livestream", "/a/b/c/livestream", "/livestream", "/under/a/proxy/live/livestream"]
) {
  Deno.test(`every asset of the page at ${path} is there, and stays in the browser's cache`, async () => {
    const addresses = links(await html(path), path);
    assert(addresses.length >= 4);
    for (const address of addresses) {
      const { pathname } = new URL(address);
      assert(PageAssets.isAssetPath(pathname));
      const response = await assets.respond(request(pathname));
      assertEquals(response.status, 200, address);
      assertMatch(response.headers.get("cache-control") ?? "", /immutable/);
      await response.body?.cancel();
    }
  });
}

Deno.test("every module that a script of the page imports is an asset", async () => {
  const seen = new Set<string>();
  const follow = async (name: string): Promise<void> => {
    if (seen.has(name)) return;
    seen.add(name);
    const response = await assets.respond(request(`/-/0/${name}`));
    assertEquals(response.status, 200, name);
    assertMatch(response.headers.get("content-type") ?? "", /^text\/javascript/);
    const text = await response.text();
    for (const [, next = ""] of text.matchAll(/^import .* from "\.\/([^"]+)"/gm)) await follow(next);
  };
  await follow("player.js");
  for (const name of ["flv_loader.js", "hls_engine.js", "native_hls_engine.js"]) assert(seen.has(name), name);
});

Deno.test("an asset of another version is not kept, and revalidated by its tag", async () => {
  const response = await assets.respond(request("/-/0123456789ab/player.css"));
  assertEquals(response.headers.get("cache-control"), "no-cache");
  const etag = response.headers.get("etag") ?? "";
  await response.body?.cancel();
  const again = await assets.respond(request("/-/0123456789ab/player.css", { "if-none-match": etag }));
  assertEquals([again.status, again.body], [304, null]);
});

Deno.test("assets are sent compressed to those that take it, with the same contents", async () => {
  const whole = await (await assets.respond(request("/-/0/mpegts.js"))).bytes();
  const response = await assets.respond(request("/-/0/mpegts.js", { "accept-encoding": "br, gzip;q=0.5" }));
  assertEquals(response.headers.get("content-encoding"), "gzip");
  assertEquals(response.headers.get("vary"), "Accept-Encoding");
  const body = response.body?.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(body).bytes(), whole);
  assert(Number(response.headers.get("content-length")) < whole.length / 3);
  for (const encoding of ["gzip;q=0", "br", "identity"]) {
    const plain = await assets.respond(request("/-/0/mpegts.js", { "accept-encoding": encoding }));
    assertEquals(plain.headers.get("content-encoding"), null, encoding);
    await plain.body?.cancel();
  }
});

Deno.test("the libraries' licences are next to them", async () => {
  const text = await (await assets.respond(request("/-/0/mpegts.js.LICENSE.txt"))).text();
  assertStringIncludes(text, "Apache License");
  assertStringIncludes(text, "Yehuda Katz");
  assertStringIncludes(text, "Joyent");
  assertStringIncludes(text, "Permission is hereby granted");
  const hls = await (await assets.respond(request("/-/0/hls.js.LICENSE.txt"))).text();
  for (const holder of ["Dailymotion", "Apache License", "Tom Jenkinson", "Arnout Kazemier"]) {
    assertStringIncludes(hls, holder);
  }
});

Deno.test("hls.js is a module, smaller than 150 KB on its way, that loads nothing by itself", async () => {
  const response = await assets.respond(request("/-/0/hls.js", { "accept-encoding": "gzip" }));
  assertMatch(response.headers.get("content-type") ?? "", /^text\/javascript/);
  assert(
    Number(response.headers.get("content-length")) < 150_000,
    response.headers.get("content-length") ?? "",
  );
  const body = response.body?.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(body).text();
  assertMatch(text, /export\{[^}]*as default/);
  assertNotMatch(text, /^import /m);
});

Deno.test("the favicon is a picture, at its usual path too", async () => {
  const response = await assets.respond(request("/favicon.ico"));
  assertMatch(response.headers.get("content-type") ?? "", /^image\//);
  assertEquals((await response.bytes()).slice(0, 4), new Uint8Array([0, 0, 1, 0]));
});

for (
  const path of [
    "/-/",
    "/-/0/",
    "/-/0/missing.js",
    "/-/0/../deno.json",
    "/-/0/player.html/x",
    "/-/x/player.js",
  ]
) {
  Deno.test(`there is no asset at ${path}`, async () => {
    assertEquals((await assets.respond(request(path))).status, 404);
  });
}
