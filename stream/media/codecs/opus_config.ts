/**
 * Opus: the identification header of Ogg (RFC 7845 §5.1), little-endian, becomes the box `dOps` (Opus in ISOBMFF §4.3.2),
 * big-endian. Pure.
 *
 * @module
 */
import { box } from "../mp4/box.ts";
import { CodecError } from "./codec_error.ts";
import type { AudioConfig } from "./track_config.ts";

const MAGIC = "OpusHead";
const HEAD_BYTES = 19;
/** Stream count and coupled count, before a byte a channel. */
const MAPPING_BYTES = 2;
/** Opus is decoded at this rate, whatever it was encoded from. */
const RATE = 48_000;
const LITTLE_ENDIAN = true;

/**
 * Read an `OpusHead`.
 *
 * @throws {CodecError} It is cut off, or not one.
 */
export function readOpusConfig(head: Uint8Array): AudioConfig {
  if (String.fromCharCode(...head.subarray(0, MAGIC.length)) !== MAGIC || head.length < HEAD_BYTES) {
    throw new CodecError("the configuration is not an OpusHead");
  }
  const channels = head[9] ?? 0;
  const family = head[18] ?? 0;
  const mapping = family === 0 ? 0 : MAPPING_BYTES + channels;
  if (channels === 0 || head.length < HEAD_BYTES + mapping || (family === 0 && channels > 2)) {
    throw new CodecError(`an OpusHead of ${head.length} bytes cannot have ${channels} channels`);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const content = new Uint8Array(11 + mapping);
  const target = new DataView(content.buffer);
  content[1] = channels;
  target.setUint16(2, view.getUint16(10, LITTLE_ENDIAN));
  target.setUint32(4, view.getUint32(12, LITTLE_ENDIAN));
  target.setUint16(8, view.getUint16(16, LITTLE_ENDIAN));
  content.set(head.subarray(18, HEAD_BYTES + mapping), 10);
  return {
    kind: "audio",
    codec: "Opus",
    codecString: "opus",
    sampleEntry: "Opus",
    configurationBox: box("dOps", content),
    timeScale: RATE,
    profile: "",
    sampleRate: RATE,
    channels,
    sampleBits: 16,
    frameSamples: undefined,
    configuration: head.slice(0, HEAD_BYTES + mapping),
  };
}
