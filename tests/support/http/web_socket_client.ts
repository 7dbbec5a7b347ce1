/**
 * A WebSocket client that sends frames as a test makes them, and reads what a server sends by the letter of RFC 6455.
 *
 * @module
 */

/** A frame of a client: final, masked, with at most 65,535 bytes. */
export function maskedFrame(opcode: number, payload: Uint8Array, mask: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const head = length <= 125 ? [0x80 | length] : [0xfe, length >> 8, length & 0xff];
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Uint8Array.of(0x80 | opcode, ...head, ...mask.subarray(0, 4), ...masked);
}

/** A frame of a server. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Take the whole frames at the start of `bytes`; returns what is left. */
export function takeServerFrames(
  bytes: Uint8Array<ArrayBuffer>,
  take: (frame: ServerFrame) => void,
): Uint8Array<ArrayBuffer> {
  let offset = 0;
  for (;;) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
    if (view.byteLength < 2) break;
    const short = view.getUint8(1);
    if ((short & 0x80) !== 0) throw new Error("A frame of the server is masked");
    const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (view.byteLength < headBytes) break;
    const length = short === 126 ? view.getUint16(2) : short === 127 ? Number(view.getBigUint64(2)) : short;
    if (view.byteLength < headBytes + length) break;
    const first = view.getUint8(0);
    if ((first & 0xf0) !== 0x80) throw new Error(`A frame of the server begins with ${first}`);
    take({ opcode: first & 0b1111, payload: bytes.slice(offset + headBytes, offset + headBytes + length) });
    offset += headBytes + length;
  }
  return bytes.slice(offset);
}
