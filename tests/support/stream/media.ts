/**
 * Small but real H.264 and AAC in RTMP payloads: 64x64 black at 25 fps and stereo silence at 44.1 kHz, which any
 * decoder takes without an error. Sizes are met with filler units, which decoders skip.
 *
 * @module
 */
import { Amf0EcmaArray } from "../../../rtmp/wire/amf0.ts";

/** Milliseconds between two video frames. */
export const VIDEO_FRAME_MS = 40;
/** Milliseconds between two AAC frames, nearly: 1,024 samples at 44.1 kHz. */
export const AUDIO_FRAME_MS = 23;

/** FLV video tag header: frame type and codec, packet type, composition time. */
const VIDEO_HEADER_BYTES = 5;
const NAL_LENGTH_BYTES = 4;
const FILLER_NAL = 0x0c;

// deno-fmt-ignore
const AVC_CONFIG = [
  // version, profile 66 (baseline), compatibility, level 1.0, 4-byte lengths, one SPS of 23 bytes
  0x01, 0x42, 0xc0, 0x0a, 0xff, 0xe1, 0x00, 0x17,
  0x67, 0x42, 0xc0, 0x0a, 0xd9, 0x04, 0x26, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00,
  0xc8, 0x3c, 0x48, 0x99, 0x20,
  // one PPS of 5 bytes
  0x01, 0x00, 0x05, 0x68, 0xcb, 0x83, 0xcb, 0x20,
];

// deno-fmt-ignore
const IDR_SLICE = [
  0x65, 0x88, 0x84, 0x0b, 0xf2, 0x62, 0x80, 0x00, 0xab, 0xcc, 0x9c, 0x9c, 0x9d, 0x75, 0xd7, 0x5d, 0x75, 0xd7,
  0x5d, 0x75, 0xd7, 0x5e,
];

/** How a frame is made. */
export interface FrameOptions {
  /** Payload bytes; a frame that needs more is as long as it needs. */
  readonly size?: number;
  /** Fills what is skipped, so that payloads differ: 1 to 255. */
  readonly fill?: number;
}

/** AVC decoder configuration. */
export function avcSequenceHeader(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x17, 0x00, 0x00, 0x00, 0x00, ...AVC_CONFIG);
}

/** A key frame. */
export function avcKeyFrame(options: FrameOptions = {}): Uint8Array<ArrayBuffer> {
  return avcFrame(0x17, IDR_SLICE, options);
}

/**
 * A frame that repeats the one before it.
 *
 * @param index Its place behind the key frame, 1 and up.
 */
export function avcInterFrame(index: number, options: FrameOptions = {}): Uint8Array<ArrayBuffer> {
  // A P slice of 16 skipped macroblocks; `frame_num` (4 bits) straddles the second and the third byte.
  const slice = [0x41, 0x9a | (index >> 3 & 1), (index & 7) << 5 | 0x18, 0x17, 0xe1, 0x18];
  return avcFrame(0x27, slice, options);
}

/** AAC-LC, 44.1 kHz, stereo. */
export function aacSequenceHeader(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xaf, 0x00, 0x12, 0x10);
}

/** 1,024 samples of silence. */
export function aacFrame(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xaf, 0x01, 0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c);
}

/** What an encoder tells of such a stream in `onMetaData`. */
export function metadata(): Amf0EcmaArray {
  return Amf0EcmaArray.of({
    width: 64,
    height: 64,
    framerate: 25,
    videocodecid: 7,
    audiocodecid: 10,
    audiosamplerate: 44100,
    audiosamplesize: 16,
    stereo: true,
    encoder: "scripted",
  });
}

function avcFrame(first: number, slice: readonly number[], options: FrameOptions): Uint8Array<ArrayBuffer> {
  const { size = 0, fill = 0xff } = options;
  const plain = VIDEO_HEADER_BYTES + NAL_LENGTH_BYTES + slice.length;
  const filler = size - plain - NAL_LENGTH_BYTES;
  const frame = new Uint8Array(filler > 1 ? size : plain);
  const view = new DataView(frame.buffer);
  frame[0] = first;
  frame[1] = 0x01;
  view.setUint32(VIDEO_HEADER_BYTES, slice.length);
  frame.set(slice, VIDEO_HEADER_BYTES + NAL_LENGTH_BYTES);
  if (filler > 1) {
    view.setUint32(plain, filler);
    frame.fill(fill, plain + NAL_LENGTH_BYTES);
    frame[plain + NAL_LENGTH_BYTES] = FILLER_NAL;
    frame[size - 1] = 0x80;
  }
  return frame;
}
