import { judgeAnswer, judgeTold } from "../../../hooks/contract/answer.ts";
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
    Deno.test(`judgeAnswer() reads ${status} ${JSON.stringify(text)} as yes`, () => {
      assertEquals(judgeAnswer(status, encode(text)).kind, "yes");
    });
  }
  for (const text of NO) {
    Deno.test(`judgeAnswer() reads ${status} ${JSON.stringify(text)} as no`, () => {
      assertEquals(judgeAnswer(status, encode(text)).kind, "no");
    });
  }
  for (const text of UNREADABLE) {
    Deno.test(`judgeAnswer() reads ${status} ${JSON.stringify(text)} as an error`, () => {
      assertEquals(judgeAnswer(status, encode(text)).kind, "error");
    });
  }
}

/** What a service sends that writes its texts in Latin-1. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

Deno.test("judgeAnswer() goes by code whatever the bytes of the texts", () => {
  assertEquals(judgeAnswer(200, latin1('{"code":1,"msg":"refus\u00e9"}')), {
    kind: "no",
    msg: "refus\ufffd",
    redirect: undefined,
  });
  assertEquals(judgeAnswer(200, latin1('{"code":0,"msg":"accept\u00e9"}')).kind, "yes");
  assertEquals(judgeAnswer(403, latin1('{"code":1,"msg":"\u00e9"}')).kind, "no");
  // A byte order mark, and a number after what is no text at all.
  assertEquals(judgeAnswer(200, encode('\ufeff{"code":1}')).kind, "no");
  assertEquals(judgeAnswer(200, Uint8Array.of(0xff, 0x30)).kind, "error");
});

Deno.test("judgeAnswer() goes by the status where the body must not matter", () => {
  const yes = encode("0");
  for (let status = 300; status < 600; status++) {
    const later = status === 408 || status === 425 || status === 429;
    const expected = status >= 400 && status < 500 && !later ? "no" : "error";
    assertEquals(judgeAnswer(status, yes).kind, expected, `status ${status}`);
  }
  for (const status of [202, 203, 204, 205, 206, 299]) {
    assertEquals(judgeAnswer(status, yes).kind, "error", `status ${status}`);
  }
});

Deno.test("judgeAnswer() takes msg from a refusal of either kind, as one line", () => {
  const body = encode('{"code":1,"msg":"  key\\r\\nis\\u0000wrong\\u2028 "}');
  const expected = { kind: "no", msg: "key is wrong", redirect: undefined } as const;
  assertEquals(judgeAnswer(200, body), expected);
  assertEquals(judgeAnswer(403, body), expected);
  assertEquals(judgeAnswer(403, encode("Forbidden")), { ...expected, msg: undefined });
  assertEquals(judgeAnswer(200, encode('{"code":1,"msg":7}')), { ...expected, msg: undefined });
});

Deno.test("judgeAnswer() bounds msg", () => {
  const answer = judgeAnswer(200, encode(JSON.stringify({ code: 1, msg: "x".repeat(5000) })));
  assertEquals(answer.kind === "no" && answer.msg?.length, 512);
});

Deno.test("judgeAnswer() reads every decision of a yes", () => {
  const data = {
    stream: "show",
    app: "public",
    ttl: 1.5,
    max_bitrate_kbps: 4000,
    forward: ["rtmp://a/live/x", "http://b", 7, "rtmps://c/live/y"],
  };
  assertEquals(judgeAnswer(200, encode(JSON.stringify({ code: 0, data }))), {
    kind: "yes",
    decisions: {
      app: "public",
      stream: "show",
      ttlMs: 1500,
      maxBitrateKbps: 4000,
      forward: ["rtmp://a/live/x", "rtmps://c/live/y"],
    },
  });
});

Deno.test("judgeAnswer() passes over decisions of a wrong type", () => {
  for (
    const data of [
      null,
      7,
      [],
      { stream: "", app: 1, ttl: -1, max_bitrate_kbps: "9", forward: "rtmp://a" },
      { ttl: 0, redirect: "http://a" },
    ]
  ) {
    const answer = judgeAnswer(200, encode(JSON.stringify({ code: 0, data })));
    assertEquals(answer, { kind: "yes", decisions: {} });
  }
});

Deno.test("judgeAnswer() takes a redirect for a refusal, whatever the code", () => {
  const redirect = "rtmp://other/live";
  for (const code of [0, 302]) {
    const body = encode(JSON.stringify({ code, msg: "moved", data: { redirect } }));
    assertEquals(judgeAnswer(200, body), { kind: "no", msg: "moved", redirect });
  }
});

Deno.test("judgeTold() sorts every status", () => {
  for (let status = 200; status < 600; status++) {
    const later = status === 408 || status === 425 || status === 429;
    const expected = status < 300 ? "delivered" : status >= 400 && status < 500 && !later ? "dead" : "retry";
    assertEquals(judgeTold(status), expected, `status ${status}`);
  }
});
