import { respondWith } from "../../../../http/server/exchange.ts";
import { encodeFrame } from "../../../../http/server/h2/frame.ts";
import { H2ErrorCode } from "../../../../http/server/h2/h2_error.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import {
  dataFrame,
  getOf,
  headersFrame,
  OPEN,
  opening,
  PING,
  postOf,
  windowUpdate,
} from "../../../support/http/h2_frames.ts";
import { H2MemoryClient } from "../../../support/http/h2_socket.ts";

const encoder = new TextEncoder();
const echo = respondWith(({ method, url }) => new Response(`${method} ${url} `));

/** A request that is answered without the handler, and its connection goes on. */
const REFUSED: readonly (readonly [what: string, frames: Uint8Array, status: number])[] = [
  ["a method that nobody knows", headersFrame(1, [[":method", "BREW"], ...getOf("/").slice(1)]), 501],
  ["CONNECT", headersFrame(1, [[":method", "CONNECT"], [":authority", "a:1"]]), 405],
  ["a request without a host", headersFrame(1, getOf("/").slice(0, 3)), 400],
  ["two hosts that differ", headersFrame(1, getOf("/", [["host", "other"]])), 400],
  ["a path with a fragment", headersFrame(1, getOf("/a#b")), 400],
  ["a GET with a body", headersFrame(1, getOf("/", [["content-length", "4"]]), OPEN), 400],
  ["headers that are too large", headersFrame(1, getOf("/", [["x", "y".repeat(16_300)]])), 431],
  [
    "headers that are too large, at once",
    headersFrame(1, getOf("/", [["x", "y".repeat(16_300)]]), OPEN),
    431,
  ],
  ["more headers than 100", headersFrame(1, getOf("/", Array(101).fill(["x", "y"]))), 431],
];
for (const [what, frames, status] of REFUSED) {
  Deno.test(`H2Connection refuses ${what} with ${status}, and serves the next request`, async () => {
    const client = new H2MemoryClient(echo);
    await client.send(opening(), frames);
    if (what.includes("body")) await client.send(dataFrame(1, encoder.encode("body")));
    await client.send(headersFrame(3, getOf("/next")));
    assertEquals(client.answer(1).headers[":status"], String(status));
    assertMatch(client.answer(3).body, /^GET http:\/\/h\/next /);
    assertEquals(client.reports.length, 1);
    client.connection.close();
  });
}

Deno.test("H2Connection refuses a body that is too large before all of it has come", async () => {
  const client = new H2MemoryClient(echo);
  await client.send(opening(), headersFrame(1, postOf("/"), OPEN), dataFrame(1, new Uint8Array(101), OPEN));
  const { headers, isEnded, reset } = client.answer(1);
  assertEquals([headers[":status"], isEnded, reset], ["413", true, H2ErrorCode.NoError]);
  await client.send(dataFrame(1, new Uint8Array(10)), headersFrame(3, getOf("/")));
  assertEquals(client.answer(3).headers[":status"], "200");
  client.connection.close();
});

/** A request that contradicts itself: its stream alone is reset. */
const MALFORMED: readonly (readonly [what: string, ...frames: readonly Uint8Array[]])[] = [
  ["a header in capitals", headersFrame(1, getOf("/", [["Accept", "x"]]))],
  ["a header with a line end", headersFrame(1, getOf("/", [["x", "a\r\nb: c"]]))],
  ["a header of connections", headersFrame(1, getOf("/", [["connection", "close"]]))],
  ["an upgrade", headersFrame(1, getOf("/", [["upgrade", "websocket"]]))],
  ["a pseudo-header behind others", headersFrame(1, [["x", "y"], ...getOf("/")])],
  ["a pseudo-header twice", headersFrame(1, [...getOf("/"), [":path", "/b"]])],
  ["a pseudo-header of responses", headersFrame(1, getOf("/", [[":status", "200"]]))],
  ["no scheme", headersFrame(1, getOf("/").filter(([name]) => name !== ":scheme"))],
  ["a path that is none", headersFrame(1, getOf("http://a/b"))],
  ["less body than announced", headersFrame(1, postOf("/", [["content-length", "3"]]))],
];
for (const [what, ...frames] of MALFORMED) {
  Deno.test(`H2Connection resets a request with ${what}, and serves the next one`, async () => {
    const client = new H2MemoryClient(echo);
    await client.send(opening(), ...frames, headersFrame(3, getOf("/next")));
    assertEquals(client.answer(1).reset, H2ErrorCode.ProtocolError);
    assertEquals(client.answer(3).headers[":status"], "200");
    client.connection.close();
  });
}

