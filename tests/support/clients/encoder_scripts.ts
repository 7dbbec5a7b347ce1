/**
 * What encoders send: their ways into a publish, their media and their ways out.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeData } from "../../../rtmp/wire/command.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../stream/media.ts";
import type { RtmpTestClient } from "../rtmp/rtmp_client.ts";

/** Of a media message. */
export type MediaPayload = Uint8Array<ArrayBuffer>;

/** `publish` as FMLE and its heirs begin it. */
export async function fmleStart(client: RtmpTestClient): Promise<void> {
  await client.command("releaseStream", "livestream");
  await client.command("FCPublish", "livestream");
  await client.createStream();
  await client.streamCommand("publish", "livestream", "live");
}

/** `publish` as Flash begins it. */
export async function flashStart(client: RtmpTestClient): Promise<void> {
  await client.createStream();
  await client.streamCommand("publish", "livestream", "live");
}

/** The end of a publish as FMLE has it. */
export async function fmleStop(client: RtmpTestClient): Promise<void> {
  await client.streamCommand("FCUnpublish", "livestream");
  await client.streamCommand("deleteStream", 1);
}

/** A picture and a sound with their headers; what was sent. */
export async function h264Aac(client: RtmpTestClient): Promise<readonly MediaPayload[]> {
  const payloads = [avcSequenceHeader(), aacSequenceHeader(), avcKeyFrame({ size: 9000 }), aacFrame()];
  const [config, sound, key, frame] = payloads;
  if (config !== undefined) await client.sendVideo(config, 0);
  if (sound !== undefined) await client.sendAudio(sound, 0);
  if (key !== undefined) await client.sendVideo(key, 40);
  if (frame !== undefined) await client.sendAudio(frame, 46);
  return payloads;
}

/** Video, with its times. */
export async function pictures(
  client: RtmpTestClient,
  ...timed: [MediaPayload, number][]
): Promise<readonly MediaPayload[]> {
  for (const [payload, timestamp] of timed) await client.sendVideo(payload, timestamp);
  return timed.map(([payload]) => payload);
}

/** Audio, with its times. */
export async function sounds(
  client: RtmpTestClient,
  ...timed: [MediaPayload, number][]
): Promise<readonly MediaPayload[]> {
  for (const [payload, timestamp] of timed) await client.sendAudio(payload, timestamp);
  return timed.map(([payload]) => payload);
}

/** Audio on chunk stream 4 as FMLE sends it: the third message begins with 0xC4, a new message without a header. */
export async function fmleAudio(client: RtmpTestClient): Promise<readonly MediaPayload[]> {
  const [first, second, third] = [aacSequenceHeader(), aacFrame(), aacFrame()];
  // fmt 0: timestamp 0, length 4, type 8, stream 1; fmt 1: delta 23, length 8, type 8; fmt 3: the same delta.
  await client.sendBytes(Uint8Array.of(0x04, 0, 0, 0, 0, 0, first.length, 8, 1, 0, 0, 0, ...first));
  await client.sendBytes(Uint8Array.of(0x44, 0, 0, 23, 0, 0, second.length, 8, ...second));
  await client.sendBytes(Uint8Array.of(0xc4, ...third));
  return [first, second, third];
}

/** A box that sends no more than two windows ahead of what was acknowledged: a picture has several of them. */
export async function unacknowledgedKeyFrame(client: RtmpTestClient): Promise<readonly MediaPayload[]> {
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
export async function wrongMetadata(client: RtmpTestClient): Promise<void> {
  const values = { videocodecid: 2, audiocodecid: 2, width: 0, height: 0, duration: 0 };
  await client.sendMetadata(Amf0Object.of(values));
}

/** onMetaData without @setDataFrame. */
export async function bareMetadata(client: RtmpTestClient): Promise<void> {
  const values = Amf0EcmaArray.of({ width: 1280, height: 720 });
  await client.send(encodeData({ name: "onMetaData", values: [values] }, { streamId: 1, chunkStreamId: 4 }));
}

/** Messages before anything was agreed, of kinds that nobody knows. */
export async function chatter(client: RtmpTestClient): Promise<void> {
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
