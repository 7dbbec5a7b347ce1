/**
 * Encoders and players that cannot be installed here: a scripted client sends what they send over real sockets.
 * What each of them receives, byte for byte, is in `tests/rtmp/session/clients_test.ts`.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object } from "../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../rtmp/wire/chunk_encoder.ts";
import { encodeCommand, encodeData } from "../../rtmp/wire/command.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { ClientRow } from "../support/clients/client_row.ts";
import { REFUSAL } from "../support/clients/streams.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../support/stream/media.ts";
import { type HarnessOptions, RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { ConnectOptions, RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { amf3Command } from "../support/rtmp/session_script.ts";

type Payload = Uint8Array<ArrayBuffer>;

/** What one encoder does. */
interface Encoder {
  readonly client: string;
  readonly shows: string;
  readonly server?: HarnessOptions;
  readonly connect?: Partial<ConnectOptions>;
  /** In place of a plain `connect`. */
  readonly open?: (harness: RtmpHarness) => Promise<RtmpTestClient>;
  /** Everything up to `publish`. */
  readonly start: (client: RtmpTestClient) => Promise<void>;
  /** Media; what a player has to get of it, in this order. */
  readonly media: (client: RtmpTestClient) => Promise<readonly Payload[]>;
  readonly stop: (client: RtmpTestClient) => Promise<unknown>;
}

const ADOBE = { flashVer: "FMLE/3.0 (compatible; FMSc/1.0)", type: "nonprivate" };
const MUTED = false;

async function fmleStart(client: RtmpTestClient): Promise<void> {
  await client.command("releaseStream", "livestream");
  await client.command("FCPublish", "livestream");
  await client.createStream();
  await client.streamCommand("publish", "livestream", "live");
}

async function flashStart(client: RtmpTestClient): Promise<void> {
  await client.createStream();
  await client.streamCommand("publish", "livestream", "live");
}

async function fmleStop(client: RtmpTestClient): Promise<void> {
  await client.streamCommand("FCUnpublish", "livestream");
  await client.streamCommand("deleteStream", 1);
}

async function h264Aac(client: RtmpTestClient): Promise<readonly Payload[]> {
  const payloads = [avcSequenceHeader(), aacSequenceHeader(), avcKeyFrame({ size: 9000 }), aacFrame()];
  const [config, sound, key, frame] = payloads;
  if (config !== undefined) await client.sendVideo(config, 0);
  if (sound !== undefined) await client.sendAudio(sound, 0);
  if (key !== undefined) await client.sendVideo(key, 40);
  if (frame !== undefined) await client.sendAudio(frame, 46);
  return payloads;
}

async function pictures(client: RtmpTestClient, ...timed: [Payload, number][]): Promise<readonly Payload[]> {
  for (const [payload, timestamp] of timed) await client.sendVideo(payload, timestamp);
  return timed.map(([payload]) => payload);
}

async function sounds(client: RtmpTestClient, ...timed: [Payload, number][]): Promise<readonly Payload[]> {
  for (const [payload, timestamp] of timed) await client.sendAudio(payload, timestamp);
  return timed.map(([payload]) => payload);
}

/** Audio on chunk stream 4 as FMLE sends it: the third message begins with 0xC4, a new message without a header. */
async function fmleAudio(client: RtmpTestClient): Promise<readonly Payload[]> {
  const [first, second, third] = [aacSequenceHeader(), aacFrame(), aacFrame()];
  // fmt 0: timestamp 0, length 4, type 8, stream 1; fmt 1: delta 23, length 8, type 8; fmt 3: the same delta.
  await client.sendBytes(Uint8Array.of(0x04, 0, 0, 0, 0, 0, first.length, 8, 1, 0, 0, 0, ...first));
  await client.sendBytes(Uint8Array.of(0x44, 0, 0, 23, 0, 0, second.length, 8, ...second));
  await client.sendBytes(Uint8Array.of(0xc4, ...third));
  return [first, second, third];
}

/** A box that sends no more than two windows ahead of what was acknowledged: a picture has several of them. */
async function unacknowledgedKeyFrame(client: RtmpTestClient): Promise<readonly Payload[]> {
  const payloads = await h264Aac(client);
  await client.waitForControl("acknowledgement");
  const key = avcKeyFrame({ size: 40_000 });
  const encoder = new ChunkEncoder();
  encoder.write({ typeId: MessageType.Video, timestamp: 80, streamId: 1, chunkStreamId: 6, payload: key });
  const wire = encoder.takeOutput() ?? key;
  for (const at of [0, 10_000, 20_000]) {
    await client.sendBytes(wire.subarray(at, at + 10_000));
    await client.waitForControl("acknowledgement");
  }
  await client.sendBytes(wire.subarray(30_000));
  return [...payloads, key];
}

/** Codecs in onMetaData that are not those of the media. */
async function wrongMetadata(client: RtmpTestClient): Promise<void> {
  const values = { videocodecid: 2, audiocodecid: 2, width: 0, height: 0, duration: 0 };
  await client.sendMetadata(Amf0Object.of(values));
}

