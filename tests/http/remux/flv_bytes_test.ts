/**
 * What players by HTTP and WebSocket receive is what was published, byte for byte.
 *
 * @module
 */
import type { FlvTag } from "../../support/http/flv_client.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";
import { assertEquals } from "../../support/assert.ts";

const FRAMES = 300;
const PATH = "/live/cam.flv";
const FRAME_MS = 40;
/** Around the sizes at which the prefixes of chunks and frames grow. */
const SIZES = [16, 90, 110, 111, 112, 239, 240, 4000, 4079, 4080, 65_500, 65_520, 65_521, 70_000];

function plain({ typeId, time, payload }: FlvTag): string {
  let sum = 0;
  for (const byte of payload) sum = (Math.imul(sum, 31) + byte) >>> 0;
  return `${typeId} ${time} ${payload.length} ${sum}`;
}

Deno.test("Players of each kind receive the same messages as were published, from the first to the last", async () => {
  await using harness = await PlayerHarness.start();
  const players = [
    await harness.send(PATH),
    await harness.send(PATH, { version: "1.0" }),
    await harness.send(PATH, { webSocket: true }),
  ];
  for (let i = 0; i < players.length; i++) await harness.logged("Play accepted");
  const publisher = await harness.client();
  await publisher.publish("cam");
  const sent: FlvTag[] = [
    { typeId: 9, time: 0, payload: avcSequenceHeader() },
    { typeId: 8, time: 0, payload: aacSequenceHeader() },
  ];
  for (let frame = 0; frame < FRAMES; frame++) {
    const size = SIZES[frame % SIZES.length] ?? 100;
    const payload = frame % 25 === 0 ? avcKeyFrame({ size }) : avcInterFrame(frame % 25, { size });
    sent.push({ typeId: 9, time: frame * FRAME_MS, payload });
    sent.push({ typeId: 8, time: frame * FRAME_MS + 20, payload: aacFrame() });
  }
  for (const { typeId, time, payload } of sent) {
    if (typeId === 9) await publisher.sendVideo(payload, time);
    else await publisher.sendAudio(payload, time);
  }
  for (const player of players) {
    const received: FlvTag[] = [];
    while (received.length < sent.length) received.push(await player.tag());
    assertEquals(received.map(plain), sent.map(plain));
  }
});
