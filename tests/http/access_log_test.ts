/** The access log in both formats, with what clients may not do to it. */
import { AccessLog, type AccessLogFormat, type ServedRequest } from "../../http/access_log.ts";
import { escapeUnsafe, maskSecrets } from "../../system/log/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";

const NOON = Date.UTC(2026, 10, 9, 12, 5, 7, 890);

const REQUEST: ServedRequest = {
  ip: "192.0.2.7",
  method: "GET",
  target: "/live/livestream.flv",
  version: "1.1",
  status: 200,
  sentBytes: 123_456,
  durationMs: 61_000.4,
  referer: "http://example.com/watch",
  userAgent: "Lavf/59.27.100",
  clientId: 12,
};

function logged(format: AccessLogFormat, request: Partial<ServedRequest> = {}): readonly unknown[] {
  const lines: unknown[] = [];
  const log = new AccessLog(format, {
    log: { write: (...line) => lines.push(line) },
    writePlain: (line) => lines.push(line),
    wallNow: () => NOON,
    clean: (text) => escapeUnsafe(maskSecrets(text)),
  });
  log.served({ ...REQUEST, ...request });
  return lines;
}

Deno.test("AccessLog writes nothing when it is off", () => {
  assertEquals(logged("off"), []);
});

Deno.test("AccessLog writes the combined format of Apache and nginx", () => {
  assertEquals(logged("combined"), [
    '192.0.2.7 - - [09/Nov/2026:12:05:07 +0000] "GET /live/livestream.flv HTTP/1.1" 200 123456 ' +
    '"http://example.com/watch" "Lavf/59.27.100"',
  ]);
  assertEquals(logged("combined", { referer: null, userAgent: null, version: "1.0", method: "HEAD" }), [
    '192.0.2.7 - - [09/Nov/2026:12:05:07 +0000] "HEAD /live/livestream.flv HTTP/1.0" 200 123456 "-" "-"',
  ]);
});

Deno.test("AccessLog writes a line of the log with the player's number", () => {
  assertEquals(logged("log"), [["trace", 12, "HTTP request", {
    method: "GET",
    target: "/live/livestream.flv",
    status: 200,
    bytes: 123_456,
    ms: 61_000,
    ip: "192.0.2.7",
    referer: "http://example.com/watch",
    agent: "Lavf/59.27.100",
  }]]);
});

Deno.test("AccessLog shows no signature and no token, of the address or of the page", () => {
  const [line] = logged("combined", {
    target: "/live/livestream.flv?expire=1790000000&sign=0123abcd&token=secret1",
    referer: "http://example.com/watch?key=secret2",
  });
  const text = String(line);
  assertStringIncludes(text, "expire=1790000000&sign=***&token=***");
  assertStringIncludes(text, '"http://example.com/watch?key=***"');
});

Deno.test("AccessLog lets no client end a field or a line", () => {
  const [line] = logged("combined", { userAgent: 'a" 200 1 "b\r\nc\x1b[2J' });
  assertEquals(String(line).split('" "')[1], 'a\\" 200 1 \\"b\\r\\nc\\x1b[2J"');
  const [long] = logged("combined", { userAgent: "a".repeat(5000) });
  assert(String(long).length < 1200);
});
