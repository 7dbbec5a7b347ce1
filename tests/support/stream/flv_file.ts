/**
 * Messages of an FLV file that a program wrote. FLV 10.1 §E.2 to §E.4.1.
 *
 * @module
 */
import type { StreamMessage } from "../../../stream/media/media_message.ts";

const FILE_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
const TAG_SIZE_BYTES = 4;

/** The tags as messages, in their order. */
export function readFlvFile(file: Uint8Array<ArrayBuffer>): StreamMessage[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const messages: StreamMessage[] = [];
  let at = FILE_HEADER_BYTES;
  while (at + TAG_HEADER_BYTES <= file.length) {
    const length = view.getUint32(at) & 0xff_ffff;
    const time = view.getUint8(at + 7) * 0x100_0000 + (view.getUint32(at + 3) & 0xff_ffff);
    const start = at + TAG_HEADER_BYTES;
    messages.push({ typeId: view.getUint8(at), time, payload: file.slice(start, start + length) });
    at = start + length + TAG_SIZE_BYTES;
  }
  return messages;
}
