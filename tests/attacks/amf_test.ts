/**
 * Attacks by AMF, by malformed messages, and by what multiplies.
 *
 * @module
 */
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { MessageType } from "../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { bytes } from "../support/bytes.ts";
import { aacFrame, avcKeyFrame } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import {
  commandBody,
  endedByLimit,
  sendCommandBody,
  sendUntilEnded,
  underAttack,
  unlessEnded,
} from "./support.ts";

const CALL = commandBody("call");

const OBJECT = 0x03;

const MEMBER = [0, 1, "a"] as const;

function repeat(count: number, ...parts: readonly (number | string)[]): Uint8Array<ArrayBuffer> {
  return bytes(...Array.from({ length: count }, () => bytes(...parts)));
}

attackTest(
  8,
  "objects nested deeper than any encoder nests end their connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await sendCommandBody(client, bytes(CALL, repeat(5000, OBJECT, ...MEMBER)));
      await endedByLimit(harness, client, "max_amf_depth");
    }),
);

attackTest(
  8,
  "more values than any command has end their connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await sendCommandBody(client, bytes(CALL, repeat(5000, 0x05)));
      await endedByLimit(harness, client, "max_amf_nodes");
    }),
);

const BROKEN: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ["a strict array of four thousand million values", bytes(CALL, 0x0a, 0xff, 0xff, 0xff, 0xff)],
  ["an object without end", bytes(CALL, OBJECT, ...MEMBER, 0x05)],
  ["a long string longer than its message", bytes(CALL, 0x0c, 0xff, 0xff, 0xff, 0xff, "x")],
  ["an ECMA array that stops", bytes(CALL, 0x08, 0, 0, 0, 9, ...MEMBER)],
  ["a reference to nothing", bytes(CALL, 0x07, 0xff, 0xff)],
  ["a reference to itself", bytes(CALL, OBJECT, ...MEMBER, 0x07, 0, 0, 0, 0, 0x09)],
  ["a marker that does not exist", bytes(CALL, 0x7e)],
  ["nothing at all", bytes()],
  ["a number cut off", bytes(CALL, 0x00, 1, 2)],
];

for (const [what, body] of BROKEN) {
  attackTest(8, `${what} ends its connection`, () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await sendCommandBody(client, body);
      await client.closed;
      const { fields } = await harness.logged("Protocol error");
      assert(fields.code === 2005 || fields.code === 2006, String(fields.error));
    }));
}

attackTest(
  8,
  "a string above its size ends its connection",
  () =>
    underAttack({ wireLimits: { maxAmfStringBytes: 1000 } }, async (harness) => {
      const client = await harness.client();
      await sendCommandBody(client, commandBody("call", "x".repeat(1001)));
      await endedByLimit(harness, client, "max_amf_string");
    }),
);

attackTest(
  8,
  "members named __proto__ and constructor poison nothing",
  () =>
    underAttack({}, async (harness) => {
      const client = harness.keep(await harness.open());
      const poison = Amf0Object.of({ polluted: true });
      const object = Amf0Object.of({ tcUrl: "rtmp://127.0.0.1/live", app: "live" });
      for (const name of ["__proto__", "constructor", "prototype", "toString"]) object.set(name, poison);
      await sendCommandBody(client, commandBody("connect", object));
      await client.waitForCommand("_result");
      assertEquals(Reflect.get({}, "polluted"), undefined);
    }),
);

attackTest(8, "members given twice count once, by the last", () =>
  underAttack({}, async (harness) => {
    const client = harness.keep(await harness.open());
    const member = (url: string) => bytes(0, 5, "tcUrl", 0x02, 0, url.length, url);
    const twice = bytes(OBJECT, member("rtmp://h/first"), member("rtmp://h/other"), 0, 0, 0x09);
    await sendCommandBody(client, bytes(commandBody("connect"), twice));
    await client.waitForCommand("_result");
    assertEquals(harness.hooks.records.at(-1)?.request.client.app, "other");
  }));

attackTest(
  27,
  "random bytes past the handshake, a hundred times, end their connections alone",
  () =>
    underAttack({}, async (harness) => {
      for (let i = 0; i < 100; i++) {
        const client = harness.keep(await harness.open());
        const noise = crypto.getRandomValues(new Uint8Array(2000));
        await unlessEnded(client.sendBytes(noise));
        await client.close();
      }
    }),
);

attackTest(
  27,
  "random bodies of every message type end their connections alone",
  () =>
    underAttack({ limits: { maxCommandsPerSecond: 0 } }, async (harness) => {
      for (let typeId = 0; typeId < 256; typeId++) {
        const client = await harness.client();
        if (typeId % 3 === 0) await client.publish(`noise${typeId}`);
        if (typeId % 3 === 1) await client.play(`noise${typeId}`);
        for (let size = 0; size < 40; size += 3) {
          const payload = crypto.getRandomValues(new Uint8Array(size));
          await client.send({ typeId, timestamp: size, streamId: 1, chunkStreamId: 8, payload }).catch(() =>
            undefined
          );
        }
        await client.close();
      }
    }),
);

attackTest(
  27,
  "commands in every wrong order end their connections alone",
  () =>
    underAttack({}, async (harness) => {
      const names = [
        "play",
        "publish",
        "deleteStream",
        "pause",
        "FCUnpublish",
        "connect",
        "_result",
        "closeStream",
      ];
      for (const first of names) {
        for (const second of names) {
          const client = await harness.client();
          for (const name of [first, second]) {
            await unlessEnded(client.streamCommand(name, "wrong"));
          }
          await unlessEnded(client.sendAudio(aacFrame(), 0));
          await client.close();
        }
      }
    }),
);

attackTest(
  15,
  "turning video off and on a thousand times ends the connection and replays nothing",
  async () => {
    await using harness = RtmpHarness.start();
    const publisher = await harness.client();
    await publisher.publish("livestream");
    const key = avcKeyFrame({ size: 50_000 });
    await publisher.sendVideo(key, 0);
    const player = await harness.client();
    await player.play("livestream");
    await player.waitFor(({ typeId }) => typeId === MessageType.Video);
    const before = player.bytesReceived;
    let on = false;
    await sendUntilEnded(player, () => player.streamCommand("receiveVideo", on = !on));
    await endedByLimit(harness, player, "max_commands_per_second");
    assert(player.bytesReceived - before < key.length, "no key frame came again");
  },
);

attackTest(15, "play and closeStream over and over end the connection", async () => {
  await using harness = RtmpHarness.start({ limits: { maxCommandsPerSecond: 0 } });
  const player = await harness.client();
  await player.createStream();
  await sendUntilEnded(player, async () => {
    await player.streamCommand("play", "livestream");
    await player.status("NetStream.Play.Start");
    await player.streamCommand("closeStream");
  });
  await endedByLimit(harness, player, "max_starts_per_minute");
  assertEquals(harness.hooks.records.filter(({ event }) => event === "on_play").length, 30);
});
