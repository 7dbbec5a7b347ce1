import type { TakenConnection } from "../../../../http/server/exchange.ts";
import { respondWith } from "../../../../http/server/exchange.ts";
import { encodeFrame, FrameType, Setting } from "../../../../http/server/h2/frame.ts";
import { H2ErrorCode } from "../../../../http/server/h2/h2_error.ts";
import { UnfinishedBody } from "../../../../http/server/unfinished_body.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import {
  blockOf,
  dataFrame,
  getOf,
  headersFrame,
  OPEN,
  opening,
  postOf,
  resetFrame,
  windowUpdate,
} from "../../../support/http/h2_frames.ts";
import { H2MemoryClient } from "../../../support/http/h2_socket.ts";
import { HeldExchanges } from "../../../support/http/held_exchanges.ts";

const encoder = new TextEncoder();

/** Says what it was asked for. */
const echo = respondWith(async (request, ip) =>
  new Response(`${request.method} ${request.url} ${ip} ${await request.text()}`)
);

Deno.test("H2Connection answers requests of one connection, in any order", async () => {
  const client = new H2MemoryClient(echo);
  await client.send(opening(), headersFrame(1, getOf("/a?x=1")), headersFrame(3, postOf("/b"), OPEN));
  assertMatch(client.answer(1).headers["date"] ?? "", / GMT$/);
  await client.send(headersFrame(5, getOf("/c")), dataFrame(3, encoder.encode("hello")));
  assertEquals([1, 3, 5].map((id) => client.answer(id).body), [
    "GET http://h/a?x=1 192.0.2.1 ",
    "POST http://h/b 192.0.2.1 hello",
    "GET http://h/c 192.0.2.1 ",
  ]);
  assertEquals([1, 3, 5].map((id) => client.answer(id).isEnded), [true, true, true]);
  assertEquals(client.reports, []);
  client.connection.close();
  assert(client.hasEnded);
});

Deno.test("H2Connection takes what handlers write for HTTP/1.1, head first, in any pieces", async () => {
  const message = encoder.encode(
    "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nConnection: close\r\nContent-Length: 4\r\n\r\nwhole",
  ).subarray(0, -1);
  const client = new H2MemoryClient(async (exchange) => {
    const { head } = exchange;
    const bodyAt = message.length - 4;
    if (head.method === "HEAD") return await exchange.write(message.subarray(0, bodyAt));
    if (head.path === "/whole") return await exchange.write(message);
    await exchange.write(message.subarray(0, bodyAt));
    await exchange.write(message.subarray(bodyAt));
  });
  const head = [[":method", "HEAD"], ...getOf("/whole").slice(1)] as const;
  await client.send(opening(), headersFrame(1, getOf("/whole")), headersFrame(3, getOf("/parts")));
  await client.send(headersFrame(5, head));
  const headers = { ":status": "200", "content-type": "a/b", "content-length": "4" };
  const answer = { headers, body: "whol", isEnded: true, reset: undefined };
  assertEquals([client.answer(1), client.answer(3)], [answer, answer]);
  assertEquals(client.answer(5), { ...answer, body: "" });
  client.connection.close();
});

Deno.test("H2Connection sends no more than the windows of the client have room for", async () => {
  const client = new H2MemoryClient(respondWith(() => new Response("x".repeat(200_000))));
  await client.send(opening([[Setting.InitialWindowSize, 10]]), headersFrame(1, getOf("/")));
  assertEquals(client.answer(1).body.length, 10);
  await client.send(windowUpdate(1, 90_000));
  // The connection's window is full.
  assertEquals(client.answer(1).body.length, 65_535);
  await client.send(windowUpdate(0, 200_000));
  assertEquals(client.answer(1).body.length, 90_010);
  // All windows of streams grow with the setting.
  await client.send(opening([[Setting.InitialWindowSize, 200_000]]).subarray(24));
  const { body, isEnded } = client.answer(1);
  assertEquals([body.length, isEnded], [200_000, true]);
  assert(client.frames.every(({ payload }) => payload.length <= 16_384));
  client.connection.close();
});

