/**
 * Who may call: addresses and names that nobody else can own; changes only from pages of the same place.
 *
 * @module
 */
import { checkOrigin } from "../../../http/api/origin_guard.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { assertEquals } from "../../support/assert.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const HOSTS = ["srs.example.com", ".Cluster.local"];

function call(method: string, headers: Readonly<Record<string, string>>): Request {
  return new Request("http://127.0.0.1:1985/api/v1/clients/1", { method, headers });
}

const OWN = [
  ...["127.0.0.1:1985", "192.168.1.4", "[::1]:1985", "[fe80::1]", "localhost:1985", "LOCALHOST", "srs:1985"],
  ...["srs.localhost", "media.internal:80", "srs.example.com", "SRS.Example.com:1985", "srs.example.com."],
  "srs.media.svc.cluster.local:1985",
];
const FOREIGN = [
  ...["evil.com", "evil.com:1985", "127.0.0.1.evil.com", "1.2.3.4.5", "localhost.evil.com", "example.com"],
  ...["a.srs.example.com", "cluster.local", "xsrs.example.com", "user@127.0.0.1", "127.0.0.1:x", "a b"],
];

for (const host of OWN) {
  Deno.test(`checkOrigin() takes the host ${host}`, () => {
    assertEquals(checkOrigin(call("GET", { host }), HOSTS), undefined);
    assertEquals(checkOrigin(call("DELETE", { host }), HOSTS), undefined);
  });
}
for (const host of FOREIGN) {
  Deno.test(`checkOrigin() refuses the host ${host}, whatever is asked`, () => {
    assertEquals(checkOrigin(call("GET", { host }), HOSTS), "hostNotAllowed");
    assertEquals(checkOrigin(call("DELETE", { host, origin: `http://${host}` }), HOSTS), "hostNotAllowed");
  });
}

const CHANGES: readonly { name: string; headers: Readonly<Record<string, string>>; own: boolean }[] = [
  { name: "a program, which sends no Origin", headers: {}, own: true },
  { name: "a page of the same place", headers: { origin: "http://LOCALHOST:1985" }, own: true },
  { name: "the same page, by its browser", headers: { "sec-fetch-site": "same-origin" }, own: true },
  { name: "a page of another port", headers: { origin: "http://localhost:8080" }, own: false },
  { name: "a page of another site", headers: { origin: "https://evil.com" }, own: false },
  { name: "a page without a site", headers: { origin: "null" }, own: false },
  { name: "another site, by its browser", headers: { "sec-fetch-site": "cross-site" }, own: false },
  {
    name: "another host of the site, by its browser",
    headers: { "sec-fetch-site": "same-site" },
    own: false,
  },
];
for (const { name, headers, own } of CHANGES) {
  Deno.test(`checkOrigin() ${own ? "takes" : "refuses"} a change that comes from ${name}`, () => {
    for (const method of ["DELETE", "POST"]) {
      const request = call(method, { host: "localhost:1985", ...headers });
      assertEquals(checkOrigin(request, []), own ? undefined : "originNotAllowed");
    }
  });
}

Deno.test("checkOrigin() lets any page send a request that reads, for its browser shows it nothing", () => {
  const request = call("GET", { host: "localhost:1985", origin: "https://evil.com" });
  assertEquals(checkOrigin(request, []), undefined);
});

Deno.test("a Host header that is not a host is refused, and is not logged as a fault of the server", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const hosts = {
    "[": 400,
    "a b": 400,
    "127.0.0.1:99999": 400,
    "localhost:1985:1": 400,
    "user@localhost": 400,
    "evil.example": 403,
  };
  for (const [host, status] of Object.entries(hosts)) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: api.port });
    const head = `GET /api/v1/versions HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    await conn.write(new TextEncoder().encode(head));
    const reply = new Uint8Array(1024);
    const length = await conn.read(reply) ?? 0;
    assertEquals(
      Number(new TextDecoder().decode(reply.subarray(0, length)).split(" ")[1]),
      status,
      host,
    );
  }
  assertEquals(api.lines, []);
  assertEquals(api.hits, Object.keys(hosts).map(() => "api_request_refused"));
});
