/**
 * Enhanced RTMP v1 and v2 by scripted publishers: a player that joins in the middle of a GOP gets metadata, the headers of
 * every track and the key frame first, all of it byte for byte.
 *
 * @module
 */
import { Amf0Object, encodeAmf0 } from "../../rtmp/wire/amf0.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { metadata } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

type Payload = Uint8Array<ArrayBuffer>;

/** One message of a publisher. */
interface Sent {
  readonly kind: "video" | "audio";
  readonly payload: Payload;
}

const KEY = 0x90;
const INTER = 0xa0;
const AUDIO = 0x90;

/** Low nibble of the first byte. */
const Video = {
  SequenceStart: 0,
  CodedFrames: 1,
  CodedFramesX: 3,
  Metadata: 4,
  TsStart: 5,
  Multitrack: 6,
  ModEx: 7,
};
const Sound = { SequenceStart: 0, CodedFrames: 1, MultichannelConfig: 4, Multitrack: 5, ModEx: 7 };

/** High nibble behind Multitrack. */
const Tracks = { One: 0x00, Many: 0x10, ManyCodecs: 0x20 };

function fourCc(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function video(...bytes: number[]): Sent {
  return { kind: "video", payload: Uint8Array.from(bytes) };
}

function audio(...bytes: number[]): Sent {
  return { kind: "audio", payload: Uint8Array.from(bytes) };
}

const AVC = fourCc("avc1");
const HEVC = fourCc("hvc1");
const AV1 = fourCc("av01");
const OPUS = fourCc("Opus");
const AAC = fourCc("mp4a");

const HEVC_HEADER = video(KEY | Video.SequenceStart, ...HEVC, 1, 2, 3);
const HEVC_KEY = video(KEY | Video.CodedFramesX, ...HEVC, 4, 5);
const HEVC_INTER = video(INTER | Video.CodedFramesX, ...HEVC, 6, 7);
const OPUS_HEADER = audio(AUDIO | Sound.SequenceStart, ...OPUS, 8, 9);
const OPUS_FRAME = audio(AUDIO | Sound.CodedFrames, ...OPUS, 10);

/** Colour information as the specification has it: a name and an object. */
function colourInfo(transfer: number): Sent {
  const config = Amf0Object.of({ bitDepth: 10, colorPrimaries: 9, transferCharacteristics: transfer });
  const values = encodeAmf0(["colorInfo", Amf0Object.of({ colorConfig: config })]);
  return video(KEY | Video.Metadata, ...HEVC, ...values);
}

async function send(publisher: RtmpTestClient, messages: readonly Sent[], fromMs = 0): Promise<void> {
  for (const [index, { kind, payload }] of messages.entries()) {
    if (kind === "video") await publisher.sendVideo(payload, fromMs + index * 40);
    else await publisher.sendAudio(payload, fromMs + index * 40);
  }
}

function isMedia({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video || typeId === MessageType.Audio;
}

async function take(player: RtmpTestClient, count: number): Promise<Sent[]> {
  const taken: Sent[] = [];
  while (taken.length < count) {
    const { typeId, payload } = await player.waitFor(isMedia, "media");
    taken.push({ kind: typeId === MessageType.Video ? "video" : "audio", payload });
  }
  return taken;
}

/** Publish messages; what a player gets first that joins when all of them are there. */
async function joined(messages: readonly Sent[], count: number): Promise<Sent[]> {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client({ extras: { fourCcList: ["*"], capsEx: 0x0f } });
  const witness = await harness.client();
  await witness.play("livestream");
  await publisher.publish("livestream");
  await publisher.sendMetadata(metadata());
  await send(publisher, messages);
  assertEquals(await take(witness, messages.length), [...messages]);
  const player = await harness.client();
  await player.play("livestream");
  return await take(player, count);
}

const VIDEO_CODECS = ["hvc1", "av01", "vp09", "vp08", "avc1", "vvc1"];

for (const codec of VIDEO_CODECS) {
  Deno.test(`Enhanced RTMP: a player joins ${codec} at its key frame, behind the header`, async () => {
    const cc = fourCc(codec);
    const header = video(KEY | Video.SequenceStart, ...cc, 1);
    const key = video(KEY | Video.CodedFrames, ...cc, 0, 0, 0, 3);
    const inter = video(INTER | Video.CodedFrames, ...cc, 0, 0, 40, 4);
    const old = [header, video(KEY | Video.CodedFrames, ...cc, 0, 0, 0, 2), inter];
    assertEquals(await joined([...old, key, inter], 3), [header, key, inter]);
  });
}

for (const codec of ["Opus", "fLaC", "mp4a"]) {
  Deno.test(`Enhanced RTMP: a player of ${codec} gets its header`, async () => {
    const cc = fourCc(codec);
    const header = audio(AUDIO | Sound.SequenceStart, ...cc, 1);
    const frame = audio(AUDIO | Sound.CodedFrames, ...cc, 2);
    const messages = [header, HEVC_HEADER, HEVC_KEY, frame];
    assertEquals(await joined(messages, 4), messages);
  });
}

for (const codec of ["ac-3", "ec-3", ".mp3"]) {
  Deno.test(`Enhanced RTMP: a player of ${codec}, which has no header, gets its frames`, async () => {
    const frame = audio(AUDIO | Sound.CodedFrames, ...fourCc(codec), 2);
    assertEquals(await joined([HEVC_HEADER, HEVC_KEY, frame], 3), [HEVC_HEADER, HEVC_KEY, frame]);
  });
}

Deno.test("Enhanced RTMP: AV1 in MPEG-2 TS form has a header", async () => {
  const header = video(KEY | Video.TsStart, ...AV1, 1);
  const key = video(KEY | Video.CodedFrames, ...AV1, 2);
  assertEquals(await joined([header, key], 2), [header, key]);
});

Deno.test("Enhanced RTMP: HEVC as codec id 12 is joined at its key frame", async () => {
  const header = video(0x1c, 0, 0, 0, 0, 1);
  const key = video(0x1c, 1, 0, 0, 0, 2);
  assertEquals(await joined([header, key, video(0x2c, 1, 0, 0, 0, 3), key], 2), [header, key]);
});

Deno.test("Enhanced RTMP: colour information is kept for joins, the newest of it", async () => {
  const [pq, hlg] = [colourInfo(16), colourInfo(18)];
  const messages = [HEVC_HEADER, pq, HEVC_KEY, HEVC_INTER, hlg, HEVC_KEY, HEVC_INTER];
  assertEquals(await joined(messages, 4), [HEVC_HEADER, hlg, HEVC_KEY, HEVC_INTER]);
});

Deno.test("Enhanced RTMP: the channel layout of Opus is kept for joins", async () => {
  const layout = audio(AUDIO | Sound.MultichannelConfig, ...OPUS, 1, 6, 0x3f);
  const messages = [OPUS_HEADER, layout, HEVC_HEADER, HEVC_KEY, OPUS_FRAME];
  assertEquals(await joined(messages, 5), messages);
});

Deno.test("OBS 30-31: the VOD track, a second audio track, has its own header", async () => {
  const first = audio(0xaf, 0, 0x12, 0x10);
  const second = audio(AUDIO | Sound.Multitrack, Tracks.One | Sound.SequenceStart, ...AAC, 1, 0x11, 0x90);
  const frame = audio(AUDIO | Sound.Multitrack, Tracks.One | Sound.CodedFrames, ...AAC, 1, 0x21);
  const messages = [first, second, HEVC_HEADER, HEVC_KEY, audio(0xaf, 1, 0x21), frame];
  assertEquals(await joined(messages, messages.length), messages);
});

Deno.test("OBS 30-31: multitrack video is joined at the first track's key frame", async () => {
  const low = (type: number, packet: number, ...rest: number[]) =>
    video(type | Video.Multitrack, Tracks.One | packet, ...AVC, 1, ...rest);
  const header = low(KEY, Video.SequenceStart, 1);
  const key = low(KEY, Video.CodedFramesX, 2);
  const messages = [HEVC_HEADER, header, HEVC_KEY, key, HEVC_INTER, low(INTER, Video.CodedFramesX, 3)];
  assertEquals(await joined(messages, messages.length), messages);
});

Deno.test("Enhanced RTMP: many tracks in one message are one header and one key frame", async () => {
  const many = (packet: number, frameType: number) =>
    video(frameType | Video.Multitrack, Tracks.Many | packet, ...HEVC, 1, 0, 0, 1, 7, 0, 0, 0, 1, 8);
  const single = video(KEY | Video.Multitrack, Tracks.One | Video.SequenceStart, ...HEVC, 1, 9);
  const header = many(Video.SequenceStart, KEY);
  const [key, inter] = [many(Video.CodedFramesX, KEY), many(Video.CodedFramesX, INTER)];
  assertEquals(await joined([header, single, key, inter, key, inter], 4), [header, single, key, inter]);
});

Deno.test("Enhanced RTMP: tracks of many codecs in one message pass through", async () => {
  const many = (packet: number, frameType: number) =>
    video(
      ...[frameType | Video.Multitrack, Tracks.ManyCodecs | packet],
      ...[...HEVC, 0, 0, 0, 1, 7],
      ...[...AV1, 1, 0, 0, 1, 8],
    );
  const header = many(Video.SequenceStart, KEY);
  const [key, inter] = [many(Video.CodedFramesX, KEY), many(Video.CodedFramesX, INTER)];
  assertEquals(await joined([header, key, inter, key], 2), [header, key]);
});

Deno.test("Enhanced RTMP: ModEx with a nanosecond offset hides no key frame and no header", async () => {
  // Three bytes of data, then TimestampOffsetNano (0) and the packet type.
  const offset = (type: number, packet: number) =>
    video(type | Video.ModEx, 2, 0x0f, 0x42, 0x3f, packet, ...AV1, 1);
  const header = offset(KEY, Video.SequenceStart);
  const [key, inter] = [offset(KEY, Video.CodedFrames), offset(INTER, Video.CodedFrames)];
  assertEquals(await joined([header, inter, key, inter], 3), [header, key, inter]);
});

Deno.test("Enhanced RTMP: ModEx prefixes, long ones and several, hide no audio header", async () => {
  const long = new Uint8Array(300).fill(0x90);
  const modEx = (next: number) => [2, 0, 0, 1, next];
  const hidden = (packet: number, ...rest: number[]) =>
    audio(
      ...[AUDIO | Sound.ModEx, ...modEx(Sound.ModEx)],
      ...[255, 0x01, 0x2b, ...long, packet, ...OPUS, ...rest], // 300 bytes: 255 and 299 in two bytes
    );
  const header = hidden(Sound.SequenceStart, 1);
  const frame = hidden(Sound.CodedFrames, 2);
  const messages = [header, HEVC_HEADER, HEVC_KEY, frame];
  assertEquals(await joined([header, frame, HEVC_HEADER, HEVC_KEY, frame], 4), messages);
});

Deno.test("Enhanced RTMP: players that stay over a republish get the new codec's headers", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.play("livestream");
  for (
    const [start, frame] of [[HEVC_HEADER, HEVC_KEY], [
      video(KEY | Video.SequenceStart, ...AV1, 1),
      video(KEY | Video.CodedFrames, ...AV1, 2),
    ]] as const
  ) {
    const publisher = await harness.client();
    await publisher.publish("livestream");
    await send(publisher, [start, frame]);
    assertEquals(await take(player, 2), [start, frame]);
    await publisher.leave("livestream");
    await harness.hooks.next("on_unpublish");
  }
});

Deno.test("Enhanced RTMP: the log names the codecs as those of plain RTMP", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  await send(publisher, [OPUS_HEADER, HEVC_HEADER, HEVC_KEY]);
  await publisher.leave("livestream");
  const { fields } = await harness.logged("Stream format");
  assertEquals([fields.video, fields.audio], ["HEVC", "Opus"]);
});
