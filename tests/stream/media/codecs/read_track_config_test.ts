import { type ConfigResult, readTrackConfig } from "../../../../stream/media/codecs/read_track_config.ts";
import { isSameConfig, type TrackConfig } from "../../../../stream/media/codecs/track_config.ts";
import { MediaKind } from "../../../../stream/media/media_message.ts";
import { readMediaPacket } from "../../../../stream/media/samples/media_packet.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import * as configs from "../../../support/stream/codec_configs.ts";

const SIZE = { width: 322, height: 182 };

function read(typeId: number, payload: Uint8Array<ArrayBuffer>, facts = SIZE): ConfigResult {
  const packet = readMediaPacket(typeId, payload);
  if (packet === undefined) throw new Error("The payload has no packet");
  return readTrackConfig(packet, facts);
}

function configOf(typeId: number, payload: Uint8Array<ArrayBuffer>, facts = SIZE): TrackConfig {
  const result = read(typeId, payload, facts);
  if (result.kind !== "config") throw new Error(`The result is ${JSON.stringify(result)}`);
  return result.config;
}

const CODECS = [
  { typeId: MediaKind.Video, payload: bytes(0x17, 0, 0, 0, 0, configs.AVC_CONFIG), expected: "avc1.64000d" },
  { typeId: MediaKind.Video, payload: bytes(0x90, "avc1", configs.AVC_CONFIG), expected: "avc1.64000d" },
  {
    typeId: MediaKind.Video,
    payload: bytes(0x1c, 0, 0, 0, 0, configs.HEVC_CONFIG),
    expected: "hvc1.1.6.L60.90",
  },
  { typeId: MediaKind.Video, payload: bytes(0x90, "hvc1", configs.HEVC_CONFIG), expected: "hvc1.1.6.L60.90" },
  { typeId: MediaKind.Video, payload: bytes(0x90, "av01", configs.AV1_CONFIG), expected: "av01.0.00M.08" },
  { typeId: MediaKind.Video, payload: bytes(0x90, "vp09", configs.VP9_CONFIG), expected: "vp09.00.11.08" },
  { typeId: MediaKind.Audio, payload: bytes(0xaf, 0, 0x12, 0x10), expected: "mp4a.40.2" },
  { typeId: MediaKind.Audio, payload: bytes(0x90, "mp4a", 0x12, 0x10), expected: "mp4a.40.2" },
  { typeId: MediaKind.Audio, payload: bytes(0x90, "Opus", configs.OPUS_HEAD), expected: "opus" },
  { typeId: MediaKind.Audio, payload: bytes(0x90, "fLaC", configs.FLAC_STREAM_INFO), expected: "fLaC" },
  { typeId: MediaKind.Audio, payload: bytes(0x2f, 0xff, 0xfb, 0x90, 0x64), expected: "mp4a.6B" },
  { typeId: MediaKind.Audio, payload: bytes(0x91, ".mp3", 0xff, 0xfb, 0x90, 0x64), expected: "mp4a.6B" },
  {
    typeId: MediaKind.Audio,
    payload: bytes(0x91, "ac-3", 0x0b, 0x77, 0, 0, 0x14, 0x40, 0x40),
    expected: "ac-3",
  },
];
for (const { typeId, payload, expected } of CODECS) {
  Deno.test(`readTrackConfig() reads ${expected} from ${payload.slice(0, 5).toHex()}`, () => {
    assertEquals(configOf(typeId, payload).codecString, expected);
  });
}

Deno.test("readTrackConfig() reads nothing from frames of codecs that have sequence headers", () => {
  assertEquals(read(MediaKind.Audio, bytes(0xaf, 1, 2, 3)), { kind: "none" });
  assertEquals(read(MediaKind.Video, bytes(0x17, 1, 0, 0, 0, 3)), { kind: "none" });
  assertEquals(read(MediaKind.Audio, bytes(0x90, "ac-3", 2)), { kind: "none" });
});

// What a log line says
const REFUSED = [
  { typeId: MediaKind.Audio, payload: bytes(0x72, 1), reason: "Cannot mux G711A: it is not supported" },
  { typeId: MediaKind.Video, payload: bytes(0x90, "vvc1", 1), reason: "Cannot mux VVC: it is not supported" },
  { typeId: MediaKind.Audio, payload: bytes(0xaf, 0, 0x12), reason: "Cannot mux AAC: the header is cut off" },
  {
    typeId: MediaKind.Video,
    payload: bytes(0x90, "hvc1", new Uint8Array(65_537)),
    reason: "Cannot mux HEVC: its configuration has 65537 bytes",
  },
];
for (const { typeId, payload, reason } of REFUSED) {
  Deno.test(`readTrackConfig() says: ${reason}`, () => {
    assertEquals(read(typeId, payload), { kind: "refused", reason });
  });
}

Deno.test("isSameConfig() compares what an init segment has", () => {
  const avc = configOf(MediaKind.Video, bytes(0x17, 0, 0, 0, 0, configs.AVC_CONFIG));
  const enhanced = configOf(MediaKind.Video, bytes(0x90, "avc1", configs.AVC_CONFIG));
  const hevc = configOf(MediaKind.Video, bytes(0x90, "hvc1", configs.HEVC_CONFIG));
  assertEquals([isSameConfig(avc, enhanced), isSameConfig(avc, hevc)], [true, false]);
  assertEquals([isSameConfig(undefined, undefined), isSameConfig(avc, undefined)], [true, false]);
  const vp9 = bytes(0x90, "vp09", configs.VP9_CONFIG);
  const larger = configOf(MediaKind.Video, vp9, { width: 640, height: 182 });
  assert(!isSameConfig(configOf(MediaKind.Video, vp9), larger));
  const [mono, stereo] = [0xc4, 0x64].map((mode) =>
    configOf(MediaKind.Audio, bytes(0x2f, 0xff, 0xfb, 0x90, mode))
  );
  assertEquals([isSameConfig(mono, mono), isSameConfig(mono, stereo)], [true, false]);
  const [lc44, lc48] = [bytes(0x12, 0x10), bytes(0x11, 0x90)]
    .map((record) => configOf(MediaKind.Audio, bytes(0xaf, 0, record)));
  assert(!isSameConfig(lc44, lc48));
});

Deno.test("isSameConfig() passes over sums of FLAC that change with every sequence header", () => {
  const other = configs.FLAC_STREAM_INFO.slice();
  other.set([0, 1, 2, 0, 3, 4], 4);
  other.fill(0x55, 14);
  const [a, b] = [configs.FLAC_STREAM_INFO, other]
    .map((record) => configOf(MediaKind.Audio, bytes(0x90, "fLaC", record)));
  assert(isSameConfig(a, b));
});
