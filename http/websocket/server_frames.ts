/**
 * Control frames of a server, which are not masked: RFC 6455 §5.5. Pure.
 *
 * @module
 */

const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
/** A control frame has at most 125 bytes, and the code takes two. */
const MAX_REASON_BYTES = 123;

/** A ping without payload. */
export const PING_FRAME: Uint8Array<ArrayBuffer> = Uint8Array.of(PING, 0);

/** The answer to a ping: its payload, at most 125 bytes. */
export function pongFrame(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return controlFrame(PONG, payload);
}

/** The last frame: a code, and a reason for people that is cut where it is too long. */
export function closeFrame(code: number, reason: string): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(2 + MAX_REASON_BYTES);
  new DataView(payload.buffer).setUint16(0, code);
  // Cuts between characters.
  const { written } = new TextEncoder().encodeInto(reason, payload.subarray(2));
  return controlFrame(CLOSE, payload.subarray(0, 2 + written));
}

function controlFrame(first: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(2 + payload.length);
  frame[0] = first;
  frame[1] = payload.length;
  frame.set(payload, 2);
  return frame;
}
