/**
 * The first lines that an operator reads.
 *
 * @module
 */
import { addressText, banner, type BannerParts } from "../../app/banner.ts";
import type { FirstStream } from "../../app/first_stream.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";

const FIRST: FirstStream = {
  rtmpApp: "live",
  name: "livestream",
  rtmpPath: "live/livestream",
  httpPaths: ["live/livestream.flv", "live/livestream.m3u8"],
  page: "live/livestream",
  notes: [],
};

const PARTS: BannerParts = {
  version: "1.2.3",
  runtime: "Deno 2.9.6",
  rtmp: [{ hostname: "0.0.0.0", port: 1935 }],
  rtmps: [],
  http: [],
  https: [],
  rtmpProxied: [],
  httpProxied: [],
  first: FIRST,
  api: [],
  apiTls: [],
  command: "srs",
  configFile: undefined,
  vhosts: ["  vhost    a: OPEN: everybody may publish and play"],
  outboxAlarm: undefined,
};

Deno.test("banner() gives addresses that can be copied", () => {
  const text = banner(PARTS).join("\n");
  assertStringIncludes(text, "OBS      server rtmp://localhost/live  stream key livestream");
  assertStringIncludes(text, "-f flv rtmp://localhost/live/livestream");
  assertStringIncludes(text, "ffplay rtmp://localhost/live/livestream");
  assert(banner(PARTS).length < 10);
});

Deno.test("banner() names the port that is not RTMP's own and the address that is not this machine", () => {
  const other = banner({ ...PARTS, rtmp: [{ hostname: "fd00::1", port: 19350 }] }).join("\n");
  assertStringIncludes(other, "ffplay 'rtmp://[fd00::1]:19350/live/livestream'");
  const local = banner({ ...PARTS, rtmp: [{ hostname: "127.0.0.1", port: 19350 }] }).join("\n");
  assertStringIncludes(local, "ffplay rtmp://localhost:19350/live/livestream");
});

Deno.test("banner() gives a command that prints the configuration in force", () => {
  assertStringIncludes(banner(PARTS).join("\n"), "built-in defaults (see it all: srs config print)");
  const named = banner({ ...PARTS, configFile: "my file.toml" }).join("\n");
  assertStringIncludes(named, "srs config print 'my file.toml'");
});

Deno.test("banner() says where the API is, if there is one", () => {
  const api = [{ hostname: "127.0.0.1", port: 1985 }];
  assertStringIncludes(banner({ ...PARTS, api }).join("\n"), "API      http://127.0.0.1:1985/api/v1\n");
  const apiTls = [{ hostname: "::1", port: 1990 }];
  const both =
    "API      http://127.0.0.1:1985/api/v1 https://[::1]:1990/api/v1\n  console  http://localhost:1985/";
  assertStringIncludes(banner({ ...PARTS, api, apiTls }).join("\n"), both);
  assertStringIncludes(banner({ ...PARTS, apiTls }).join("\n"), "console  https://localhost:1990/");
  assert(!banner(PARTS).join("\n").includes("API"));
});

Deno.test("banner() gives the address of the page, if there is one", () => {
  const http = [{ hostname: "0.0.0.0", port: 8080 }];
  const line = "  browser  http://localhost:8080/live/livestream";
  assert(banner({ ...PARTS, http }).includes(line));
  assert(!banner({ ...PARTS, http, first: { ...FIRST, page: undefined } }).includes(line));
  assert(!banner(PARTS).some((text) => text.includes("browser")));
});

Deno.test("banner() gives the addresses of players by HTTP, if there are any", () => {
  const http = [{ hostname: "0.0.0.0", port: 8080 }];
  const line = "           ffplay http://localhost:8080/live/livestream.m3u8";
  assert(banner({ ...PARTS, http }).includes(line));
  assert(!banner({ ...PARTS, http, first: { ...FIRST, httpPaths: [] } }).includes(line));
  assert(!banner(PARTS).includes(line));
});

Deno.test("banner() quotes for the shell what it would take for a pattern, and says what is to be added", () => {
  const text = banner({
    ...PARTS,
    http: [{ hostname: "0.0.0.0", port: 80 }],
    first: {
      ...FIRST,
      rtmpApp: "live?vhost=tv",
      rtmpPath: "live?vhost=tv/livestream",
      httpPaths: ["live/livestream.ts?vhost=tv"],
      notes: ["to play, add a key"],
    },
  }).join("\n");
  assertStringIncludes(text, "OBS      server rtmp://localhost/live?vhost=tv  stream key livestream\n");
  assertStringIncludes(text, "-f flv 'rtmp://localhost/live?vhost=tv/livestream'\n");
  assertStringIncludes(text, "ffplay 'rtmp://localhost/live?vhost=tv/livestream'\n");
  assertStringIncludes(text, "ffplay 'http://localhost/live/livestream.ts?vhost=tv'\n");
  assert(text.endsWith("\n  note     to play, add a key"));
});

Deno.test("banner() suggests no address where there is nothing to publish", () => {
  assert(!banner({ ...PARTS, first: undefined }).some((line) => line.includes("rtmp:")));
});

Deno.test("banner() names the addresses for proxies", () => {
  const rtmpProxied = [{ hostname: "127.0.0.1", port: 19350 }];
  const httpProxied = [{ hostname: "::1", port: 8081 }];
  assert(
    banner({ ...PARTS, rtmpProxied, httpProxied }).includes(
      "  proxies  RTMP 127.0.0.1:19350  HTTP [::1]:8081",
    ),
  );
});

Deno.test("banner() has a line for each vhost", () => {
  assert(banner(PARTS).includes("  vhost    a: OPEN: everybody may publish and play"));
});

Deno.test("addressText() puts IPv6 in brackets", () => {
  assertEquals(addressText({ hostname: "::", port: 1 }), "[::]:1");
});