Deno.test("H2Connection lets streams take turns", async () => {
  const client = new H2MemoryClient(respondWith(() => new Response("x".repeat(100_000))));
  await client.send(opening([[Setting.InitialWindowSize, 0]]), windowUpdate(0, 1_000_000));
  await client.send(headersFrame(1, getOf("/")), headersFrame(3, getOf("/")));
  await client.send(opening([[Setting.InitialWindowSize, 1_000_000]]).subarray(24));
  const order = client.frames.filter(({ type }) => type === FrameType.Data).map(({ streamId }) => streamId);
  assertEquals(order.slice(0, 8), [1, 3, 1, 3, 1, 3, 1, 3]);
  client.connection.close();
});

Deno.test("H2Connection gives a stream to its handler, which ends or cuts it", async () => {
  const taken: TakenConnection[] = [];
  const left: string[] = [];
  const streams = new H2MemoryClient((exchange) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const connection = exchange.takeOver({
      received: () => {},
      left: (how) => {
        left.push(how);
        resolve();
      },
    });
    taken.push({
      ...connection,
      hangUp: async () => {
        await connection.hangUp();
        resolve();
      },
    });
    return promise;
  });
  await streams.send(opening(), ...[1, 3, 5].map((id) => headersFrame(id, getOf(`/${id}`))));
  const head = encoder.encode("HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nConnection: close\r\n\r\n");
  for (const connection of taken) assertEquals(await connection.write(head), head.length);
  assertEquals(await taken[0]?.write(encoder.encode("tag")), 3);
  await taken[0]?.hangUp();
  taken[1]?.close();
  await streams.send(resetFrame(5));
  assertEquals(streams.answer(1), {
    headers: { ":status": "200", "content-type": "video/x-flv" },
    body: "tag",
    isEnded: true,
    reset: undefined,
  });
  const { isEnded, reset } = streams.answer(3);
  assertEquals([isEnded, reset], [false, H2ErrorCode.InternalError]);
  assertEquals(left, ["lost", "reset"]);
  const gone = await taken[2]?.write(encoder.encode("tag")).catch((error: unknown) => error);
  assert(gone instanceof Deno.errors.BrokenPipe);
  assertEquals(streams.reports, []);
  streams.connection.close();
});

Deno.test("H2Connection reports that a client gives a stream up, and that it leaves", async () => {
  const held = new HeldExchanges();
  const client = new H2MemoryClient(held.handle);
  await client.send(opening(), headersFrame(1, getOf("/a")), headersFrame(3, getOf("/b")), resetFrame(1));
  assertEquals(held.left, ["/a reset"]);
  await client.leave();
  assertEquals(held.left, ["/a reset", "/b reset"]);
  assert(client.isClosed && !client.hasEnded);
  held.release();
  await client.settle();
  assert(client.hasEnded);
  assertEquals(client.reports, []);
});

Deno.test("H2Connection serves 128 requests at a time, and refuses one more", async () => {
  const held = new HeldExchanges();
  const client = new H2MemoryClient(held.handle);
  await client.send(
    opening(),
    ...Array.from({ length: 129 }, (_, i) => headersFrame(2 * i + 1, getOf(`/${i}`))),
  );
  assertEquals(held.exchanges.length, 128);
  assertEquals(client.answer(257).reset, H2ErrorCode.RefusedStream);
  // One that is given up counts as long as somebody works for it.
  await client.send(resetFrame(1), headersFrame(259, getOf("/x")));
  assertEquals(client.answer(259).reset, H2ErrorCode.RefusedStream);
  held.release();
  await client.settle();
  await client.send(headersFrame(261, getOf("/y")));
  assertEquals(client.answer(261).body, "late");
  client.connection.close();
});

Deno.test("H2Connection counts each request beyond the first as a connection", async () => {
  const held = new HeldExchanges();
  const client = new H2MemoryClient(held.handle, { places: 2 });
  await client.send(opening(), ...[1, 3, 5, 7].map((id) => headersFrame(id, getOf(`/${id}`))));
  assertEquals([held.exchanges.length, client.reports], [3, ["full"]]);
  const { headers, body } = client.answer(7);
  assertEquals([headers[":status"], body], ["503", "The server has as many connections as it may have\n"]);
  held.release();
  await client.settle();
  await client.send(...[9, 11, 13, 15].map((id) => headersFrame(id, getOf(`/${id}`))));
  assertEquals([held.exchanges.length, client.reports.length], [6, 2]);
  client.connection.close();
});

