import { headersOf, readRequestHead, type RequestHead } from "../../../http/server/request_head.ts";
import { HeaderBlock } from "../../../http/server/header_block.ts";
import type { HttpFault } from "../../../http/server/http_fault.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const LIMITS = { maxBodyBytes: 100, defaultHost: "127.0.0.1:1985" };

function read(line = "", ...headers: string[]): RequestHead | HttpFault {
  return readRequestHead(line, new HeaderBlock(new Uint8Array(), headers), LIMITS);
}

function status(...lines: string[]): number {
  const head = read(...lines);
  return "url" in head ? 200 : head.status;
}

const GET = "GET / HTTP/1.1";
const POST = "POST / HTTP/1.1";
const HOST = "Host: h";

const REFUSED: readonly [string, number, ...string[]][] = [
  ["no Host", 400, GET],
  ["two Hosts", 400, GET, HOST, HOST],
  ["an empty Host", 400, GET, "Host:"],
  ["a Host with a path", 400, GET, "Host: h/x"],
  ["a Host with credentials", 400, GET, "Host: a@h"],
  ["a Host with a blank", 400, GET, "Host: a b"],
  [
    "a Content-Length and a Transfer-Encoding",
    400,
    POST,
    HOST,
    "Content-Length: 3",
    "Transfer-Encoding: chunked",
  ],
  ["a Transfer-Encoding", 400, POST, HOST, "Transfer-Encoding: chunked"],
  ["a Transfer-Encoding in HTTP/1.0", 400, "POST / HTTP/1.0", "Transfer-Encoding: chunked"],
  ["two Content-Lengths", 400, POST, HOST, "Content-Length: 3", "Content-Length: 3"],
  ["a list of Content-Lengths", 400, POST, HOST, "Content-Length: 3, 3"],
  ["a signed Content-Length", 400, POST, HOST, "Content-Length: +3"],
  ["a negative Content-Length", 400, POST, HOST, "Content-Length: -1"],
  ["a Content-Length in hex", 400, POST, HOST, "Content-Length: 0x3"],
  ["an empty Content-Length", 400, POST, HOST, "Content-Length:"],
  ["a Content-Length beyond numbers", 400, POST, HOST, `Content-Length: ${"9".repeat(30)}`],
  ["a body that is too large", 413, POST, HOST, "Content-Length: 101"],
  ["a GET with a body", 400, GET, HOST, "Content-Length: 1"],
  ["a folded header", 400, GET, HOST, "X: a", " b"],
  ["a blank before the colon", 400, GET, "Host : h"],
  ["a header without a colon", 400, GET, HOST, "X"],
  ["a header without a name", 400, GET, HOST, ": x"],
  ["a NUL in a value", 400, GET, HOST, "X: a\0b"],
  ["a NUL in the target", 400, "GET /\0 HTTP/1.1", HOST],
  ["a target with a byte above ASCII", 400, "GET /\xe9 HTTP/1.1", HOST],
  ["a target with a fragment", 400, "GET /#a HTTP/1.1", HOST],
  ["a target that is not a path", 400, "GET x HTTP/1.1", HOST],
  ["a target of another scheme", 400, "GET https://h/ HTTP/1.1", HOST],
  ["a target with credentials", 400, "GET http://a@h/ HTTP/1.1", HOST],
  ["an asterisk but for OPTIONS", 400, "GET * HTTP/1.1", HOST],
  ["two blanks in the request line", 400, "GET  / HTTP/1.1", HOST],
  ["a tab in the request line", 400, "GET\t/ HTTP/1.1", HOST],
  ["no version", 400, "GET /", HOST],
  ["a version in small letters", 400, "GET / http/1.1", HOST],
  ["HTTP/2.0", 505, "PRI * HTTP/2.0"],
  ["HTTP/1.2", 505, "GET / HTTP/1.2", HOST],
  ["HTTP/0.9", 505, "GET / HTTP/0.9", HOST],
  ["an unknown method", 501, "BREW / HTTP/1.1", HOST],
  ["an unknown method with a bad framing", 400, "BREW / HTTP/1.1", HOST, "Transfer-Encoding: x"],
  ["CONNECT", 400, "CONNECT h:80 HTTP/1.1", HOST],
  ["TRACE", 405, "TRACE / HTTP/1.1", HOST],
  ["an Expect of another kind", 417, POST, HOST, "Expect: 200-ok"],
  ["more than a hundred headers", 431, GET, HOST, ...Array.from({ length: 100 }, (_, i) => `X${i}: 1`)],
];
for (const [what, expected, ...lines] of REFUSED) {
  Deno.test(`readRequestHead() refuses ${what} with ${expected}`, () =>
    assertEquals(status(...lines), expected));
}

Deno.test("readRequestHead() repeats an unknown method by its beginning only", () => {
  const short = read("A234567890123456789B / HTTP/1.1", HOST);
  assert("reason" in short);
  assertEquals(short.reason, "No method A234567890123456789B here");
  const long = read(`${"M".repeat(8000)} / HTTP/1.1`, HOST);
  assert("reason" in long);
  assertEquals(long.reason, `No method ${"M".repeat(20)}... here`);
});

Deno.test("readRequestHead() reads a request", () => {
  const head = read("POST /api/v1?x=1 HTTP/1.1", "hOST: h:1985", "X-A: 1 ", "x-a:\t2", "Content-Length: 7");
  assert("url" in head);
  const { fields: _fields, url, ...rest } = head;
  assertEquals([url.href, rest], ["http://h:1985/api/v1?x=1", {
    method: "POST",
    path: "/api/v1",
    query: "?x=1",
    host: "h:1985",
    bodyBytes: 7,
    expectsContinue: false,
    keepAlive: true,
    version: "1.1",
  }]);
  assertEquals(Object.fromEntries(headersOf(head)), { host: "h:1985", "content-length": "7", "x-a": "1, 2" });
});

Deno.test("readRequestHead() takes the host of an absolute target instead of Host", () => {
  const head = read("GET http://foreign.example/x HTTP/1.1", "Host: localhost");
  assert("url" in head);
  assertEquals([head.url.href, headersOf(head).get("host")], ["http://foreign.example/x", "foreign.example"]);
});

Deno.test("readRequestHead() gives a request of HTTP/1.0 a host and no further request", () => {
  const head = read("GET /x HTTP/1.0", "Connection: keep-alive");
  assert("url" in head);
  assertEquals([head.url.href, head.keepAlive], ["http://127.0.0.1:1985/x", false]);
});

Deno.test("readRequestHead() sees close among the options of Connection", () => {
  const head = read(GET, HOST, "Connection: x", "Connection: Upgrade,  Close ");
  assert("url" in head && !head.keepAlive);
});
