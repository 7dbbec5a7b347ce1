/**
 * MP3: the header of its first frame. ISO/IEC 11172-3 §2.4.2.3 and ISO/IEC 13818-3 §2.4.2.3. Pure.
 *
 * @module
 */
import { esdsBox, ObjectType } from "../mp4/esds.ts";
import { BitReader } from "./bit_reader.ts";
import { CodecError } from "./codec_error.ts";
import { hex } from "./hex.ts";
import type { AudioConfig } from "./track_config.ts";

const SYNC_WORD = 0x7ff;
/** The two bits of the version; MPEG 2.5 is the field's own. */
const Version = { Mpeg25: 0, Reserved: 1, Mpeg2: 2, Mpeg1: 3 } as const;
const LAYER_3 = 1;
const MONO = 3;
/** Of MPEG 1; half of it in MPEG 2, a quarter in MPEG 2.5. */
const RATES = [44_100, 48_000, 32_000];

/**
 * Read the header of a frame.
 *
 * @throws {CodecError} It is not one of MPEG layer III.
 */
export function readMp3Config(frame: Uint8Array): AudioConfig {
  const bits = new BitReader(frame);
  const [sync, version, layer] = [bits.read(11), bits.read(2), bits.read(2)];
  bits.skip(5);
  const rate = RATES[bits.read(2)];
  bits.skip(2);
  const mode = bits.read(2);
  if (sync !== SYNC_WORD || version === Version.Reserved || layer !== LAYER_3 || rate === undefined) {
    throw new CodecError("a frame does not begin with the header of MPEG layer III");
  }
  const isMpeg1 = version === Version.Mpeg1;
  const sampleRate = isMpeg1 ? rate : rate / (version === Version.Mpeg2 ? 2 : 4);
  const objectType = isMpeg1 ? ObjectType.Mp3 : ObjectType.Mp3LowRate;
  return {
    kind: "audio",
    codec: "MP3",
    codecString: `mp4a.${hex(Uint8Array.of(objectType)).toUpperCase()}`,
    sampleEntry: "mp4a",
    configurationBox: esdsBox(objectType, new Uint8Array(0)),
    timeScale: sampleRate,
    profile: "",
    sampleRate,
    channels: mode === MONO ? 1 : 2,
    sampleBits: 16,
    frameSamples: isMpeg1 ? 1152 : 576,
    configuration: new Uint8Array(0),
  };
}
