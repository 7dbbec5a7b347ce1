/**
 * Attacks by frames of HTTP/2: what is allowed once, in great numbers.
 *
 * @module
 */
import { respondWith } from "../../http/server/exchange.ts";
import { encodeFrame, type Frame, FrameType, Setting } from "../../http/server/h2/frame.ts";
import { H2ErrorCode } from "../../http/server/h2/h2_error.ts";
import { assertEquals } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import {
  blockOf,
  getOf,
  headersFrame,
  joinBytes,
  opening,
  PING,
  resetFrame,
  ServerFrames,
  windowUpdate,
} from "../support/http/h2_frames.ts";
import { H2MemoryClient } from "../support/http/h2_socket.ts";
import { PlayerHarness } from "../support/http/player_harness.ts";
import { CA_CERT, SERVER_CERT, TLS_SERVER_KEY } from "../support/net/tls_fixtures.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import type { HookRecord } from "../support/hooks/hook_script.ts";
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

attackTest(37, "a frame of more settings than there are ends its connection", async () => {
  const client = new H2MemoryClient(echo);
  await client.send(opening());
  const window = Uint8Array.of(0, Setting.InitialWindowSize, 0, 0, 0xff, 0xff);
  const frameOf = (settings: number): Uint8Array =>
    encodeFrame(
      FrameType.Settings,
      {},
      new Uint8Array(Array.from({ length: settings }, () => [...window]).flat()),
    );
  await client.send(frameOf(32));
  assertEquals(client.goneAway, undefined);
  await client.send(frameOf(33));
  assertEquals(client.goneAway, H2ErrorCode.EnhanceYourCalm);
  client.connection.close();
});

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

attackTest(
  35,
  "a stream by HTTP/2 that is not read is ended, and another one of its connection goes on",
  async () => {
    await using harness = await PlayerHarness.start({
      play: { sendTimeoutMs: 1000, queueLengthMs: 1000 },
      certificates: { https: { cert: SERVER_CERT, key: TLS_SERVER_KEY } },
    });
    const publisher = await harness.client();
    await publisher.publish("livestream");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    await publisher.sendVideo(avcKeyFrame(), 0);
    using conn = await Deno.connectTls({
      ...{ hostname: "127.0.0.1", port: harness.node.addresses.https[0]?.port ?? 0 },
      ...{ caCerts: [CA_CERT], alpnProtocols: ["h2"] },
    });
    await conn.write(opening([[Setting.InitialWindowSize, 1000]]));
    await conn.write(joinBytes(windowUpdate(0, 0xff_ffff), headersFrame(1, getOf("/live/livestream.flv"))));
    await harness.logged("Play accepted");
    await conn.write(joinBytes(headersFrame(3, getOf("/live/livestream.flv")), windowUpdate(3, 0xff_ffff)));
    await harness.logged("Play accepted");
    const seen = { bytes: [0, 0, 0, 0], resets: new Array<number>() };
    const reading = readFrames(conn, ({ type, streamId, payload }) => {
      if (type === FrameType.Data) seen.bytes[streamId] = (seen.bytes[streamId] ?? 0) + payload.length;
      if (type === FrameType.RstStream) seen.resets.push(streamId);
    });
    let stopped: HookRecord | undefined;
    void harness.hooks.next("on_stop").then((record) => stopped = record);
    let frame = 1;
    const send = async () => {
      await publisher.sendVideo(avcInterFrame(frame, { size: 20_000 }), frame * 100);
      frame++;
      await harness.clock.skip(100);
    };
    while (stopped === undefined) await send();
    assertEquals(stopped.ending?.reason, "slow");
    const before = seen.bytes[3] ?? 0;
    while ((seen.bytes[3] ?? 0) < before + 50_000) await send();
    assertEquals([seen.resets, seen.bytes[1]], [[1], 1000]);
    conn.close();
    await reading;
  },
);

/** Gives all frames that the server sends to `take`, until the connection is closed. */
async function readFrames(conn: Deno.TlsConn, take: (frame: Frame) => void): Promise<void> {
  const splitter = new ServerFrames();
  const room = new Uint8Array(65_536);
  try {
    for (let length = await conn.read(room); length !== null; length = await conn.read(room)) {
      for (const frame of splitter.push(room.subarray(0, length))) take(frame);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) throw error;
  }
}
