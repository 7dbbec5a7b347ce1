import { HttpServer } from "../../../http/server/http_server.ts";
import { ConnectionCap } from "../../../http/server/connection_cap.ts";
import { respondWith, type ResponseHandler } from "../../../http/server/exchange.ts";
import type { HttpServerLimits } from "../../../http/server/ports.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { until } from "../../support/wait.ts";
import { SkippingClock } from "../../support/manual_clock.ts";

/** A server of a test, and what it reported. */
class TestServer implements AsyncDisposable {
  readonly clock = new SkippingClock();
  readonly limits: string[] = [];
  readonly bugs: unknown[] = [];
  readonly server: HttpServer;

  constructor(handler: ResponseHandler, limits: Partial<HttpServerLimits> = {}, maxConnections = 10) {
    this.server = HttpServer.listen({
      listen: [{ hostname: "127.0.0.1", port: 0 }],
      limits: {
        ...{ headTimeoutMs: 10_000, idleTimeoutMs: 60_000 },
        ...{ writeTimeoutMs: 10_000, maxBodyBytes: 100 },
        ...limits,
      },
    }, {
      clock: this.clock,
      handler: respondWith(handler),
      gate: new ConnectionCap(maxConnections, () => this.limits.push("max_connections")),
      events: {
        limit: (limit, { quiet }) => this.limits.push(quiet ? `${limit}, quiet` : limit),
        refused: () => {},
        handshakeFailed: () => {},
        proxyRefused: () => {},
        unfinished: (detail) => this.bugs.push(detail),
        acceptFailed: (_fault, error) => this.bugs.push(error),
        bug: (error) => this.bugs.push(error),
      },
    });
  }

  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.server.addresses[0]?.port ?? 0 });
  }

  /** Everything that comes for `text` until the server closes the connection. */
  async exchange(text: string): Promise<string> {
    using conn = await this.connect();
    await conn.write(new TextEncoder().encode(text));
    return await readToEnd(conn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.drain(1000);
    assertEquals(this.bugs, []);
  }
}

async function readToEnd(conn: Deno.TcpConn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
    text += new TextDecoder().decode(buffer.subarray(0, read));
  }
  return text;
}

/** Reads until `end` has come. */
async function readUntil(conn: Deno.TcpConn, end: string): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  while (!text.includes(end)) {
    const read = await conn.read(buffer);
    assert(read !== null, `the connection ended after ${text}`);
    text += new TextDecoder().decode(buffer.subarray(0, read));
  }
  return text;
}

const echo: ResponseHandler = async (request) => {
  const body = `${request.method} ${new URL(request.url).pathname} ${await request.text()};`;
  return new Response(body, { headers: { "content-length": String(body.length) } });
};

const LAST = "Host: h\r\nConnection: close\r\n\r\n";

Deno.test("HttpServer answers pipelined requests in their order on one connection", async () => {
  await using server = new TestServer(echo);
  const text = await server.exchange(
    `GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyzDELETE /c HTTP/1.1\r\n${LAST}`,
  );
  assertEquals(text.match(/[A-Z]+ \/[abc] \w*;/g), ["GET /a ;", "POST /b xyz;", "DELETE /c ;"]);
  assertEquals(text.match(/connection: close/gi)?.length, 1);
});

Deno.test("HttpServer answers HEAD with the length of GET and without a body", async () => {
  await using server = new TestServer(echo);
  const text = await server.exchange(`HEAD /a HTTP/1.1\r\n${LAST}`);
  assertMatch(text, /^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*content-length: 9\r\n(?:.*\r\n)*\r\n$/i);
});

