/**
 * Sound alone: frames of MP3 and AAC one after the other, and nothing else of a stream.
 *
 * @module
 */
import type { Source } from "../../../stream/live/source.ts";
import { AAC_FORMAT, MP3_FORMAT } from "../../../stream/media/elementary_format.ts";
import { MediaKind } from "../../../stream/media/media_message.ts";
import { assertEquals } from "../../support/assert.ts";
import { EncodedPlayer } from "../../support/stream/encoded_player.ts";
import { bareSource } from "../../support/stream/live_stream.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";

const MP3_FRAME = Uint8Array.of(0xff, 0xfb, 0x90, 0x64, 1, 2, 3);
/** MPEG-4 LC, 44.1 kHz, stereo, no checksum, 13 bytes in all. */
const ADTS = [0xff, 0xf1, 0x50, 0x80, 13 >> 3, (13 & 7) << 5 | 0x1f, 0xfc];
const AAC_BYTES = [...ADTS, ...aacFrame().subarray(2)];

function audio(source: Source, payload: Uint8Array<ArrayBuffer>, timestamp: number): void {
  source.receive({ typeId: MediaKind.Audio, timestamp, payload }, timestamp);
  source.flush();
}

function publishPictures(source: Source): void {
  for (const payload of [avcSequenceHeader(), avcKeyFrame()]) {
    source.receive({ typeId: MediaKind.Video, timestamp: 0, payload }, 0);
  }
}

Deno.test("AAC_FORMAT puts an ADTS header before each frame, for players that wait and that join", () => {
  const source = bareSource();
  const waiting = new EncodedPlayer(source, AAC_FORMAT, "audio");
  source.begin();
  publishPictures(source);
  audio(source, aacSequenceHeader(), 0);
  audio(source, aacFrame(), 0);
  const joined = new EncodedPlayer(source, AAC_FORMAT, "audio");
  audio(source, aacFrame(), 23);
  assertEquals([...waiting.read()], [...AAC_BYTES, ...AAC_BYTES]);
  assertEquals([...joined.read()], AAC_BYTES);
});

Deno.test("AAC_FORMAT knows the configuration of a publish that it begins in the middle of, and forgets it", () => {
  const source = bareSource();
  source.begin();
  publishPictures(source);
  audio(source, aacSequenceHeader(), 0);
  audio(source, aacFrame(), 0);
  const player = new EncodedPlayer(source, AAC_FORMAT, "audio");
  audio(source, aacFrame(), 23);
  assertEquals([...player.read()], AAC_BYTES);
  source.begin();
  audio(source, aacFrame(), 0);
  assertEquals([...player.read()], AAC_BYTES, "frames without a configuration are nothing");
});

Deno.test("AAC_FORMAT and MP3_FORMAT leave out the other's frames", () => {
  const source = bareSource();
  const aac = new EncodedPlayer(source, AAC_FORMAT, "audio");
  const mp3 = new EncodedPlayer(source, MP3_FORMAT, "audio");
  source.begin();
  publishPictures(source);
  audio(source, Uint8Array.of(0x2f, ...MP3_FRAME), 0);
  audio(source, aacSequenceHeader(), 20);
  audio(source, aacFrame(), 20);
  assertEquals([...mp3.read()], [...MP3_FRAME]);
  assertEquals([...aac.read()], AAC_BYTES);
});
