/**
 * A received stream as a file that any player opens. FLV 10.1 annex E.
 *
 * @module
 */
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";

const HEADER = [0x46, 0x4c, 0x56, 1, 0b101, 0, 0, 0, 9, 0, 0, 0, 0];
const TAG_HEADER_BYTES = 11;
const SIZE_BYTES = 4;

/** Audio and video messages as an FLV file. */
export function flvFile(messages: readonly RtmpMessage[]): Uint8Array<ArrayBuffer> {
  const media = messages.filter(({ typeId }) => typeId === 8 || typeId === 9);
  const tagBytes = TAG_HEADER_BYTES + SIZE_BYTES;
  const total = media.reduce((sum, { payload }) => sum + payload.length + tagBytes, HEADER.length);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  file.set(HEADER);
  let at = HEADER.length;
  for (const { typeId, timestamp, payload } of media) {
    view.setUint32(at, typeId << 24 | payload.length);
    view.setUint32(at + 4, (timestamp & 0xff_ffff) << 8 | timestamp >>> 24);
    file.set(payload, at + TAG_HEADER_BYTES);
    at += TAG_HEADER_BYTES + payload.length;
    view.setUint32(at, TAG_HEADER_BYTES + payload.length);
    at += SIZE_BYTES;
  }
  return file;
}
