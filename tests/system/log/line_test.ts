/**
 * The two forms of a log line, and what strangers try to do to them.
 *
 * @module
 */
import * as fc from "fast-check";
import { jsonLine, type LineParts, textLine } from "../../../system/log/line.ts";
import { assert, assertEquals, assertNotMatch } from "../../support/assert.ts";
import { anyText } from "../../support/any_text.ts";

const TIME = "2026-11-22 09:41:33.123";

/** What no log line may hold, whatever went in. */
// deno-lint-ignore no-control-regex
const DANGEROUS = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;

function line(message: string, fields?: LineParts["fields"]): string {
  return textLine(TIME, { level: "trace", clientId: 4, message, fields });
}

Deno.test("textLine() puts time, level and client id first", () => {
  assertEquals(line("Publish started"), "[2026-11-22 09:41:33.123][trace][4] Publish started");
});

Deno.test("textLine() writes a dash where no client is named", () => {
  const text = textLine(TIME, { level: "warn", clientId: undefined, message: "Disk full" });
  assertEquals(text, "[2026-11-22 09:41:33.123][warn][-] Disk full");
});

Deno.test("textLine() appends fields in order and leaves undefined ones out", () => {
  assertEquals(line("x", { b: 1, a: undefined, c: true, d: "t" }), `[${TIME}][trace][4] x b=1 c=true d=t`);
});

Deno.test("textLine() quotes values that could pose as more fields", () => {
  assertEquals(line("x", { stream: "a b=c" }), `[${TIME}][trace][4] x stream="a b=c"`);
  assertEquals(line("x", { stream: 'a"' }), `[${TIME}][trace][4] x stream="a\\""`);
  assertEquals(line("x", { stream: "" }), `[${TIME}][trace][4] x stream=""`);
});

Deno.test("textLine() escapes line ends, escape sequences and separators", () => {
  const text = line("a\r\nb", { stream: "\x1b[31m\u2028\u202e\x9b\\" });
  assertEquals(text, `[${TIME}][trace][4] a\\r\\nb stream=\\x1b[31m\\u2028\\u202e\\x9b\\\\`);
});

Deno.test("textLine() keeps letters of every script", () => {
  assertEquals(line("x", { stream: "直播-Grüße-😀" }), `[${TIME}][trace][4] x stream=直播-Grüße-😀`);
});

Deno.test("textLine() cuts a long value and says how much is missing", () => {
  assertEquals(line("x", { a: "v".repeat(1003) }), `[${TIME}][trace][4] x a=${"v".repeat(1000)}...(+3)`);
});

Deno.test("textLine() never shows more than a bounded line of a megabyte", () => {
  assert(line("m".repeat(1e6), { a: "v".repeat(1e6) }).length < 4000);
});

Deno.test("textLine() masks message, values and secret fields", () => {
  const text = line("GET /x?token=abc", { param: "?key=abc", password: "abc" });
  assertEquals(text, `[${TIME}][trace][4] GET /x?token=*** param="?key=***" password=***`);
});

Deno.test("jsonLine() is one object with the fixed members first", () => {
  const text = jsonLine("2026-11-22T09:41:33.123Z", {
    level: "trace",
    clientId: 4,
    message: "Publish started",
    fields: { stream: "a\nb", param: "?token=x", bytes: 3, none: undefined },
  });
  assertEquals(
    text,
    '{"time":"2026-11-22T09:41:33.123Z","level":"trace","client_id":4,"message":"Publish started",' +
      '"stream":"a\\nb","param":"?token=***","bytes":3}',
  );
});

Deno.test("jsonLine() lets no field replace a fixed member", () => {
  const parts = {
    level: "error",
    clientId: undefined,
    message: "m",
    fields: { level: "trace", time: 0 },
  } as const;
  assertEquals(JSON.parse(jsonLine("t", parts)), {
    time: "t",
    level: "error",
    message: "m",
    level_: "trace",
    time_: 0,
  });
});

Deno.test("textLine() and jsonLine() stay one harmless line for any text", () => {
  fc.assert(
    fc.property(anyText(), anyText(), (message, value) => {
      const parts: LineParts = { level: "info", clientId: 1, message, fields: { value } };
      assertNotMatch(textLine(TIME, parts), DANGEROUS);
      const json = jsonLine(TIME, parts);
      assertNotMatch(json, DANGEROUS);
      assertEquals(JSON.parse(json).client_id, 1);
    }),
  );
});
