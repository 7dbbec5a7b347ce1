/**
 * Tests of `rtmp/sign_stream_url.ts`: what it signs is what the vhost verifies.
 *
 * @module
 */
import { VhostAccess } from "../../../stream/admission/access/vhost_access.ts";
import { readCredentials } from "../../../stream/admission/access/parameters.ts";
import { signStreamUrl } from "../../../stream/admission/sign_stream_url.ts";
import { loadConfig } from "../../../config/build/load_config.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import { accessEnvironment, NOW_MS } from "./access/support.ts";

const { config: { rtmp: OPTIONS } } = loadConfig({
  text: `
[vhost.__defaultVhost__]
[vhost."tv.test".access]
url_secrets = ["the-newest-secret", "the-secret-before"]
signed_play = true
`,
  env: {},
  version: "",
  serverId: "",
});
const { hmacSha256 } = accessEnvironment();
const GRANT = { action: "play", expires: NOW_MS / 1000 + 60, ip: "", hmacSha256 } as const;

Deno.test("signStreamUrl() makes an address that its vhost takes, for that stream alone", () => {
  const signed = signStreamUrl(OPTIONS, { ...GRANT, url: "rtmp://tv.test:1936/live/cam?x=1" });
  assertEquals([signed.vhost, signed.wanted], ["tv.test", true]);
  assertStringIncludes(signed.url, "rtmp://tv.test:1936/live/cam?x=1&exp=");
  const vhost = OPTIONS.vhosts.get("tv.test");
  assert(vhost !== undefined);
  const access = new VhostAccess("tv.test", vhost.access, accessEnvironment());
  const param = `?${signed.url.split("?")[1]}`;
  const request = {
    action: "play",
    app: "live",
    stream: "cam",
    param,
    ip: "192.0.2.1",
    pageUrl: "",
  } as const;
  assertEquals(access.check(request), undefined);
  assertEquals(access.check({ ...request, stream: "cam2" })?.rule, "signature");
});

Deno.test("signStreamUrl() tells where the vhost does not ask for it", () => {
  const url = "rtmp://tv.test/live/cam";
  const signed = signStreamUrl(OPTIONS, { ...GRANT, url, action: "publish", ip: "192.0.2.1" });
  assert(!signed.wanted);
  assertEquals(readCredentials(`?${signed.url.split("?")[1]}`).ip, "192.0.2.1");
});

for (
  const [url, why] of [
    ["rtmp://other.test/live/cam", "url_secrets of vhost __defaultVhost__"],
    ["rtmp://tv.test/live/..", "path step"],
    ["rtmp://tv.test", "is empty"],
    ["live/cam", "Cannot read tcUrl"],
    ["rtmp://tv.test/live/cam?sign=x", "leave out sign"],
    ["rtmp://tv.test/live/cam#part", "leave out #"],
  ] as const
) {
  Deno.test(`signStreamUrl() refuses ${url}`, () => {
    assertThrows(() => signStreamUrl(OPTIONS, { ...GRANT, url }), Error, why);
  });
}

for (const ip of ["localhost", "192.0.2.1&x=y", "192.0.2.0/24"]) {
  Deno.test(`signStreamUrl() refuses to bind an address to ${ip}, from which nobody comes`, () => {
    const sign = () => signStreamUrl(OPTIONS, { ...GRANT, url: "rtmp://tv.test/live/cam", ip });
    assertThrows(sign, Error, `for ${ip}: it is not an IP address`);
  });
}

Deno.test("signStreamUrl() says how to have a vhost that is not there, or is off", () => {
  const { config: { rtmp } } = loadConfig({
    text:
      '[vhost."tv.test".access]\nurl_secrets = ["the-newest-secret"]\n[vhost."off.test"]\nenabled = false\n',
    env: {},
    version: "",
    serverId: "",
  });
  const sign = (host: string) => signStreamUrl(rtmp, { ...GRANT, url: `rtmp://${host}/live/cam` });
  const error = assertThrows(
    () => sign("other.test"),
    Error,
    "No vhost other.test on this server: configure ",
  );
  for (const way of ['[vhost."other.test"]', "[vhost.__defaultVhost__]", "APP?vhost=NAME/STREAM"]) {
    assertStringIncludes(error.message, way);
  }
  assertThrows(() => sign("off.test"), Error, "vhost off.test is switched off: set its enabled");
});
