/**
 * Configurations that encoders made of a test picture of 322 x 182 pixels, 30000/1001 frames a second: x264, x265 (without
 * the SEI with its settings), SVT-AV1, libvpx; and of libopus and ffmpeg's FLAC at 48 kHz, stereo.
 *
 * @module
 */

/** Bytes of hexadecimal digits. */
export function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** avcC, High, level 1.3. */
export const AVC_CONFIG: Uint8Array<ArrayBuffer> = fromHex(
  "0164000dffe100196764000dacd941519e226c04400000fa40003a9803c50a658001000668ebe3cb22c0fdf8f800",
);

/** hvcC, Main, level 2. */
export const HEVC_CONFIG: Uint8Array<ArrayBuffer> = fromHex(
  "0101600000009000000000003cf000fcfdf8f800000f03200001001840010c01ffff01600000030090000003000003003c95" +
    "9809210001002942010101600000030090000003000003003ca00a480b9c9596566924caf01680800001f480003a98042200" +
    "0100074401c172b46240",
);

/** hvcC, Main 10, level 2. */
export const HEVC_10_BIT_CONFIG: Uint8Array<ArrayBuffer> = fromHex(
  "0102200000009000000000003cf000fcfdfafa00000f03200001001840010c01ffff02200000030090000003000003003c95" +
    "9409210001002a42010102200000030090000003000003003ca00a880c1c44cd965654a4c2f01680800001f480003a980422" +
    "000100064401c073c189",
);

/** av1C, Main, level 2.0. */
export const AV1_CONFIG: Uint8Array<ArrayBuffer> = fromHex(
  "81000c000a0b000000043d06d402f80040",
);

/** vpcC with version and flags, profile 0, level 1.1. */
export const VP9_CONFIG: Uint8Array<ArrayBuffer> = fromHex(
  "01000000000b820202020000",
);

/** OpusHead. */
export const OPUS_HEAD: Uint8Array<ArrayBuffer> = fromHex(
  "4f707573486561640102380180bb0000000000",
);

/** STREAMINFO, 4608 samples a block. */
export const FLAC_STREAM_INFO: Uint8Array<ArrayBuffer> = fromHex(
  "1200120000025800051b0bb802f00000bb80a316b305f13b13fe767b3d0d068f95bc",
);