Deno.test("HttpServer sends a body without a length in chunks, and ends it with the connection for HTTP/1.0", async () => {
  await using server = new TestServer(() =>
    new Response(ReadableStream.from(["ab", "", "cde"]).pipeThrough(new TextEncoderStream()))
  );
  assert(
    (await server.exchange(`GET / HTTP/1.1\r\n${LAST}`)).endsWith("\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
  );
  const old = await server.exchange("GET / HTTP/1.0\r\n\r\n");
  assert(old.endsWith("\r\n\r\nabcde") && !/transfer-encoding/i.test(old));
});

Deno.test("HttpServer asks for the body of a client that waits to be asked", async () => {
  await using server = new TestServer(echo);
  using conn = await server.connect();
  await conn.write(new TextEncoder().encode(
    `POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n${LAST}`,
  ));
  assertEquals(await readUntil(conn, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  await conn.write(new TextEncoder().encode("hi"));
  assertMatch(await readToEnd(conn), /POST \/b hi;$/);
});

for (
  const [what, text, status] of [
    ["two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
    ],
    ["TLS", "\x16\x03\x01\x02", 400],
    ["a path without end", `GET /${"a".repeat(9000)}`, 414],
  ] as const
) {
  Deno.test(`HttpServer answers ${what} with ${status} and takes nothing that follows`, async () => {
    const paths: string[] = [];
    await using server = new TestServer((request) => {
      paths.push(request.url);
      return new Response(null);
    });
    const answer = await server.exchange(`${text}GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n`);
    assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assertEquals([answer.split("HTTP/1.1 ").length, paths], [2, []]);
  });
}

Deno.test("HttpServer answers 408 to a request that does not arrive in time", async () => {
  await using server = new TestServer(echo, { headTimeoutMs: 100 });
  const late = async (text: string) => {
    using conn = await server.connect();
    await conn.write(new TextEncoder().encode(text));
    return await server.clock.skipUntil(readToEnd(conn));
  };
  assertMatch(await late("GET / HTTP/1.1\r\nHost:"), /^HTTP\/1\.1 408 /);
  assertMatch(await late("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab"), /^HTTP\/1\.1 408 /);
  assertEquals(await late(""), "");
  assertEquals(server.limits, ["head_timeout", "head_timeout", "head_timeout"]);
});

Deno.test("HttpServer answers 408 to a client that asks whether to send its body, and never sends it", async () => {
  await using server = new TestServer(echo, { headTimeoutMs: 100 });
  using conn = await server.connect();
  await conn.write(new TextEncoder().encode(
    "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
  ));
  assertEquals(await readUntil(conn, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  await conn.write(new TextEncoder().encode("ab"));
  assertMatch(await server.clock.skipUntil(readToEnd(conn)), /^HTTP\/1\.1 408 /);
  assertEquals(server.limits, ["head_timeout"]);
});

Deno.test("HttpServer ends a connection that idles after an answer, without a word", async () => {
  await using server = new TestServer(echo, { idleTimeoutMs: 100 });
  using conn = await server.connect();
  await conn.write(new TextEncoder().encode("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"));
  await readUntil(conn, "GET /a ;");
  assertEquals(await server.clock.skipUntil(readToEnd(conn)), "");
  assertEquals(server.limits, ["idle_timeout, quiet"]);
});

Deno.test("HttpServer turns connections above its limit away, and serves again when one is gone", async () => {
  await using server = new TestServer(echo, {}, 1);
  const first = await server.connect();
  await first.write(new TextEncoder().encode("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"));
  await readUntil(first, "GET /a ;");
  assertMatch(
    await server.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    /^HTTP\/1\.1 503 [^]*retry-after: 5/i,
  );
  assertEquals([server.limits, server.server.connectionCount], [["max_connections"], 1]);
  await first.write(new TextEncoder().encode(`GET /b HTTP/1.1\r\n${LAST}`));
  await readToEnd(first);
  first.close();
  await until(() => server.server.connectionCount === 0);
  assertMatch(await server.exchange(`GET /c HTTP/1.1\r\n${LAST}`), /GET \/c ;$/);
});

Deno.test("HttpServer.drain() ends idle connections at once and lets the answer under way be sent", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const server = new TestServer(() => {
    asked.resolve();
    return answer.promise;
  });
  using idle = await server.connect();
  using busy = await server.connect();
  await busy.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  await asked.promise;
  // All that wait learn of it: a takeover may wait for the same as a stop.
  const drained = [server.server.drain(10_000), server.server.drain(10_000)];
  assertEquals(await readToEnd(idle), "");
  answer.resolve(new Response("done"));
  assertMatch(await readToEnd(busy), /connection: close[^]*done/i);
  await Promise.all(drained);
});

Deno.test("HttpServer answers 500 where its handler throws, and reports it", async () => {
  const server = new TestServer(() => {
    throw new TypeError("a bug");
  });
  assertMatch(await server.exchange(`GET / HTTP/1.1\r\n${LAST}`), /^HTTP\/1\.1 500 /);
  assertEquals(server.bugs.length, 1);
  await server.server.drain(0);
});

Deno.test("HttpServer cuts a body that is shorter than its length, so that nobody takes it for whole", async () => {
  const server = new TestServer(() => new Response("ab", { headers: { "content-length": "5" } }));
  assert((await server.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).endsWith("ab"));
  assertMatch(String(server.bugs[0]), /3 bytes shorter/);
  await server.server.drain(0);
});
