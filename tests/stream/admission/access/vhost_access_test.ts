/**
 * Tests of `stream/admission/access/vhost_access.ts` and what it is made of: keys, signed addresses, and what a refusal tells.
 *
 * @module
 */
import { readCredentials, readParameter } from "../../../../stream/admission/access/parameters.ts";
import { grantParameters, type SignedGrant } from "../../../../stream/admission/access/signed_url.ts";
import { VhostAccess } from "../../../../stream/admission/access/vhost_access.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../../../support/assert.ts";
import { accessEnvironment, accessOptions, check, NOW_MS, rules } from "./support.ts";

const SECRET = "a-secret-of-url-signing";
const OTHER_SECRET = "the-one-before-rotation";
const SIGNED = { urlSecrets: [SECRET, OTHER_SECRET], signedPublish: true };
const GRANT: SignedGrant = {
  action: "publish",
  vhost: "video.test",
  app: "live",
  stream: "livestream",
  expires: NOW_MS / 1000 + 60,
  ip: "",
};

function signed(parts: Partial<SignedGrant> = {}, secret = SECRET): string {
  return `?${grantParameters({ ...GRANT, ...parts }, secret, accessEnvironment().hmacSha256)}`;
}

Deno.test("VhostAccess.check() admits everybody where nothing is configured", () => {
  assertEquals(check({}), undefined);
});

Deno.test("VhostAccess.check() takes any of the static keys, of its action alone", () => {
  const credentials = { publishKeys: ["first-key", "second-key"], playKeys: ["viewer-key"] };
  assertEquals(check({ credentials }, { param: "?key=second-key" }), undefined);
  assertEquals(check({ credentials }, { param: "?a=b&key=first-key#x" }), undefined);
  assert(check({ credentials }, { param: "?key=viewer-key" })?.guessed);
  assertEquals(check({ credentials }, { action: "play", param: "?key=viewer-key" }), undefined);
});

Deno.test("VhostAccess.check() calls a wrong key a guess, and a missing one not", () => {
  const credentials = { publishKeys: ["first-key"] };
  assertEquals(check({ credentials }, { param: "?key=first-ke" }), {
    rule: "key",
    reason: "The key is wrong",
    guessed: true,
  });
  assertEquals(check({ credentials }, { param: "?keys=first-key" }), {
    rule: "key",
    reason: "A key is needed to publish",
    guessed: false,
  });
});

Deno.test("VhostAccess.check() leaves the other action open", () => {
  assertEquals(check({ credentials: { publishKeys: ["first-key"] } }, { action: "play" }), undefined);
});

Deno.test("VhostAccess.check() takes a signed address, by the new secret and by the old one", () => {
  assertEquals(check({ credentials: SIGNED }, { param: signed() }), undefined);
  assertEquals(check({ credentials: SIGNED }, { param: `${signed({}, OTHER_SECRET)}&x=1` }), undefined);
});

const FOREIGN: readonly { readonly name: string; readonly param: string }[] = [
  { name: "another action", param: signed({ action: "play" }) },
  { name: "another vhost", param: signed({ vhost: "other.test" }) },
  { name: "another app", param: signed({ app: "vod" }) },
  { name: "another stream", param: signed({ stream: "livestream2" }) },
  { name: "another secret", param: signed({}, "nobody-knows-this-one") },
  { name: "a later expiry", param: signed().replace(/exp=(\d+)/, (_, exp) => `exp=${Number(exp) + 1}`) },
  { name: "an expiry in another spelling", param: signed().replace("exp=", "exp=0x") },
  { name: "an expiry behind a zero", param: signed().replace("exp=", "exp=0") },
  { name: "an address that was not signed", param: `${signed()}&ip=192.0.2.1` },
  { name: "an empty signature", param: "?exp=9999999999&sign=" },
  { name: "parts that were moved", param: signed({ app: "live/livestream", stream: "" }) },
];
for (const { name, param } of FOREIGN) {
  Deno.test(`VhostAccess.check() refuses a signature for ${name}`, () => {
    const refusal = check({ credentials: SIGNED }, { param });
    assertEquals([refusal?.rule, refusal?.guessed], ["signature", true]);
  });
}

Deno.test("VhostAccess.check() takes a signed address in its last second and not after it", () => {
  const param = signed();
  assertEquals(check({ credentials: SIGNED }, { param }, NOW_MS + 60_999), undefined);
  assertEquals(check({ credentials: SIGNED }, { param }, NOW_MS + 61_000), {
    rule: "expired",
    reason: "The signed address has expired",
    guessed: false,
  });
});

