/**
 * Opus in MPEG-TS: a control header before each packet. "Encapsulation of Opus in MPEG-TS", opus_control_header. Pure.
 *
 * @module
 */

/** control_header_prefix 0x3ff, nothing trimmed, no extension. */
const PREFIX = [0x7f, 0xe0];
const SIZE_STEP = 255;

/** Bytes of the header of a packet. */
export function opusHeaderBytes(packet: Uint8Array): number {
  return PREFIX.length + Math.floor(packet.length / SIZE_STEP) + 1;
}

/** The header: the size follows as bytes of 255 and the rest. */
export function opusHeader(packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(opusHeaderBytes(packet)).fill(SIZE_STEP);
  header.set(PREFIX);
  header[header.length - 1] = packet.length % SIZE_STEP;
  return header;
}
