import { readAacConfig } from "../../../../stream/media/codecs/aac_config.ts";
import { AdtsWriter } from "../../../../stream/media/ts/adts.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";

// ISO/IEC 14496-3 §1.A.2.2.1: sync word, MPEG-4, layer, no checksum; profile, rate, channels, length, fullness, blocks
const HEADERS = [
  {
    name: "stereo at 44.1 kHz",
    record: [0x12, 0x10],
    frame: 93,
    expected: [0xff, 0xf1, 0x50, 0x80, 0x0c, 0x9f, 0xfc],
  },
  {
    name: "7.1 at 96 kHz",
    record: [0x10, 0x38],
    frame: 93,
    expected: [0xff, 0xf1, 0x41, 0xc0, 0x0c, 0x9f, 0xfc],
  },
  // HE-AAC is announced as its core: LC at 24 kHz
  {
    name: "HE-AAC",
    record: [0x2b, 0x11, 0x88, 0],
    frame: 93,
    expected: [0xff, 0xf1, 0x58, 0x80, 0x0c, 0x9f, 0xfc],
  },
  {
    name: "the longest frame",
    record: [0x12, 0x10],
    frame: 8184,
    expected: [0xff, 0xf1, 0x50, 0x83, 0xff, 0xff, 0xfc],
  },
  { name: "Main", record: [0x0a, 0x10], frame: 2041, expected: [0xff, 0xf1, 0x10, 0x81, 0x00, 0x1f, 0xfc] },
];
for (const { name, record, frame, expected } of HEADERS) {
  Deno.test(`AdtsWriter writes the header of ${name} byte for byte`, () => {
    const data = new Uint8Array(frame);
    const adts = AdtsWriter.for(readAacConfig(bytes(record)));
    assert(adts !== undefined && adts.fits(data));
    assertEquals(adts.header(data), bytes(expected));
  });
}

Deno.test("AdtsWriter refuses a frame that is longer than a header can say", () => {
  assert(!AdtsWriter.for(readAacConfig(bytes(0x12, 0x10)))?.fits(new Uint8Array(8185)));
});

Deno.test("AdtsWriter writes a long header and then a short one", () => {
  const adts = AdtsWriter.for(readAacConfig(bytes(0x12, 0x10)));
  adts?.header(new Uint8Array(8184));
  assertEquals(adts?.header(new Uint8Array(1)), bytes(0xff, 0xf1, 0x50, 0x80, 1, 0x1f, 0xfc));
});
