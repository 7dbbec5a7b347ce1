/**
 * What a source says of its codecs, and what players get of them that join.
 *
 * @module
 */
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../../support/assert.ts";
import {
  keyFrame,
  liveSource,
  metadataMessage,
  mp3Sound,
  receiveAll,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("Source.facts tell the video codec that came first and the metadata that came last", () => {
  const source = liveSource();
  assertEquals(source.facts, { videoCodec: "", audioCodec: "" });
  receiveAll(source, videoHeader("h"), soundHeader("s"), metadataMessage("obs"));
  assertEquals(source.facts, { videoCodec: "H264", audioCodec: "AAC", encoder: "obs" });
  receiveAll(source, { ...keyFrame("", 0), payload: Uint8Array.of(0x12, 0) }, metadataMessage("ffmpeg"));
  assertEquals(source.facts, { videoCodec: "H264", audioCodec: "AAC", encoder: "ffmpeg" });
  source.begin();
  assertEquals(source.facts, { videoCodec: "", audioCodec: "" });
});

Deno.test("Source gives players that join no header of a codec that the sound is not in any more", () => {
  const source = liveSource();
  new TestPlayer(source);
  receiveAll(source, videoHeader("h1"), soundHeader("aac"), keyFrame("k1", 0), sound("a1", 0));
  receiveAll(source, mp3Sound("b1", 30), keyFrame("k2", 40), mp3Sound("b2", 60));
  assertEquals(new TestPlayer(source).read(), ["h1@0", "k2@40", "b2@60"]);
  assertEquals(source.facts.audioCodec, "MP3");
  assertEquals(source.headers.list.map(({ typeId }) => typeId), [MessageType.Video]);
});
