/**
 * Encoders that cannot be installed here: what each sends, and what a player has to get of it.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { encodeCommand } from "../../../rtmp/wire/command.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../stream/media.ts";
import type { HarnessOptions, RtmpHarness } from "../rtmp/rtmp_harness.ts";
import type { ConnectOptions, RtmpTestClient } from "../rtmp/rtmp_client.ts";
import {
  bareMetadata,
  chatter,
  flashStart,
  fmleAudio,
  fmleStart,
  fmleStop,
  h264Aac,
  type MediaPayload,
  pictures,
  sounds,
  unacknowledgedKeyFrame,
  wrongMetadata,
} from "./encoder_scripts.ts";

/** What one encoder does. */
export interface Encoder {
  readonly client: string;
  readonly shows: string;
  readonly server?: HarnessOptions;
  readonly connect?: Partial<ConnectOptions>;
  /** In place of a plain `connect`. */
  readonly open?: (harness: RtmpHarness) => Promise<RtmpTestClient>;
  /** Everything up to `publish`. */
  readonly start: (client: RtmpTestClient) => Promise<void>;
  /** Media; what a player has to get of it, in this order. */
  readonly media: (client: RtmpTestClient) => Promise<readonly MediaPayload[]>;
  readonly stop: (client: RtmpTestClient) => Promise<unknown>;
}

const ADOBE = { flashVer: "FMLE/3.0 (compatible; FMSc/1.0)", type: "nonprivate" };

const MUTED = false;

/** All of them. */
export const ENCODERS: readonly Encoder[] = [
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
