/**
 * How much of an answer is taken: lengths, numbers, times.
 *
 * @module
 */
import { parseAnswer } from "../../../hooks/contract/answer.ts";
import { assertEquals } from "../../support/assert.ts";

const YEAR_MS = 365 * 86_400_000;

/** What is decided when the service says yes with this data; `undefined` when it is a refusal. */
function decided(data: Record<string, unknown>): unknown {
  const answer = parseAnswer(200, new TextEncoder().encode(JSON.stringify({ code: 0, data })));
  return answer.kind === "allow" ? answer.decisions : undefined;
}

/** Where a client is sent; `undefined` for nowhere. */
function redirected(redirect: string): string | undefined {
  const answer = parseAnswer(200, new TextEncoder().encode(JSON.stringify({ code: 1, data: { redirect } })));
  return answer.kind === "deny" ? answer.redirect : undefined;
}

/** `start`, filled up to a length. */
const fill = (start: string, length: number): string => start + "x".repeat(length - start.length);

Deno.test("parseAnswer() takes names of up to 1,024 characters", () => {
  const name = fill("", 1024);
  assertEquals(decided({ app: name, stream: name }), { app: name, stream: name });
  assertEquals(decided({ app: `${name}x`, stream: `${name}x` }), {});
});

Deno.test("parseAnswer() takes addresses of up to 2,048 characters", () => {
  for (const start of ["rtmp://h/", "rtmps://h/", "http://h/", "https://h/"]) {
    assertEquals([redirected(fill(start, 2048)), redirected(fill(start, 2049))], [
      fill(start, 2048),
      undefined,
    ]);
  }
  const [longest, longer] = [fill("rtmp://h/", 2048), fill("rtmp://h/", 2049)];
  assertEquals(decided({ forward: [longest, longer] }), { forward: [longest] });
});

Deno.test("parseAnswer() takes up to 16 forwards", () => {
  const forward = Array.from({ length: 20 }, (_, n) => `rtmp://h/${n}`);
  assertEquals(decided({ forward }), { forward: forward.slice(0, 16) });
});

Deno.test("parseAnswer() takes a ttl in whole milliseconds, rounded up, of up to ten years", () => {
  const ttls = [0.0001, 1.0001, 10 * YEAR_MS / 1000, 10 * YEAR_MS / 1000 + 1, Number.MAX_VALUE];
  assertEquals(ttls.map((ttl) => decided({ ttl })), [
    { ttlMs: 1 },
    { ttlMs: 1001 },
    { ttlMs: 10 * YEAR_MS },
    { ttlMs: 10 * YEAR_MS },
    { ttlMs: 10 * YEAR_MS },
  ]);
});

Deno.test("parseAnswer() takes a msg of up to 512 characters, in one line", () => {
  const msg = (text: string): string | undefined => {
    const answer = parseAnswer(200, new TextEncoder().encode(JSON.stringify({ code: 1, msg: text })));
    return answer.kind === "deny" ? answer.msg : undefined;
  };
  assertEquals([msg(fill("", 512)), msg(fill("", 513))], [fill("", 512), fill("", 512)]);
  assertEquals([msg(" a\r\n\tb\u2028c\u0085 "), msg("\r\n"), msg("")], ["a b c", undefined, undefined]);
});
