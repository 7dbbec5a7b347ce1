/**
 * A codec has one name, whichever way it is signalled.
 *
 * @module
 */
import { readAudioTag, readVideoTag } from "../../../stream/media/media_tag.ts";
import { assertEquals } from "../../support/assert.ts";

/** First bytes of a video message: frame type and codec id, or the bit of Enhanced RTMP and a FourCC. */
const VIDEO: readonly {
  readonly name: string;
  readonly ids: readonly number[];
  readonly fourCcs: string[];
}[] = [
  { name: "H264", ids: [7], fourCcs: ["avc1"] },
  { name: "HEVC", ids: [12], fourCcs: ["hvc1", "hev1"] },
  { name: "AV1", ids: [13], fourCcs: ["av01"] },
  { name: "VP8", ids: [8], fourCcs: ["vp08"] },
  { name: "VP9", ids: [14], fourCcs: ["vp09"] },
  { name: "VVC", ids: [], fourCcs: ["vvc1"] },
  { name: "codec 9", ids: [9], fourCcs: [] },
  { name: "dvh1", ids: [], fourCcs: ["dvh1"] },
];

/** First byte of an audio message: the format in the upper half, or 9 and a FourCC. */
const AUDIO: typeof VIDEO = [
  { name: "AAC", ids: [10], fourCcs: ["mp4a"] },
  { name: "MP3", ids: [2, 14], fourCcs: [".mp3"] },
  { name: "Opus", ids: [13], fourCcs: ["Opus"] },
  { name: "FLAC", ids: [], fourCcs: ["fLaC"] },
  { name: "AC-3", ids: [], fourCcs: ["ac-3"] },
  { name: "E-AC-3", ids: [], fourCcs: ["ec-3"] },
  { name: "Speex", ids: [11], fourCcs: [] },
  { name: "codec 12", ids: [12], fourCcs: [] },
];

function enhanced(first: number, fourCc: string): Uint8Array {
  return Uint8Array.from([first, ...new TextEncoder().encode(fourCc), 0]);
}

for (const { name, ids, fourCcs } of VIDEO) {
  Deno.test(`readVideoTag() names ${name} whichever way it is signalled`, () => {
    for (const id of ids) assertEquals(readVideoTag(Uint8Array.of(0x10 | id, 1)).codec, name);
    for (const fourCc of fourCcs) assertEquals(readVideoTag(enhanced(0x91, fourCc)).codec, name);
  });
}

for (const { name, ids, fourCcs } of AUDIO) {
  Deno.test(`readAudioTag() names ${name} whichever way it is signalled`, () => {
    for (const id of ids) assertEquals(readAudioTag(Uint8Array.of(id << 4 | 0xf, 1)).codec, name);
    for (const fourCc of fourCcs) assertEquals(readAudioTag(enhanced(0x91, fourCc)).codec, name);
  });
}
