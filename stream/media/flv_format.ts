/**
 * FLV as an output: a tag for each message, behind the file header that each player gets. FLV 10.1 §E.2 to §E.4.1. A body is the payload
 * as it is, so Enhanced RTMP passes through. Pure.
 *
 * @module
 */
import type { LogFormat } from "./log_format.ts";
import type { StreamMessage } from "./media_message.ts";

/** Type, body size, timestamp and stream id before each body (§E.4.1). */
const TAG_HEADER_BYTES = 11;
/** PreviousTagSize, after each tag (§E.3). */
const TAG_SIZE_BYTES = 4;
const FILE_HEADER_BYTES = 9;
const VERSION = 1;
const HAS_AUDIO = 0b100;
const HAS_VIDEO = 0b001;

/** FLV tags; the stream of one player is a file that has no end. */
export const FLV_FORMAT: LogFormat = {
  name: "flv",

  length({ payload }: StreamMessage): number {
    return TAG_HEADER_BYTES + payload.length + TAG_SIZE_BYTES;
  },

  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number {
    const { typeId, time, payload } = message;
    target[offset] = typeId;
    writeUint24(target, offset + 1, payload.length);
    writeUint24(target, offset + 4, time & 0xff_ffff);
    // The upper 8 of 32 bits come last (§E.4.1, TimestampExtended).
    target[offset + 7] = (time >>> 0) >>> 24;
    writeUint24(target, offset + 8, 0);
    const bodyAt = offset + TAG_HEADER_BYTES;
    target.set(payload, bodyAt);
    const end = bodyAt + payload.length;
    const tagBytes = TAG_HEADER_BYTES + payload.length;
    target[end] = tagBytes >>> 24;
    writeUint24(target, end + 1, tagBytes & 0xff_ffff);
    return end + TAG_SIZE_BYTES;
  },

  read: readFlvTags,
};

/** Which tracks a file header announces. */
export interface FlvTracks {
  /** Tags of audio follow. */
  readonly hasAudio: boolean;
  /** Tags of video follow. */
  readonly hasVideo: boolean;
}

/** The file header and the size of the tag before the first, which is 0 (§E.2, §E.3). */
export function encodeFlvHeader({ hasAudio, hasVideo }: FlvTracks): Uint8Array<ArrayBuffer> {
  const flags = (hasAudio ? HAS_AUDIO : 0) | (hasVideo ? HAS_VIDEO : 0);
  const [f, l, v] = [0x46, 0x4c, 0x56];
  return Uint8Array.of(f, l, v, VERSION, flags, 0, 0, 0, FILE_HEADER_BYTES, 0, 0, 0, 0);
}

/** The messages of whole tags; each payload is a copy. */
export function* readFlvTags(bytes: Uint8Array<ArrayBufferLike>): Generator<StreamMessage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at) & 0xff_ffff;
    const time = (view.getUint32(at + 4) >>> 8) + (view.getUint8(at + 7) * 0x100_0000);
    const bodyAt = at + TAG_HEADER_BYTES;
    const payload = new Uint8Array(length);
    payload.set(bytes.subarray(bodyAt, bodyAt + length));
    yield { typeId: view.getUint8(at), time, payload };
    at = bodyAt + length + TAG_SIZE_BYTES;
  }
}

function writeUint24(target: Uint8Array<ArrayBufferLike>, offset: number, value: number): void {
  target[offset] = value >>> 16;
  target[offset + 1] = value >>> 8;
  target[offset + 2] = value;
}
