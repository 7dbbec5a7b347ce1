/**
 * AC-3: the header of a frame (ETSI TS 102 366 §5.3) becomes the box `dac3` (§F.4). Pure.
 *
 * @module
 */
import { box } from "../mp4/box.ts";
import { BitReader } from "./bit_reader.ts";
import { CodecError } from "./codec_error.ts";
import type { AudioConfig } from "./track_config.ts";

const SYNC_WORD = 0x0b77;
/** Higher bitstream ids are E-AC-3's. */
const MAX_BSID = 8;
const RATES = [48_000, 44_100, 32_000];
/** Full-range channels by acmod. */
const CHANNELS = [2, 1, 2, 3, 3, 4, 4, 5];
const STEREO = 2;
const FRAME_SAMPLES = 1536;

/**
 * Read the header of a frame.
 *
 * @throws {CodecError} It is not one of AC-3.
 */
export function readAc3Config(frame: Uint8Array): AudioConfig {
  const bits = new BitReader(frame);
  const sync = bits.read(16);
  bits.skip(16);
  const [fscod, frmsizecod, bsid, bsmod, acmod] = [
    bits.read(2),
    bits.read(6),
    bits.read(5),
    bits.read(3),
    bits.read(3),
  ];
  // Mix levels of the centre and of the surround channels, or the Dolby Surround mode.
  if ((acmod & 1) !== 0 && acmod !== 1) bits.skip(2);
  if ((acmod & 4) !== 0) bits.skip(2);
  if (acmod === STEREO) bits.skip(2);
  const lfeon = bits.read(1);
  const sampleRate = RATES[fscod];
  if (sync !== SYNC_WORD || sampleRate === undefined || bsid > MAX_BSID) {
    throw new CodecError("a frame does not begin with the header of AC-3");
  }
  const packed = fscod << 22 | bsid << 17 | bsmod << 14 | acmod << 11 | lfeon << 10 | frmsizecod >> 1 << 5;
  return {
    kind: "audio",
    codec: "AC-3",
    codecString: "ac-3",
    sampleEntry: "ac-3",
    configurationBox: box("dac3", [packed >> 16, packed >> 8 & 0xff, packed & 0xff]),
    timeScale: sampleRate,
    profile: "",
    sampleRate,
    channels: (CHANNELS[acmod] ?? 0) + lfeon,
    sampleBits: 16,
    frameSamples: FRAME_SAMPLES,
    configuration: new Uint8Array(0),
  };
}
