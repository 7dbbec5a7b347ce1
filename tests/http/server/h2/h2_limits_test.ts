import { respondWith } from "../../../../http/server/exchange.ts";
import { encodeFrame, Setting } from "../../../../http/server/h2/frame.ts";
import { H2ErrorCode } from "../../../../http/server/h2/h2_error.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { getOf, headersFrame, OPEN, opening, PING, postOf } from "../../../support/http/h2_frames.ts";
import { H2MemoryClient } from "../../../support/http/h2_socket.ts";
import { HeldExchanges } from "../../../support/http/held_exchanges.ts";

const echo = respondWith(({ method, url }) => new Response(`${method} ${url} `));

Deno.test("H2Connection gives an answer up that is not taken", async () => {
  const client = new H2MemoryClient(respondWith(() => new Response("x".repeat(100))));
  await client.send(opening([[Setting.InitialWindowSize, 10]]), headersFrame(1, getOf("/")));
  await client.pass(29_000);
  assertEquals(client.reports, []);
  await client.pass(1000);
  assertEquals([client.reports, client.answer(1).reset], [["write_timeout"], H2ErrorCode.Cancel]);
  assert(!client.isClosed);
  client.connection.close();
});

Deno.test("H2Connection ends a client that sends no request, or half of one, or no more", async () => {
  const silent = new H2MemoryClient(echo);
  await silent.send(opening());
  await silent.pass(10_000);
  assertEquals([silent.reports, silent.isClosed], [["head_timeout"], true]);

  const half = new H2MemoryClient(echo);
  await half.send(opening(), headersFrame(1, postOf("/"), OPEN));
  await half.pass(10_000);
  assertEquals([half.reports, half.answer(1).reset], [["head_timeout"], H2ErrorCode.Cancel]);
  half.connection.close();

  const block = new H2MemoryClient(new HeldExchanges().handle);
  await block.send(opening(), headersFrame(1, getOf("/")));
  await block.send(encodeFrame(1, { streamId: 3, flags: 1 }, Uint8Array.of(0x82)));
  await block.pass(10_000);
  assertEquals([block.reports, block.isClosed], [["head_timeout"], true]);

  const idle = new H2MemoryClient(echo);
  await idle.send(opening(), headersFrame(1, getOf("/")));
  await idle.pass(59_000);
  await idle.send(PING);
  assertEquals(idle.goneAway, undefined);
  await idle.pass(1000);
  assertEquals([idle.reports, idle.goneAway], [["idle_timeout, quiet"], H2ErrorCode.NoError]);
  await idle.leave();
  assert(idle.hasEnded);
});
