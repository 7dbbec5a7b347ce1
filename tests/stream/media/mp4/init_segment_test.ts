import { readAacConfig } from "../../../../stream/media/codecs/aac_config.ts";
import { readH264Config } from "../../../../stream/media/codecs/h264_config.ts";
import { encodeInitSegment } from "../../../../stream/media/mp4/init_segment.ts";
import { assertEquals } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import { boxAt, readBoxes } from "../../../support/stream/boxes.ts";
import { avcSequenceHeader } from "../../../support/stream/media.ts";

const VIDEO = readH264Config(avcSequenceHeader().subarray(5));
const AUDIO = readAacConfig(bytes(0x12, 0x10));
const MATRIX = bytes(0, 1, 0, 0, new Uint8Array(12), 0, 1, 0, 0, new Uint8Array(12), 0x40, 0, 0, 0);

function types(content: Uint8Array<ArrayBuffer>): string[] {
  return readBoxes(content).map(({ type }) => type);
}

Deno.test("encodeInitSegment() begins with ftyp and has a track for each configuration", () => {
  const init = encodeInitSegment([VIDEO, AUDIO]);
  assertEquals(init.subarray(0, 28), bytes(0, 0, 0, 28, "ftypiso6", 0, 0, 0, 0, "iso6cmfcmp41"));
  assertEquals(types(init), ["ftyp", "moov"]);
  const moov = boxAt(init, ["moov"]);
  assertEquals(types(moov), ["mvhd", "trak", "trak", "mvex"]);
  assertEquals(types(boxAt(moov, ["trak"])), ["tkhd", "mdia"]);
  assertEquals(types(boxAt(moov, ["trak", "mdia"])), ["mdhd", "hdlr", "minf"]);
  assertEquals(types(boxAt(moov, ["trak", "mdia", "minf"])), ["vmhd", "dinf", "stbl"]);
  assertEquals(types(boxAt(moov, ["trak", "mdia", "minf", "stbl"])), [
    "stsd",
    "stts",
    "stsc",
    "stsz",
    "stco",
  ]);
  assertEquals(types(boxAt(moov, ["mvex"])), ["trex", "trex"]);
});

Deno.test("encodeInitSegment() writes the headers of movie and track byte for byte", () => {
  const init = encodeInitSegment([VIDEO]);
  // creation and modification 0, 1000 a second, duration 0, rate and volume 1
  const mvhd = bytes(new Uint8Array(12), 0, 0, 3, 0xe8, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, new Uint8Array(10));
  assertEquals(boxAt(init, ["moov", "mvhd"]), bytes(mvhd, MATRIX, new Uint8Array(24), 0, 0, 0, 2));
  // enabled and in the movie, track 1, no duration, no volume, 64.0 x 64.0
  const tkhd = bytes(0, 0, 0, 3, new Uint8Array(8), 0, 0, 0, 1, new Uint8Array(24), MATRIX);
  assertEquals(boxAt(init, ["moov", "trak", "tkhd"]), bytes(tkhd, 0, 64, 0, 0, 0, 64, 0, 0));
  const mdia = boxAt(init, ["moov", "trak", "mdia"]);
  assertEquals(boxAt(mdia, ["mdhd"]), bytes(new Uint8Array(12), 0, 0, 3, 0xe8, 0, 0, 0, 0, 0x55, 0xc4, 0, 0));
  assertEquals(boxAt(mdia, ["hdlr"]), bytes(new Uint8Array(8), "vide", new Uint8Array(13)));
  assertEquals(boxAt(mdia, ["minf", "vmhd"]), bytes(0, 0, 0, 1, new Uint8Array(8)));
  const dref = bytes(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, "url ", 0, 0, 0, 1);
  assertEquals(boxAt(mdia, ["minf", "dinf", "dref"]), dref);
  const trex = bytes(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, new Uint8Array(12));
  assertEquals(boxAt(init, ["moov", "mvex", "trex"]), trex);
});

Deno.test("encodeInitSegment() writes the sample entry of video byte for byte", () => {
  const stbl = boxAt(encodeInitSegment([VIDEO]), ["moov", "trak", "mdia", "minf", "stbl"]);
  const avcC = avcSequenceHeader().subarray(5);
  const avc1Bytes = 86 + 8 + avcC.length;
  // deno-fmt-ignore
  const entry = bytes(
    0, 0, 0, avc1Bytes, "avc1", new Uint8Array(6), 0, 1, new Uint8Array(16),
    // 64 x 64, 72 dpi, one frame a sample, no name, depth 24, no colour table
    0, 64, 0, 64, 0, 0x48, 0, 0, 0, 0x48, 0, 0, 0, 0, 0, 0, 0, 1, new Uint8Array(32), 0, 0x18, 0xff, 0xff,
    0, 0, 0, 8 + avcC.length, "avcC", avcC,
  );
  assertEquals(boxAt(stbl, ["stsd"]), bytes(0, 0, 0, 0, 0, 0, 0, 1, entry));
});

Deno.test("encodeInitSegment() writes the sample entry of AAC byte for byte", () => {
  const init = encodeInitSegment([AUDIO]);
  const mdia = boxAt(init, ["moov", "trak", "mdia"]);
  assertEquals(boxAt(mdia, ["mdhd"]).subarray(12, 16), bytes(0, 0, 0xac, 0x44));
  assertEquals(boxAt(mdia, ["hdlr"]).subarray(8, 12), bytes("soun"));
  // deno-fmt-ignore
  const esds = bytes(
    0, 0, 0, 39, "esds", 0, 0, 0, 0,
    // ES descriptor, decoder configuration: AAC, audio stream; AudioSpecificConfig; SL configuration of MP4
    3, 25, 0, 0, 0,
    4, 17, 0x40, 0x15, new Uint8Array(11),
    5, 2, 0x12, 0x10,
    6, 1, 2,
  );
  // deno-fmt-ignore
  const entry = bytes(
    0, 0, 0, 36 + 39, "mp4a", new Uint8Array(6), 0, 1, new Uint8Array(8),
    // stereo, 16 bits, 44100.0 Hz
    0, 2, 0, 16, 0, 0, 0, 0, 0xac, 0x44, 0, 0,
    esds,
  );
  assertEquals(boxAt(mdia, ["minf", "stbl", "stsd"]), bytes(0, 0, 0, 0, 0, 0, 0, 1, entry));
  assertEquals(boxAt(mdia, ["minf", "smhd"]), new Uint8Array(8));
});

Deno.test("encodeInitSegment() numbers tracks from 1 in their order", () => {
  const moov = boxAt(encodeInitSegment([AUDIO, VIDEO]), ["moov"]);
  const ids = readBoxes(moov).filter(({ type }) => type === "trak")
    .map(({ content }) => boxAt(content, ["tkhd"])[15]);
  assertEquals(ids, [1, 2]);
  assertEquals(boxAt(moov, ["mvhd"]).at(-1), 3);
});

Deno.test("encodeInitSegment() leaves the rate of a sample entry 0 where 16 bits do not hold it", () => {
  const entry = boxAt(encodeInitSegment([readAacConfig(bytes(0x10, 0x10))]), [
    ...["moov", "trak", "mdia", "minf", "stbl", "stsd"],
  ]).subarray(8);
  assertEquals(entry.subarray(32, 36), bytes(0, 0, 0, 0));
});
