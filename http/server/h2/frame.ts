/**
 * Frames of HTTP/2 as bytes. RFC 9113 §4 and §6. Pure.
 *
 * @module
 */
import type { H2Code } from "./h2_error.ts";

/** In front of each frame. */
export const FRAME_HEADER_BYTES = 9;
/** Largest payload of a frame, unless a setting permits more: none does here. */
export const MAX_FRAME_BYTES = 16_384;
/** Windows may not be larger. */
export const MAX_WINDOW = 0x7fff_ffff;
/** Windows without a setting. */
export const DEFAULT_WINDOW = 65_535;
/** What a client sends first (§3.4). */
export const PREFACE: Uint8Array<ArrayBuffer> = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Types of frames (§6). */
export const FrameType = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  RstStream: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  GoAway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const;

/** Flags of frames; what one means depends on the type. */
export const FrameFlag = { EndStream: 1, Ack: 1, EndHeaders: 4, Padded: 8, Priority: 0x20 } as const;

/** Settings that are used (§6.5.2). */
export const Setting = {
  HeaderTableSize: 1,
  EnablePush: 2,
  MaxConcurrentStreams: 3,
  InitialWindowSize: 4,
  MaxFrameSize: 5,
  MaxHeaderListSize: 6,
} as const;

/** A frame that has arrived. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** 0 for the connection. */
  readonly streamId: number;
  /** Valid until the next bytes arrive. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Write the header of a frame; returns where it ends. */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  { length, type, flags, streamId }: Omit<Frame, "payload"> & { readonly length: number },
): number {
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = type;
  target[at + 4] = flags;
  target[at + 5] = streamId >>> 24;
  target[at + 6] = streamId >>> 16;
  target[at + 7] = streamId >>> 8;
  target[at + 8] = streamId;
  return at + FRAME_HEADER_BYTES;
}

/** A whole frame. */
export function encodeFrame(
  type: number,
  { flags = 0, streamId = 0 }: { readonly flags?: number; readonly streamId?: number },
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  bytes.set(payload, writeFrameHeader(bytes, 0, { length: payload.length, type, flags, streamId }));
  return bytes;
}

/** SETTINGS with these values. */
export function encodeSettings(
  settings: readonly (readonly [setting: number, value: number])[],
): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(6 * settings.length);
  const view = new DataView(payload.buffer);
  settings.forEach(([setting, value], i) => {
    view.setUint16(6 * i, setting);
    view.setUint32(6 * i + 2, value);
  });
  return encodeFrame(FrameType.Settings, {}, payload);
}

/** A stream ends here, unfinished (§6.4). */
export function encodeReset(streamId: number, code: H2Code): Uint8Array<ArrayBuffer> {
  return encodeFrame(FrameType.RstStream, { streamId }, uint32(code));
}

/** The peer may send so many bytes more (§6.9); of all streams together, the connection's. */
export function encodeWindowUpdate(streamId: number, bytes: number): Uint8Array<ArrayBuffer> {
  return encodeFrame(FrameType.WindowUpdate, { streamId }, uint32(bytes));
}

/** No stream after `lastStreamId` is served (§6.8). */
export function encodeGoAway(lastStreamId: number, code: H2Code): Uint8Array<ArrayBuffer> {
  return encodeFrame(FrameType.GoAway, {}, Uint8Array.of(...uint32(lastStreamId), ...uint32(code)));
}

/**
 * HEADERS with a block, in as many frames as it takes (§4.3).
 *
 * @param flags {@link FrameFlag.EndStream} or 0.
 */
export function encodeHeaders(
  streamId: number,
  block: Uint8Array,
  flags: number,
): Uint8Array<ArrayBuffer> {
  const frames = Math.max(1, Math.ceil(block.length / MAX_FRAME_BYTES));
  const bytes = new Uint8Array(block.length + frames * FRAME_HEADER_BYTES);
  for (let i = 0, at = 0; i < frames; i++) {
    const part = block.subarray(i * MAX_FRAME_BYTES, (i + 1) * MAX_FRAME_BYTES);
    const end = i === frames - 1 ? FrameFlag.EndHeaders : 0;
    const type = i === 0 ? FrameType.Headers : FrameType.Continuation;
    at = writeFrameHeader(bytes, at, {
      ...{ length: part.length, type, streamId },
      flags: i === 0 ? flags | end : end,
    });
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function uint32(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
