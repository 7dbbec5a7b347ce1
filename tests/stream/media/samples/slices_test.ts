import { continuesPicture, type SlicedTrack } from "../../../../stream/media/samples/slices.ts";
import { assertEquals } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";

const AVC: SlicedTrack = { codec: "H264", nalUnits: { lengthBytes: 4, parameterSets: [] } };
const SHORT_AVC: SlicedTrack = { codec: "H264", nalUnits: { lengthBytes: 2, parameterSets: [] } };
const HEVC: SlicedTrack = { codec: "HEVC", nalUnits: { lengthBytes: 4, parameterSets: [] } };
const AV1: SlicedTrack = { codec: "AV1", nalUnits: undefined };

// The bit after the header of a slice: of ue(v) 0, and first_slice_segment_in_pic_flag
const CASES = [
  { name: "the first slice of H.264", track: AVC, data: [0, 0, 0, 2, 0x65, 0x88], expected: false },
  { name: "another slice of H.264", track: AVC, data: [0, 0, 0, 2, 0x41, 0x40], expected: true },
  {
    name: "another slice after SEI and delimiter",
    track: AVC,
    data: [0, 0, 0, 2, 9, 0, 0, 0, 0, 1, 6, 0, 0, 0, 2, 0x41, 0x40],
    expected: true,
  },
  { name: "lengths of two bytes", track: SHORT_AVC, data: [0, 2, 0x41, 0x40], expected: true },
  {
    name: "parameter sets alone",
    track: AVC,
    data: [0, 0, 0, 2, 0x67, 0x40, 0, 0, 0, 2, 0x68, 0x40],
    expected: false,
  },
  { name: "the first segment of HEVC", track: HEVC, data: [0, 0, 0, 3, 0x26, 1, 0x80], expected: false },
  { name: "another segment of HEVC", track: HEVC, data: [0, 0, 0, 3, 0x02, 1, 0x40], expected: true },
  { name: "parameter sets of HEVC", track: HEVC, data: [0, 0, 0, 3, 0x42, 1, 0x40], expected: false },
  { name: "a length past the end", track: AVC, data: [0xff, 0xff, 0xff, 0xff, 6, 0], expected: false },
  { name: "a slice that is cut off", track: AVC, data: [0, 0, 0, 1, 0x41], expected: false },
  { name: "AV1", track: AV1, data: [0, 0, 0, 2, 0x41, 0x40], expected: false },
];
for (const { name, track, data, expected } of CASES) {
  Deno.test(`continuesPicture() says ${expected} for ${name}`, () => {
    const found = continuesPicture(track, bytes(data));
    assertEquals(found, expected);
  });
}