async function bareMetadata(client: RtmpTestClient): Promise<void> {
  const values = Amf0EcmaArray.of({ width: 1280, height: 720 });
  await client.send(encodeData({ name: "onMetaData", values: [values] }, { streamId: 1, chunkStreamId: 4 }));
}

/** Messages before anything was agreed, of kinds that nobody knows. */
async function chatter(client: RtmpTestClient): Promise<void> {
  const odd: RtmpMessage = {
    typeId: 200,
    timestamp: 0,
    streamId: 0,
    chunkStreamId: 9,
    payload: new Uint8Array(7),
  };
  await client.send(odd);
  await client.sendControl({ kind: "unknownUserControl", eventType: 31, data: new Uint8Array(4) });
  await client.sendControl({ kind: "setBufferLength", streamId: 0, bufferMs: 1000 });
}

const ENCODERS: readonly Encoder[] = [
  {
    client: "FMLE",
    shows: "AAC with messages that begin with fmt 3",
    connect: { extras: ADOBE },
    start: fmleStart,
    media: fmleAudio,
    stop: fmleStop,
  },
  {
    client: "Flash (publisher)",
    shows: "H.264, AAC, without FCPublish",
    connect: { extras: { flashVer: "WIN 9,0,124,2" } },
    start: flashStart,
    media: async (client) => {
      const payloads = await h264Aac(client);
      await client.command("releaseStream", "livestream");
      await client.command("FCPublish", "livestream");
      return payloads;
    },
    stop: (client) => client.streamCommand("closeStream"),
  },
  {
    client: "Wirecast",
    shows: "H.264, AAC, stops with publish(false)",
    connect: { extras: ADOBE },
    start: fmleStart,
    media: h264Aac,
    stop: (client) => client.streamCommand("publish", MUTED),
  },
  {
    client: "Haivision",
    shows: "H.264, AAC, FCPublish behind createStream",
    start: async (client) => {
      await client.command("_checkbw");
      await client.createStream();
      await client.command("FCPublish", "livestream");
      await client.streamCommand("publish", "livestream", "live");
    },
    media: h264Aac,
    stop: fmleStop,
  },
  {
    client: "XSplit",
    shows: "AAC alone, although onMetaData tells of video",
    connect: { extras: ADOBE, chunkSize: 4096 },
    start: fmleStart,
    media: async (client) => {
      await client.sendMetadata(Amf0Object.of({ width: 1920, height: 1080, videocodecid: 7 }));
      return await sounds(client, [aacSequenceHeader(), 0], [aacFrame(), 23]);
    },
    stop: fmleStop,
  },
  {
    client: "Streamlabs",
    shows: "H.264, AAC, wrong onMetaData, and late",
    connect: { extras: ADOBE, chunkSize: 4096 },
    start: fmleStart,
    media: async (client) => {
      await wrongMetadata(client);
      const payloads = await h264Aac(client);
      await wrongMetadata(client);
      return payloads;
    },
    stop: fmleStop,
  },
  {
    client: "DJI",
    shows: "H.264, AAC, odd messages before connect and publish",
    open: async (harness) => {
      const client = await harness.open();
      await chatter(client);
      await client.connectApp({ port: harness.port });
      return client;
    },
    start: async (client) => {
      await client.command("_checkbw");
      await chatter(client);
      await fmleStart(client);
    },
    media: h264Aac,
    stop: fmleStop,
  },
  {
    client: "DVR and NVR boxes",
    shows: "H.264, AAC, acknowledged by in_ack_size",
    server: { vhost: { inAckSize: 5000 } },
    start: fmleStart,
    media: unacknowledgedKeyFrame,
    stop: fmleStop,
  },
  {
    client: "Neko, odd SDKs",
    shows: "H.264, AAC, tcurl in an ECMA array behind a quote",
    open: async (harness) => {
      const client = await harness.open();
      const members = Amf0EcmaArray.of({ app: "live", tcurl: "'rtmp://127.0.0.1/live" });
      const address = { streamId: 0, chunkStreamId: 3 };
      await client.send(encodeCommand({ name: "connect", transactionId: 1, args: [members] }, address));
      await client.waitForCommand("_result");
      return client;
    },
    start: flashStart,
    media: h264Aac,
    stop: fmleStop,
  },
  {
    client: "ZLMediaKit users",
    shows: "H.264, AAC, tcUrl with arguments",
    connect: { tcUrl: "rtmp://127.0.0.1/live?token=a" },
    start: fmleStart,
    media: h264Aac,
    stop: fmleStop,
  },
  {
    client: "Larix, vMix",
    shows: "H.264, AAC, as librtmp with the digest handshake",
    connect: { extras: ADOBE, chunkSize: 60_000, handshake: { form: "digest1" } },
    start: fmleStart,
    media: h264Aac,
    stop: fmleStop,
  },
  {
    client: "Encoders without @setDataFrame",
    shows: "H.264, AAC, a bare onMetaData that reaches players",
    start: flashStart,
    media: async (client) => {
      await bareMetadata(client);
      return await h264Aac(client);
    },
    stop: fmleStop,
  },
  {
    client: "Encoders without onMetaData",
    shows: "an empty AAC configuration, the video configuration twice",
    start: flashStart,
    media: async (client) => {
      const [config, again] = [avcSequenceHeader(), avcSequenceHeader()];
      return [
        ...await sounds(client, [Uint8Array.of(0xaf, 0), 0]),
        ...await pictures(client, [config, 0], [again, 0], [avcKeyFrame(), 40]),
      ];
    },
    stop: fmleStop,
  },
  {
    client: "Encoders with HEVC as codec id 12",
    shows: "HEVC",
    start: fmleStart,
    media: (client) =>
      pictures(
        client,
        [Uint8Array.of(0x1c, 0, 0, 0, 0, 1, 2, 3), 0],
        [Uint8Array.of(0x1c, 1, 0, 0, 0, 4, 5, 6), 40],
        [Uint8Array.of(0x2c, 1, 0, 0, 0, 7, 8, 9), 80],
      ),
    stop: fmleStop,
  },
  {
    client: "IPTV re-streams",
    shows: "H.264 past 4.66 hours and past 2^32 ms",
    server: { play: { timeJitter: "off" } },
    start: fmleStart,
    media: (client) =>
      pictures(
        client,
        [avcSequenceHeader(), 0xffff_ff00],
        [avcKeyFrame({ size: 9000 }), 0xffff_fff0],
        [avcInterFrame(1), 0x18],
      ),
    stop: fmleStop,
  },
];