Deno.test("VhostAccess.check() binds a signed address to the client's address where it names one", () => {
  const param = signed({ ip: "192.0.2.1" });
  assertEquals(check({ credentials: SIGNED }, { param }), undefined);
  assertEquals(check({ credentials: SIGNED }, { param, ip: "::ffff:192.0.2.1" }), undefined);
  assertEquals(check({ credentials: SIGNED }, { param, ip: "192.0.2.2" })?.rule, "signature");
  assertEquals(
    check({ credentials: SIGNED }, { param: param.replace("&ip=192.0.2.1", "") })?.rule,
    "signature",
  );
});

Deno.test("VhostAccess.check() takes a key or a signature where both are configured", () => {
  const credentials = { ...SIGNED, publishKeys: ["first-key"] };
  assertEquals(check({ credentials }, { param: "?key=first-key" }), undefined);
  assertEquals(check({ credentials }, { param: signed() }), undefined);
  assertEquals(check({ credentials })?.rule, "key");
});

Deno.test("VhostAccess.check() looks at address and page before any key", () => {
  const credentials = { publishKeys: ["first-key"] };
  const security = { enabled: true, deny: rules("publish all") };
  const param = "?key=first-key";
  assertEquals(check({ credentials, security }, { param })?.rule, "security");
  const refer = { enabled: true, publish: ["studio.test"] };
  assertEquals(check({ credentials, refer }, { param, pageUrl: "http://tv.test/" })?.rule, "refer");
  assertEquals(check({ credentials, refer }, { param, pageUrl: "http://studio.test/" }), undefined);
});

Deno.test("VhostAccess.checkConnect() refuses who may neither publish nor play, and foreign pages", () => {
  const parts = {
    security: { enabled: true, allow: rules("play 192.0.2.0/24") },
    refer: { enabled: true, all: ["tv.test"], play: ["inner.tv.test"] },
  };
  const access = new VhostAccess("video.test", accessOptions(parts), accessEnvironment());
  assertEquals(
    access.checkConnect({ ip: "198.51.100.1", pageUrl: "http://tv.test/", app: "live" })?.rule,
    "security",
  );
  assertEquals(
    access.checkConnect({ ip: "192.0.2.9", pageUrl: "http://evil.test/", app: "live" })?.rule,
    "refer",
  );
  assertEquals(access.checkConnect({ ip: "192.0.2.9", pageUrl: "http://tv.test/", app: "live" }), undefined);
});

Deno.test("VhostAccess refuses apps that are not listed, before anything else", () => {
  const parts = { apps: ["live", "inner/a"], security: { enabled: true, allow: rules("play 192.0.2.0/24") } };
  const access = new VhostAccess("video.test", accessOptions(parts), accessEnvironment());
  const connect = (app: string) => access.checkConnect({ ip: "192.0.2.9", pageUrl: "", app })?.rule;
  for (const app of ["live", "inner/a"]) assertEquals(connect(app), undefined, app);
  for (const app of ["Live", "inn", "live/a/b", "livestream"]) assertEquals(connect(app), "app", app);
  const play = (app: string) =>
    access.check({ action: "play", app, stream: "s", param: "", ip: "192.0.2.9", pageUrl: "" })?.rule;
  assertEquals(["live", "other"].map(play), [undefined, "app"]);
});

Deno.test("VhostAccess lets connect whom the name of a stream can lead to a listed app, and no further", () => {
  const access = new VhostAccess(
    "video.test",
    accessOptions({ apps: ["live", "inner/a"] }),
    accessEnvironment(),
  );
  const client = { ip: "192.0.2.9", pageUrl: "" };
  // rtmp://host with live/cam, rtmp://host/inner with a/cam, rtmp://host/live/cam without a name.
  for (const app of ["", "inner", "live/cam", "inner/a/cam"]) {
    assertEquals(access.checkConnect({ ...client, app }), undefined, app);
    const publish = access.check({ ...client, action: "publish", app, stream: "s", param: "" });
    assertEquals(publish?.rule, "app", app);
  }
});

Deno.test("readCredentials() takes the first of what is given twice", () => {
  assertEquals(readCredentials("?key=a&key=b&sign=c?exp=1&ip#key=d"), {
    key: "a",
    expires: "1",
    ip: undefined,
    signature: "c",
  });
});

Deno.test("grantParameters() writes a signature of base64url, and no time that is none", () => {
  assertMatch(signed({ ip: "2001:db8::1" }), /^\?exp=1700000060&ip=2001:db8::1&sign=[\w-]{43}$/);
  assertThrows(() => signed({ expires: 1.5 }), RangeError, "1.5");
});

Deno.test("readParameter() takes the first value of a name, and nothing where it has none", () => {
  assertEquals(readParameter("?key=a&tracks=first?tracks=all", "tracks"), "first");
  assertEquals(readParameter("?tracks&key=a#tracks=all", "tracks"), undefined);
  assertEquals(readParameter("", "tracks"), undefined);
});
