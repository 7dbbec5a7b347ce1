/**
 * The set of headers in force: order, replacement, bounds.
 *
 * @module
 */
import { RtmpFormat } from "../../../rtmp/server/rtmp_format.ts";
import { HEADER_EXTRA, type MediaTag, readAudioTag, readVideoTag } from "../../../stream/media/media_tag.ts";
import { StreamHeaders } from "../../../stream/live/stream_headers.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { labelOf, metadataMessage, soundHeader, videoHeader } from "../../support/stream/live_stream.ts";

const FORMAT = new RtmpFormat(128);
const VIDEO = readVideoTag(videoHeader("").payload);
const AUDIO = readAudioTag(soundHeader("").payload);

function metadata(label: string): Uint8Array<ArrayBuffer> {
  // Without the wrapper, as the source keeps it: a marker, a length of two bytes, the name.
  return metadataMessage(label).payload.slice(3 + "@setDataFrame".length);
}

function withVideo(headers: StreamHeaders, label: string, tag: Partial<MediaTag> = {}): StreamHeaders {
  return headers.with(MessageType.Video, { ...VIDEO, ...tag }, videoHeader(label).payload);
}

function withAudio(headers: StreamHeaders, label: string): StreamHeaders {
  return headers.with(MessageType.Audio, AUDIO, soundHeader(label).payload);
}

function labels(headers: StreamHeaders, time = 0): string[] {
  return new ChunkDecoder().decode(headers.encode(FORMAT, time)).map(labelOf);
}

Deno.test("StreamHeaders.NONE has no bytes", () => {
  assertEquals(StreamHeaders.NONE.encode(FORMAT, 0).length, 0);
});

Deno.test("StreamHeaders come as metadata without a time, audio, video with the time of the join", () => {
  const headers = withAudio(withVideo(StreamHeaders.NONE, "v"), "a").with(
    MessageType.DataAmf0,
    VIDEO,
    metadata("m"),
  );
  assertEquals(labels(headers, 1234), ["m@0", "a@1234", "v@1234"]);
});

Deno.test("StreamHeaders carry a time beyond 2^32 modulo 2^32", () => {
  assertEquals(labels(withVideo(StreamHeaders.NONE, "v"), 0x1_0000_0005), ["v@5"]);
});

Deno.test("StreamHeaders keep the last of each kind, and an older set does not change", () => {
  const first = withVideo(StreamHeaders.NONE, "v1").with(MessageType.DataAmf0, VIDEO, metadata("m1"));
  const second = withVideo(first.with(MessageType.DataAmf0, VIDEO, metadata("m2")), "v2");
  assertEquals(labels(second), ["m2@0", "v2@0"]);
  assertEquals(labels(first), ["m1@0", "v1@0"]);
});

Deno.test("StreamHeaders keep tracks and kinds of headers apart", () => {
  let headers = withVideo(StreamHeaders.NONE, "v0");
  headers = withVideo(headers, "v1", { trackId: 1 });
  headers = withVideo(headers, "colours", { headerKind: HEADER_EXTRA });
  assertEquals(labels(headers), ["v0@0", "v1@0", "colours@0"]);
});

Deno.test("StreamHeaders forget the oldest beyond 32", () => {
  let headers = StreamHeaders.NONE;
  for (let trackId = 0; trackId < 40; trackId++) headers = withVideo(headers, `v${trackId}`, { trackId });
  assertEquals(labels(headers).length, 32);
  assertEquals(labels(headers).at(0), "v8@0");
  assertEquals(labels(headers).at(-1), "v39@0");
});

Deno.test("StreamHeaders.has() compares byte for byte, in the same track and kind", () => {
  const headers = withVideo(StreamHeaders.NONE, "v1");
  const { payload } = videoHeader("v1");
  assert(headers.has(MessageType.Video, VIDEO, payload));
  assert(!headers.has(MessageType.Video, VIDEO, videoHeader("v2").payload));
  assert(!headers.has(MessageType.Video, VIDEO, payload.subarray(0, -1)));
  assert(!headers.has(MessageType.Video, { ...VIDEO, trackId: 1 }, payload));
  assert(!headers.has(MessageType.Audio, AUDIO, payload));
});

Deno.test("StreamHeaders hold no more than a megabyte, and keep metadata and sound where video is too much", () => {
  const large = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size);
  let headers = withAudio(StreamHeaders.NONE, "a").with(MessageType.DataAmf0, VIDEO, metadata("m"));
  for (let trackId = 0; trackId < 10; trackId++) {
    headers = headers.with(MessageType.Video, { ...VIDEO, trackId }, large(200_000));
  }
  const sizes = headers.list.map(({ typeId, payload }) => `${typeId}:${payload.length}`);
  assertEquals(sizes.filter((size) => size.startsWith(`${MessageType.Video}:`)).length, 5);
  assertEquals(headers.list.length, 7);
  const without = headers.with(MessageType.Video, { ...VIDEO, trackId: 9 }, large(1024 * 1024 + 1));
  assertEquals(without.list.length, 6);
});
