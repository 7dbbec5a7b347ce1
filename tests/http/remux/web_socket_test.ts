/**
 * WebSocket-FLV over real sockets: handshake, frames and close codes. RFC 6455.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import type { FlvClient } from "../../support/http/flv_client.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import { maskedFrame } from "../../support/http/web_socket_client.ts";
import { avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";

const PATH = "/live/cam.flv";
const MASK = Uint8Array.of(1, 2, 3, 4);
const Opcode = { Close: 8, Ping: 9, Pong: 10 } as const;

async function closeCode(player: FlvClient): Promise<number> {
  const { payload } = await player.controls.take(({ opcode }) => opcode === Opcode.Close, "a close frame");
  return new DataView(payload.buffer).getUint16(0);
}

async function publish(harness: PlayerHarness) {
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  for (let time = 40; time <= 600; time += 40) await publisher.sendVideo(avcKeyFrame(), time);
  return publisher;
}

Deno.test("A WebSocket gets the file in binary frames, answers pings, and ends as its client wants", async () => {
  await using harness = await PlayerHarness.start();
  const publisher = await publish(harness);
  const player = await harness.send(PATH, { webSocket: true });
  // §1.3 has this key and its answer.
  assertMatch(
    await player.head(),
    /^HTTP\/1\.1 101 [^]*sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i,
  );
  assertEquals(await player.flags(), 1);
  const frame = avcKeyFrame({ size: 70_000 });
  await publisher.sendVideo(frame, 640);
  for (let tag = await player.tag(); tag.payload.length !== frame.length;) tag = await player.tag();
  await player.conn.write(maskedFrame(Opcode.Ping, Uint8Array.of(7), MASK));
  const pong = await player.controls.take(({ opcode }) => opcode === Opcode.Pong, "a pong");
  assertEquals([...pong.payload], [7]);
  assertEquals((await harness.hooks.next("on_play")).request.client.protocol, "ws-flv");
  await player.conn.write(maskedFrame(Opcode.Close, Uint8Array.of(0x03, 0xe8), MASK));
  assertEquals(await closeCode(player), 1000);
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

Deno.test("A WebSocket of a browser's kind plays", async () => {
  await using harness = await PlayerHarness.start();
  await publish(harness);
  const socket = new WebSocket(`ws://127.0.0.1:${harness.httpPort}${PATH}`);
  socket.binaryType = "arraybuffer";
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  socket.onmessage = ({ data }) => resolve(new Uint8Array(data));
  assertEquals([...(await promise).subarray(0, 5)], [0x46, 0x4c, 0x56, 1, 1]);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

Deno.test("A WebSocket is closed with the code of the reason", async () => {
  await using harness = await PlayerHarness.start();
  await publish(harness);
  const kicked = await harness.send(PATH, { webSocket: true });
  await kicked.flags();
  const { clientId } = (await harness.hooks.next("on_play")).request.client;
  await harness.node.kick(clientId);
  assertEquals(await closeCode(kicked), 1008);
  const unmasked = await harness.send(PATH, { webSocket: true });
  await unmasked.flags();
  await unmasked.conn.write(Uint8Array.of(0x89, 0));
  assertEquals(await closeCode(unmasked), 1002);
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "kicked");
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "protocol");
  const last = await harness.send(PATH, { webSocket: true });
  await last.flags();
  const drained = harness.node.drain();
  assertEquals(await closeCode(last), 1001);
  await drained;
});

Deno.test("A WebSocket that waits for a publisher is silent, and 404 when nobody comes", async () => {
  await using harness = await PlayerHarness.start();
  const player = await harness.send(PATH, { webSocket: true });
  await harness.logged("Play accepted");
  assert(player.silent);
  await harness.clock.skipUntil(player.head());
  assertEquals(await player.status(), 404);
});

Deno.test("A WebSocket of another version, without a key, or of a page that may not is refused", async () => {
  await using harness = await PlayerHarness.start({
    http: { origins: ["https://*.example.com", "http://tv"] },
  });
  const upgrade = ["Connection: keep-alive, Upgrade", "Upgrade: WebSocket"];
  const version = "Sec-WebSocket-Version: 13";
  const statusOf = async (...headers: string[]) =>
    await (await harness.send(PATH, { headers: [...upgrade, ...headers] })).status();
  assertEquals(await statusOf("Sec-WebSocket-Version: 8"), 426);
  assertEquals(await statusOf(version), 400);
  assertEquals(await statusOf(version, "Sec-WebSocket-Key: short"), 400);
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  for (
    const origin of ["https://example.com", "http://a.example.com", "https://a.example.com.evil", "null"]
  ) {
    assertEquals(await statusOf(version, key, `Origin: ${origin}`), 403, origin);
  }
  await publish(harness);
  for (const origin of ["https://a.example.com", "http://TV"]) {
    assertEquals(await statusOf(version, key, `Origin: ${origin}`), 101, origin);
  }
  assertEquals(await statusOf(version, key), 101, "not a browser");
});
