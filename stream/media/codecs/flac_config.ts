/**
 * FLAC: STREAMINFO (RFC 9639 §8.2) becomes the box `dfLa` (FLAC in ISOBMFF §3.3.2). Pure.
 *
 * @module
 */
import { fullBox } from "../mp4/box.ts";
import { BitReader } from "./bit_reader.ts";
import { CodecError } from "./codec_error.ts";
import type { AudioConfig } from "./track_config.ts";

const STREAM_INFO_BYTES = 34;
/** Last block, type STREAMINFO, 34 bytes. */
const BLOCK_HEADER = [0x80, 0, 0, STREAM_INFO_BYTES];

/**
 * Read a STREAMINFO.
 *
 * Sizes of frames, the number of samples and the checksum are known at the end of a file only, and change in the middle
 * of a stream where an encoder sends them again: the box has them as unknown.
 *
 * @throws {CodecError} It is cut off, or has no sampling rate.
 */
export function readFlacConfig(data: Uint8Array): AudioConfig {
  const streamInfo = findStreamInfo(data);
  const bits = new BitReader(streamInfo);
  bits.skip(80);
  const [sampleRate, channels, sampleBits] = [bits.read(20), bits.read(3) + 1, bits.read(5) + 1];
  if (sampleRate === 0) throw new CodecError("STREAMINFO has no sampling rate");
  const known = new Uint8Array(STREAM_INFO_BYTES);
  known.set(streamInfo.subarray(0, 4));
  known.set(streamInfo.subarray(10, 13), 10);
  known[13] = (streamInfo[13] ?? 0) & 0b1111_0000;
  return {
    kind: "audio",
    codec: "FLAC",
    codecString: "fLaC",
    sampleEntry: "fLaC",
    configurationBox: fullBox("dfLa", 0, 0, BLOCK_HEADER, known),
    timeScale: sampleRate,
    profile: "",
    sampleRate,
    channels,
    sampleBits,
    frameSamples: undefined,
    configuration: known,
  };
}

/** Publishers send the block bare, with the header of a metadata block, or with `fLaC` before that. */
function findStreamInfo(data: Uint8Array): Uint8Array {
  const hasMagic = String.fromCharCode(...data.subarray(0, 4)) === "fLaC";
  const body = hasMagic ? data.subarray(4) : data;
  const hasHeader = body.length >= BLOCK_HEADER.length + STREAM_INFO_BYTES;
  const streamInfo = hasHeader ? body.subarray(BLOCK_HEADER.length) : body;
  if (streamInfo.length < STREAM_INFO_BYTES) {
    throw new CodecError(`STREAMINFO has ${streamInfo.length} of ${STREAM_INFO_BYTES} bytes`);
  }
  return streamInfo;
}
