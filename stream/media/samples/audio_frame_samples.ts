/**
 * Duration of one frame of sound: fixed for most codecs, in the frame for Opus (RFC 6716 §3.1) and FLAC (RFC 9639 §9.1). Pure.
 *
 * @module
 */
import type { AudioConfig } from "../codecs/track_config.ts";

/** Opus counts samples at 48 kHz, whatever it was encoded from. */
const OPUS_MS = 48;
const OPUS_DEFAULT = 20 * OPUS_MS;
const OPUS_MAX = 120 * OPUS_MS;
/** Frame durations of the configurations 0 to 11 (SILK), 12 to 15 (hybrid) and 16 to 31 (CELT), in samples. */
const SILK = [10, 20, 40, 60].map((ms) => ms * OPUS_MS);
const CELT = [2.5, 5, 10, 20].map((ms) => ms * OPUS_MS);
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;
const FLAC_HEADER_BYTES = 4;

/**
 * Samples of a frame in units of the track's time scale, 1 or more. A frame that cannot be read has the codec's usual
 * duration.
 */
export function audioFrameSamples(config: AudioConfig, frame: Uint8Array): number {
  if (config.frameSamples !== undefined) return config.frameSamples;
  return config.codec === "Opus" ? opusSamples(frame) : flacSamples(frame) ?? longestFlacFrame(config);
}

function opusSamples(packet: Uint8Array): number {
  const toc = packet[0] ?? 0;
  const configuration = toc >> 3;
  const size = configuration < FIRST_HYBRID
    ? SILK[configuration & 3]
    : configuration < FIRST_CELT
    ? SILK[configuration & 1]
    : CELT[configuration & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const samples = (size ?? 0) * frames;
  return samples > 0 && samples <= OPUS_MAX ? samples : OPUS_DEFAULT;
}

function flacSamples(frame: Uint8Array): number | undefined {
  if (frame[0] !== 0xff || ((frame[1] ?? 0) & 0b1111_1100) !== 0b1111_1000) return undefined;
  const code = (frame[2] ?? 0) >> 4;
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code <= 5) return 576 << code - 2;
  if (code >= 8) return 256 << code - 8;
  const at = FLAC_HEADER_BYTES + codedNumberBytes(frame[FLAC_HEADER_BYTES] ?? 0);
  const high = frame[at] ?? 0;
  return code === 6 ? high + 1 : (high << 8 | (frame[at + 1] ?? 0)) + 1;
}

/** The number of a frame is coded as UTF-8 codes characters, in up to 7 bytes. */
function codedNumberBytes(first: number): number {
  let ones = 0;
  while (ones < 7 && (first << ones & 0x80) !== 0) ones++;
  return Math.max(1, ones);
}

/** Maximum block size of STREAMINFO (RFC 9639 §8.2). */
function longestFlacFrame({ configuration }: AudioConfig): number {
  return Math.max(1, (configuration[2] ?? 0) << 8 | (configuration[3] ?? 0));
}
