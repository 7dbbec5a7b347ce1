/**
 * AAC: AudioSpecificConfig. ISO/IEC 14496-3 §1.6.2.1 and §4.4.1; codec string RFC 6381 §3.3. Pure.
 *
 * @module
 */
import { esdsBox, ObjectType } from "../mp4/esds.ts";
import { BitReader } from "./bit_reader.ts";
import { CodecError } from "./codec_error.ts";
import type { AudioConfig } from "./track_config.ts";

/** Sampling rates by their index (Table 1.18). */
const AAC_RATES: readonly number[] = [
  ...[96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350],
];
const EXPLICIT_RATE = 15;
const ESCAPED_TYPE = 31;
/** Channels by channelConfiguration (Table 1.19); with 0 a program_config_element says it. */
const CHANNELS: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8 },
};
const HE_AAC = 5;
const HE_AAC_V2 = 29;
/** Audio object types whose frames have 1024 or 960 samples; names as SRS has them in its API. */
const PROFILES: ReadonlyMap<number, string> = new Map([
  [1, "Main"],
  [2, "LC"],
  [3, "SSR"],
  [4, "LTP"],
  [HE_AAC, "HE"],
  [HE_AAC_V2, "HEv2"],
]);
const FRAME_SAMPLES = 1024;
const SHORT_FRAME_SAMPLES = 960;
/** The longest that makes sense has a program_config_element with a comment of 255 bytes. */
const MAX_CONFIGURATION_BYTES = 512;

/** What an AudioSpecificConfig says. */
export interface AacFacts {
  /** The first audio object type. */
  readonly objectType: number;
  /** Audio object type of the core, without spectral band replication: 1 to 4. */
  readonly coreType: number;
  /** Hz, of the core. */
  readonly coreRate: number;
  /** Of the core; `undefined` where the rate is none of the table. */
  readonly rateIndex: number | undefined;
  /** Hz, of the decoded sound. */
  readonly sampleRate: number;
  /** channelConfiguration, 0 to 15. */
  readonly layout: number;
  /** 1 or more. */
  readonly channels: number;
  /** Of a frame of the core: 1024 or 960. */
  readonly frameSamples: number;
}

/**
 * Read an AudioSpecificConfig.
 *
 * @throws {CodecError} It is cut off, or of an object type other than AAC's.
 */
export function readAacConfig(configuration: Uint8Array): AudioConfig {
  if (configuration.length > MAX_CONFIGURATION_BYTES) {
    throw new CodecError(`AudioSpecificConfig has ${configuration.length} bytes`);
  }
  const facts = readAacFacts(configuration);
  return {
    kind: "audio",
    codec: "AAC",
    codecString: `mp4a.40.${facts.objectType}`,
    sampleEntry: "mp4a",
    configurationBox: esdsBox(ObjectType.Aac, configuration),
    timeScale: facts.coreRate,
    profile: PROFILES.get(facts.objectType) ?? "",
    sampleRate: facts.sampleRate,
    channels: facts.channels,
    sampleBits: 16,
    frameSamples: facts.frameSamples,
    configuration: configuration.slice(),
  };
}

/**
 * What the bits say.
 *
 * @throws {CodecError} As {@link readAacConfig}.
 */
export function readAacFacts(configuration: Uint8Array): AacFacts {
  const bits = new BitReader(configuration);
  const objectType = readObjectType(bits);
  const coreRate = readRate(bits);
  const layout = bits.read(4);
  const isExplicit = objectType === HE_AAC || objectType === HE_AAC_V2;
  const sampleRate = isExplicit ? readRate(bits) : coreRate;
  const coreType = isExplicit ? readObjectType(bits) : objectType;
  if (!PROFILES.has(coreType) || coreType === HE_AAC || coreType === HE_AAC_V2) {
    throw new CodecError(`audio object type ${coreType} is not supported`);
  }
  const isShort = bits.readFlag();
  if (bits.readFlag()) bits.skip(14);
  bits.skip(1);
  const channels = layout === 0 ? countChannels(bits) : CHANNELS[layout];
  if (channels === undefined || channels === 0) {
    throw new CodecError(`channel configuration ${layout} is unknown`);
  }
  const frameSamples = isShort ? SHORT_FRAME_SAMPLES : FRAME_SAMPLES;
  const index = AAC_RATES.indexOf(coreRate);
  const rateIndex = index === -1 ? undefined : index;
  return { objectType, coreType, coreRate, rateIndex, sampleRate, layout, channels, frameSamples };
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5);
  return type === ESCAPED_TYPE ? 32 + bits.read(6) : type;
}

function readRate(bits: BitReader): number {
  const index = bits.read(4);
  const rate = index === EXPLICIT_RATE ? bits.read(24) : AAC_RATES[index];
  if (rate === undefined || rate === 0) throw new CodecError(`sampling rate index ${index} is unknown`);
  return rate;
}

/** Channels of a program_config_element (§4.5.1.1). */
function countChannels(bits: BitReader): number {
  bits.skip(10);
  const [front, side, back, lfe] = [bits.read(4), bits.read(4), bits.read(4), bits.read(2)];
  bits.skip(7);
  for (const mixdownBits of [4, 4, 3]) if (bits.readFlag()) bits.skip(mixdownBits);
  let channels = lfe;
  for (let i = 0; i < front + side + back; i++) {
    channels += bits.readFlag() ? 2 : 1;
    bits.skip(4);
  }
  return channels;
}