Deno.test("H2Connection serves what has begun when it is to end, and nothing more", async () => {
  const held = new HeldExchanges();
  const client = new H2MemoryClient(held.handle);
  await client.send(opening(), headersFrame(1, getOf("/a")));
  client.connection.end();
  await client.send(headersFrame(3, getOf("/b")));
  assertEquals([client.goneAway, client.answer(3).reset], [H2ErrorCode.NoError, H2ErrorCode.RefusedStream]);
  assert(!client.isClosed);
  held.release();
  await client.settle();
  assertEquals(client.answer(1).body, "late");
  await client.clock.advance(1000);
  assert(client.isClosed && client.hasEnded);
});

Deno.test("H2Connection answers 500 for a handler that fails, and cuts an answer that cannot be completed", async () => {
  const client = new H2MemoryClient(async (exchange) => {
    if (exchange.head.path === "/bug") throw new Error("a bug");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encoder.encode("some"));
      },
      pull: () => Promise.reject(new UnfinishedBody("it broke off")),
    }, { highWaterMark: 0 });
    await exchange.respond(new Response(body, { headers: { "content-length": "10" } }));
  });
  await client.send(opening(), headersFrame(1, getOf("/bug")), headersFrame(3, getOf("/cut")));
  const bug = client.answer(1);
  assertEquals([bug.headers[":status"], bug.body], ["500", "The server could not answer\n"]);
  const { body, isEnded, reset } = client.answer(3);
  assertEquals([body, isEnded, reset], ["some", false, H2ErrorCode.InternalError]);
  assertEquals(client.reports, ["bug: Error: a bug", "it broke off"]);
  client.connection.close();
});

Deno.test("H2Connection reads headers with padding and priority, in several frames, and trailers", async () => {
  const client = new H2MemoryClient(echo);
  const block = blockOf(getOf("/a"));
  const padded = new Uint8Array([3, 0, 0, 0, 0, 16, ...block, 0, 0, 0]);
  await client.send(opening(), encodeFrame(FrameType.Headers, { streamId: 1, flags: 0x2d }, padded));
  await client.send(
    encodeFrame(FrameType.Headers, { streamId: 3, flags: 1 }, block.subarray(0, 10)),
    encodeFrame(FrameType.Continuation, { streamId: 3 }, block.subarray(10, 11)),
    encodeFrame(FrameType.Continuation, { streamId: 3, flags: 4 }, block.subarray(11)),
  );
  await client.send(
    headersFrame(5, postOf("/b"), OPEN),
    encodeFrame(FrameType.Data, { streamId: 5, flags: 8 }, encoder.encode("\x02body\0\0")),
    headersFrame(5, [["x-sum", "1"]]),
  );
  assertEquals([1, 3, 5].map((id) => client.answer(id).body), [
    "GET http://h/a 192.0.2.1 ",
    "GET http://h/a 192.0.2.1 ",
    "POST http://h/b 192.0.2.1 body",
  ]);
  assertEquals(client.reports, []);
  client.connection.close();
});

Deno.test("H2Connection gives the window back that bodies have used", async () => {
  const client = new H2MemoryClient(echo, { limits: { maxBodyBytes: 20_000 } });
  await client.send(opening());
  for (let id = 1; id < 20; id += 2) {
    await client.send(headersFrame(id, postOf("/"), OPEN), dataFrame(id, new Uint8Array(16_000)));
    assertEquals(client.answer(id).headers[":status"], "200");
  }
  const updates = client.frames.filter(({ type }) => type === FrameType.WindowUpdate);
  const returned = updates.reduce((sum, { payload }) => sum + new DataView(payload.buffer).getUint32(0), 0);
  assertEquals(returned, 160_000);
  client.connection.close();
});
