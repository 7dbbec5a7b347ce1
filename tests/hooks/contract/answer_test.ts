import { classifyDelivery, parseAnswer } from "../../../hooks/contract/answer.ts";
import { assertEquals } from "../../support/assert.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const YES = ["0", " 0 ", "0\r\n", "\t0\n", '{"code":0}', ' {"code": 0, "unknown": [1]}\n', '{"code":0.0}'];
const NO = ["1", "100", "-1", "0.5", '{"code":1}', '{"code":-1,"msg":""}', '{"code":403}'];
const UNREADABLE = [
  "",
  " ",
  "ok",
  "00",
  "0x0",
  "0 0",
  '"0"',
  "null",
  "true",
  "[0]",
  "{}",
  '{"code":"0"}',
  '{"code":null}',
  '{"Code":0}',
  "{code:0}",
  '{"code":0',
  "<html>0</html>",
  "\uFFFD",
];

for (const status of [200, 201]) {
  for (const text of YES) {
    Deno.test(`parseAnswer() reads ${status} ${JSON.stringify(text)} as yes`, () => {
      assertEquals(parseAnswer(status, encode(text)).kind, "allow");
    });
  }
  for (const text of NO) {
    Deno.test(`parseAnswer() reads ${status} ${JSON.stringify(text)} as no`, () => {
      assertEquals(parseAnswer(status, encode(text)).kind, "deny");
    });
  }
  for (const text of UNREADABLE) {
    Deno.test(`parseAnswer() reads ${status} ${JSON.stringify(text)} as an error`, () => {
      assertEquals(parseAnswer(status, encode(text)).kind, "error");
    });
  }
}

/** What a service sends that writes its texts in Latin-1. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

Deno.test("parseAnswer() goes by code whatever the bytes of the texts", () => {
  assertEquals(parseAnswer(200, latin1('{"code":1,"msg":"refus\u00e9"}')), {
    kind: "deny",
    msg: "refus\ufffd",
    redirect: undefined,
  });
  assertEquals(parseAnswer(200, latin1('{"code":0,"msg":"accept\u00e9"}')).kind, "allow");
  assertEquals(parseAnswer(403, latin1('{"code":1,"msg":"\u00e9"}')).kind, "deny");
  // A byte order mark, and a number after invalid text.
  assertEquals(parseAnswer(200, encode('\ufeff{"code":1}')).kind, "deny");
  assertEquals(parseAnswer(200, Uint8Array.of(0xff, 0x30)).kind, "error");
});

Deno.test("parseAnswer() goes by the status where the body must not matter", () => {
  const yes = encode("0");
  for (let status = 300; status < 600; status++) {
    const later = status === 408 || status === 425 || status === 429;
    const expected = status >= 400 && status < 500 && !later ? "deny" : "error";
    assertEquals(parseAnswer(status, yes).kind, expected, `status ${status}`);
  }
  for (const status of [202, 203, 204, 205, 206, 299]) {
    assertEquals(parseAnswer(status, yes).kind, "error", `status ${status}`);
  }
});

Deno.test("parseAnswer() takes msg from a refusal of either kind, as one line", () => {
  const body = encode('{"code":1,"msg":"  key\\r\\nis\\u0000wrong\\u2028 "}');
  const expected = { kind: "deny", msg: "key is wrong", redirect: undefined } as const;
  assertEquals(parseAnswer(200, body), expected);
  assertEquals(parseAnswer(403, body), expected);
  assertEquals(parseAnswer(403, encode("Forbidden")), { ...expected, msg: undefined });
  assertEquals(parseAnswer(200, encode('{"code":1,"msg":7}')), { ...expected, msg: undefined });
});

Deno.test("parseAnswer() bounds msg", () => {
  const answer = parseAnswer(200, encode(JSON.stringify({ code: 1, msg: "x".repeat(5000) })));
  assertEquals(answer.kind === "deny" && answer.msg?.length, 512);
});

Deno.test("parseAnswer() reads every decision of a yes", () => {
  const data = {
    stream: "show",
    app: "public",
    ttl: 1.5,
    max_bitrate_kbps: 4000,
    forward: ["rtmp://a/live/x", "http://b", 7, "rtmps://c/live/y"],
  };
  assertEquals(parseAnswer(200, encode(JSON.stringify({ code: 0, data }))), {
    kind: "allow",
    decisions: {
      app: "public",
      stream: "show",
      ttlMs: 1500,
      maxBitrateKbps: 4000,
      forward: ["rtmp://a/live/x", "rtmps://c/live/y"],
    },
  });
});

Deno.test("parseAnswer() passes over decisions of a wrong type", () => {
  for (
    const data of [
      null,
      7,
      [],
      { stream: "", app: 1, ttl: -1, max_bitrate_kbps: "9", forward: "rtmp://a", record: 1 },
      { ttl: 0, redirect: 7 },
    ]
  ) {
    const answer = parseAnswer(200, encode(JSON.stringify({ code: 0, data })));
    assertEquals(answer, { kind: "allow", decisions: {} });
  }
});

Deno.test("parseAnswer() takes a redirect for a refusal, whatever the code", () => {
  for (
    const redirect of ["rtmp://other/live", "rtmps://other/live", "http://other/a.flv", "https://other/"]
  ) {
    for (const code of [0, 302]) {
      const body = encode(JSON.stringify({ code, msg: "moved", data: { redirect } }));
      assertEquals(parseAnswer(200, body), { kind: "deny", msg: "moved", redirect });
    }
  }
});

Deno.test("parseAnswer() takes a redirect to an address that no client can use for a plain refusal", () => {
  const lineEnd = "http://other/\r\nSet-Cookie: a";
  for (const redirect of ["", "ftp://other/", "other", "http://", "http://a b/", lineEnd, "http://\u00e9/"]) {
    const body = encode(JSON.stringify({ code: 0, msg: "moved", data: { redirect } }));
    assertEquals(parseAnswer(200, body), { kind: "deny", msg: "moved", redirect: undefined }, redirect);
  }
});

Deno.test("classifyDelivery() sorts every status", () => {
  for (let status = 200; status < 600; status++) {
    const later = status === 408 || status === 425 || status === 429;
    const expected = status < 300 ? "delivered" : status >= 400 && status < 500 && !later ? "dead" : "retry";
    assertEquals(classifyDelivery(status), expected, `status ${status}`);
  }
});
