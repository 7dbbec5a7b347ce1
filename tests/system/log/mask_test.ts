/**
 * Secrets in log texts.
 *
 * @module
 */
import { isSecretField, maskSecrets } from "../../../system/log/mask.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { fastestMs } from "../../support/load/fastest.ts";

const CASES = [
  { name: "a token parameter", text: "?token=abc&x=1", masked: "?token=***&x=1" },
  { name: "a parameter behind another", text: "?x=1&secret=abc", masked: "?x=1&secret=***" },
  { name: "a parameter inside a harmless one's value", text: "?a=1;token=abc", masked: "?a=1;token=***" },
  { name: "a secret inside another's value", text: "?token=a;key=b&x=1", masked: "?token=***&x=1" },
  { name: "a secret that ends another's value", text: "?token=key=&x=1", masked: "?token=***&x=1" },
  { name: "a name that contains the word", text: "?authToken=abc", masked: "?authToken=***" },
  { name: "a name in capitals", text: "?TOKEN=abc", masked: "?TOKEN=***" },
  { name: "a value with equals signs", text: "?sign=YWJj==&b=2", masked: "?sign=***&b=2" },
  { name: "a value with a fragment", text: "?key=a#b", masked: "?key=***" },
  { name: "an encoded equals sign", text: "next=%3Ftoken%3Dabc", masked: "next=%3Ftoken%3D***" },
  { name: "user and password of an address", text: "rtmp://me:pw@host/live", masked: "rtmp://***@host/live" },
  { name: "a password with an at sign", text: "http://me:p@w@host/x", masked: "http://***@host/x" },
  { name: "basic credentials", text: "rtmp://host Basic YWJj", masked: "rtmp://host Basic ***" },
  { name: "a webhook secret", text: "secret is whsec_QUJD+/=", masked: "secret is whsec_***" },
  { name: "a bearer token", text: "authorization: Bearer abc.def", masked: "authorization: Bearer ***" },
  { name: "a JSON member", text: '{"token":"a\\"b","x":"y"}', masked: '{"token":"***","x":"y"}' },
  { name: "a JSON number", text: '{"pass": 1234,"x":5}', masked: '{"pass": ***,"x":5}' },
  { name: "a quoted JSON member", text: '{\\"token\\":\\"ab\\"}', masked: '{\\"token\\":\\"***\\"}' },
  {
    name: "a parameter in a JSON member",
    text: '{"param":"?token=x","b":1}',
    masked: '{"param":"?token=***","b":1}',
  },
];

for (const { name, text, masked } of CASES) {
  Deno.test(`maskSecrets() hides ${name}`, () => assertEquals(maskSecrets(text), masked));
}

for (
  const text of [
    "",
    "Publish started",
    "?a=1&b=2",
    "http://host/live/livestream",
    "keyframe at 3",
    "user@host",
  ]
) {
  Deno.test(`maskSecrets() leaves ${JSON.stringify(text)} alone`, () =>
    assertEquals(maskSecrets(text), text));
}

Deno.test("maskSecrets() is quick with hostile texts", () => {
  const tookMs = fastestMs(() => {
    for (
      const piece of ["a", "token", '"', '\\"', "://a@", "=", "?token=", "Bearer ", "whsec_", '"token":"']
    ) {
      maskSecrets(`key${piece.repeat(8000 / piece.length)}`);
    }
  });
  assert(tookMs < 1000, `masking ten hostile texts of 8,000 characters took ${tookMs} ms`);
});

Deno.test("isSecretField() knows whole names only", () => {
  const secret = ["token", "Authorization", "stream_key", "access_token", "password"].filter(isSecretField);
  assertEquals(secret.length, 5);
  assertEquals(["key_frames", "signal", "param", "author", "stream"].filter(isSecretField), []);
});