async function opened(harness: RtmpHarness, { open, connect }: Encoder): Promise<RtmpTestClient> {
  return open === undefined ? await harness.client(connect) : await open(harness);
}

for (const encoder of ENCODERS) {
  const row = new ClientRow({ client: encoder.client });

  row.test("publish", encoder.shows, async () => {
    await using harness = RtmpHarness.start(encoder.server);
    const client = await opened(harness, encoder);
    await encoder.start(client);
    assertEquals((await client.status()).code, "NetStream.Publish.Start");
    const player = await harness.client();
    await player.play("livestream");
    for (const payload of await encoder.media(client)) {
      const message = await player.waitFor(
        ({ typeId }) => typeId === MessageType.Audio || typeId === MessageType.Video,
        "media",
      );
      assertEquals(message.payload, payload);
    }
    await encoder.stop(client);
    assertEquals((await harness.hooks.next("on_unpublish")).ending?.reason, "client");
  });

  row.test("refused publish", "gets the reason", async () => {
    await using harness = RtmpHarness.start(encoder.server);
    harness.hooks.answer = ({ event }) => event === "on_publish" ? { no: REFUSAL } : "yes";
    const client = await opened(harness, encoder);
    await encoder.start(client);
    const { level, code, description } = await client.status();
    assertEquals([level, code, description], ["error", "NetStream.Publish.Rejected", REFUSAL]);
    assertEquals(await client.closed, "fin");
  });
}

const player = new ClientRow({ client: "Flash, JWPlayer (players)" });

player.test("play", "H.264, AAC, commands in AMF3", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const payloads = await h264Aac(publisher);
  const client = await harness.client({ extras: { objectEncoding: 3, pageUrl: "http://page/" } });
  await client.send(amf3Command("createStream", 2, null));
  await client.waitForCommand("_result");
  await client.send({ ...amf3Command("play", 0, null, "livestream", -2, -1), streamId: 1 });
  await client.status("NetStream.Play.Start");
  const got: Payload[] = [];
  while (got.length < payloads.length) {
    const message = await client.waitFor(
      ({ typeId }) => typeId === MessageType.Audio || typeId === MessageType.Video,
      "media",
    );
    got.push(message.payload);
  }
  const [config, sound, key, frame] = payloads;
  assertEquals(got, [sound, config, key, frame].filter((payload) => payload !== undefined));
  await client.send({ ...amf3Command("closeStream", 0, null), streamId: 1 });
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

player.test("more", "a refused play gets the reason", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_play" ? { no: REFUSAL } : "yes";
  const client = await harness.client({ extras: { objectEncoding: 3 } });
  await client.createStream();
  await client.send({ ...amf3Command("play", 0, null, "livestream", -2, -1), streamId: 1 });
  const { level, code, description } = await client.status();
  assertEquals([level, code, description], ["error", "NetStream.Play.Failed", REFUSAL]);
  assertEquals(await client.closed, "fin");
});

const probe = new ClientRow({ client: "Load balancer probes" });

probe.test("more", "connect and leave, which is not an error", async () => {
  await using harness = RtmpHarness.start();
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: harness.port });
  conn.close();
  const { level } = await harness.logged("Client connected and left");
  assertEquals(level, "info");
});
