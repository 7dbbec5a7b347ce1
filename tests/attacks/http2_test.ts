/**
 * Attacks by frames of HTTP/2: what is allowed once, in great numbers.
 *
 * @module
 */
import { respondWith } from "../../http/server/exchange.ts";
import { encodeFrame, FrameType } from "../../http/server/h2/frame.ts";
import { H2ErrorCode } from "../../http/server/h2/h2_error.ts";
import { assertEquals } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import {
  blockOf,
  getOf,
  headersFrame,
  opening,
  PING,
  resetFrame,
  windowUpdate,
} from "../support/http/h2_frames.ts";
import { H2MemoryClient } from "../support/http/h2_socket.ts";
import { HeldExchanges } from "../support/http/held_exchanges.ts";

const echo = respondWith(({ method, url }) => new Response(`${method} ${url} `));

/** What is allowed once is too much in great numbers. */
const FLOODS: readonly (readonly [what: string, frame: (i: number) => readonly Uint8Array[]])[] = [
  ["PING", () => [PING]],
  ["SETTINGS", () => [opening().subarray(24)]],
  ["PRIORITY", () => [encodeFrame(FrameType.Priority, { streamId: 1 }, new Uint8Array(5))]],
  ["frames of extensions", () => [encodeFrame(0xbe, {}, new Uint8Array(0))]],
  ["updates of windows", () => [windowUpdate(0, 1)]],
  ["streams that are given up", (i) => [headersFrame(2 * i + 1, getOf("/")), resetFrame(2 * i + 1)]],
  ["requests that contradict themselves", (i) => [headersFrame(2 * i + 1, [["x", "y"]])]],
];
for (const [what, frame] of FLOODS) {
  attackTest(37, `a flood of ${what} ends its connection`, async () => {
    const client = new H2MemoryClient(echo);
    await client.send(opening());
    await client.send(...Array.from({ length: 2500 }, (_, i) => frame(i)).flat());
    assertEquals(client.goneAway, H2ErrorCode.EnhanceYourCalm);
    client.connection.close();
  });
}

attackTest(
  37,
  "answers to frames that are not read are bounded, and end the connection in time",
  async () => {
    const client = new H2MemoryClient(echo, { limits: { writeTimeoutMs: 5000 } });
    await client.send(opening());
    client.isStuck = true;
    await client.send(...Array.from({ length: 1900 }, () => PING));
    assertEquals(client.reports, []);
    await client.pass(5000);
    assertEquals([client.reports, client.isClosed], [["write_timeout"], true]);
  },
);

attackTest(37, "requests that are given up keep their place until their work is done", async () => {
  const held = new HeldExchanges();
  const client = new H2MemoryClient(held.handle);
  const ids = Array.from({ length: 300 }, (_, i) => 2 * i + 1);
  await client.send(opening(), ...ids.flatMap((id) => [headersFrame(id, getOf("/")), resetFrame(id)]));
  assertEquals(held.exchanges.length, 128);
  client.connection.close();
  held.release();
});

attackTest(
  37,
  "a small block that stands for a large list is refused with 431, and costs no more",
  async () => {
    const client = new H2MemoryClient(echo);
    const name = `7e${"61".repeat(126)}`;
    const bomb = Uint8Array.fromHex(`40${name}${name}${"be".repeat(15_000)}`);
    const block = new Uint8Array([...blockOf(getOf("/")), ...bomb]);
    await client.send(opening(), encodeFrame(FrameType.Headers, { streamId: 1, flags: 5 }, block));
    await client.send(headersFrame(3, getOf("/next")));
    assertEquals([client.answer(1), client.answer(3)].map(({ headers }) => headers[":status"]), [
      "431",
      "200",
    ]);
    client.connection.close();
  },
);