/** What ends a connection, and by which code. */
const FATAL: readonly (readonly [what: string, code: number, ...frames: readonly Uint8Array[]])[] = [
  ["HTTP/1.1", H2ErrorCode.ProtocolError, encoder.encode("GET / HTTP/1.1\r\nHost: h\r\n\r\n")],
  ["no SETTINGS first", H2ErrorCode.ProtocolError, opening().subarray(0, 24), headersFrame(1, getOf("/"))],
  [
    "a frame of 16385 bytes",
    H2ErrorCode.FrameSizeError,
    opening(),
    Uint8Array.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1),
  ],
  ["a stream with an even number", H2ErrorCode.ProtocolError, opening(), headersFrame(2, getOf("/"))],
  [
    "data of a stream that is not open",
    H2ErrorCode.ProtocolError,
    opening(),
    dataFrame(1, new Uint8Array(1)),
  ],
  ["a push", H2ErrorCode.ProtocolError, opening(), encodeFrame(5, { streamId: 1 }, new Uint8Array(4))],
  ["a PING of 7 bytes", H2ErrorCode.FrameSizeError, opening(), encodeFrame(6, {}, new Uint8Array(7))],
  [
    "a window of 2 GiB",
    H2ErrorCode.FlowControlError,
    opening(),
    encodeFrame(8, {}, Uint8Array.of(127, 255, 255, 255)),
  ],
  ["an update by 0", H2ErrorCode.ProtocolError, opening(), windowUpdate(0, 0)],
  ["SETTINGS that are cut", H2ErrorCode.FrameSizeError, opening(), encodeFrame(4, {}, new Uint8Array(5))],
  [
    "a header block that is none",
    H2ErrorCode.CompressionError,
    opening(),
    encodeFrame(1, { streamId: 1, flags: 5 }, Uint8Array.of(0x80)),
  ],
  [
    "a header block that is interrupted",
    H2ErrorCode.ProtocolError,
    opening(),
    encodeFrame(1, { streamId: 1, flags: 1 }, Uint8Array.of(0x82)),
    PING,
  ],
  [
    "a header block without end",
    H2ErrorCode.EnhanceYourCalm,
    opening(),
    encodeFrame(1, { streamId: 1, flags: 1 }, Uint8Array.of(0x82)),
    ...Array.from({ length: 9 }, () => encodeFrame(9, { streamId: 1 }, new Uint8Array(0))),
  ],
  [
    "a frame that is all padding",
    H2ErrorCode.ProtocolError,
    opening(),
    encodeFrame(1, { streamId: 1, flags: 0x0d }, Uint8Array.of(5, 0x82)),
  ],
];
for (const [what, code, ...frames] of FATAL) {
  Deno.test(`H2Connection ends with ${what}, and says why`, async () => {
    const client = new H2MemoryClient(echo);
    await client.send(...frames);
    assertEquals(client.goneAway, code);
    assertEquals(client.reports.length, 1, client.reports.join());
    assertMatch(client.reports[0] ?? "", /^400: HTTP\/2: /);
    await client.send(new Uint8Array(40_000));
    await client.clock.advance(1000);
    assert(client.isClosed && client.hasEnded);
    assertEquals(client.clock.timers, 0);
  });
}
