/**
 * Frames of HTTP/2 as a client of a test sends and reads them.
 *
 * @module
 */
import { encodeFrame, type Frame, FrameFlag, FrameType, PREFACE } from "../../../http/server/h2/frame.ts";
import type { Field } from "../../../http/server/h2/hpack_table.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Headers of a plain GET. */
export function getOf(path: string, extra: readonly Field[] = []): readonly Field[] {
  return [[":method", "GET"], [":scheme", "https"], [":path", path], [":authority", "h"], ...extra];
}

/** Headers of a POST. */
export function postOf(path: string, extra: readonly Field[] = []): readonly Field[] {
  return [[":method", "POST"], ...getOf(path).slice(1), ...extra];
}

/** A header block of literals: names and values of any length. */
export function blockOf(fields: readonly Field[]): Bytes {
  const bytes: number[] = [];
  for (const field of fields) {
    bytes.push(0);
    for (const text of field) {
      if (text.length < 127) bytes.push(text.length);
      else {
        let rest = text.length - 127;
        bytes.push(127);
        for (; rest >= 128; rest >>>= 7) bytes.push(128 | (rest & 127));
        bytes.push(rest);
      }
      for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i));
    }
  }
  return Uint8Array.from(bytes);
}

/** More of its stream follows. */
export const OPEN = { isEnd: false } as const;

/** Whether a frame ends its stream, as it does by default. */
interface FrameEnd {
  readonly isEnd?: boolean;
}

/** HEADERS with a whole block. */
export function headersFrame(
  streamId: number,
  fields: readonly Field[],
  { isEnd = true }: FrameEnd = {},
): Bytes {
  const flags = FrameFlag.EndHeaders | (isEnd ? FrameFlag.EndStream : 0);
  return encodeFrame(FrameType.Headers, { streamId, flags }, blockOf(fields));
}

/** DATA. */
export function dataFrame(streamId: number, bytes: Uint8Array, { isEnd = true }: FrameEnd = {}): Bytes {
  return encodeFrame(FrameType.Data, { streamId, flags: isEnd ? FrameFlag.EndStream : 0 }, bytes);
}

/** RST_STREAM: the client gives a stream up. */
export function resetFrame(streamId: number): Bytes {
  return encodeFrame(FrameType.RstStream, { streamId }, Uint8Array.of(0, 0, 0, 8));
}

/** PING. */
export const PING: Bytes = encodeFrame(FrameType.Ping, {}, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));

/** WINDOW_UPDATE by less than 16 MiB. */
export function windowUpdate(streamId: number, bytes: number): Bytes {
  return encodeFrame(
    FrameType.WindowUpdate,
    { streamId },
    Uint8Array.of(0, bytes >>> 16, bytes >>> 8, bytes),
  );
}

/** What a client begins with, its settings given. */
export function opening(settings: readonly (readonly [setting: number, value: number])[] = []): Bytes {
  const payload = settings.flatMap(([setting, value]) => [
    ...[setting >>> 8, setting & 0xff],
    ...[value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff],
  ]);
  return joinBytes(PREFACE, encodeFrame(FrameType.Settings, {}, Uint8Array.from(payload)));
}

/** One after the other. */
export function joinBytes(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Splits what a server sends into frames. */
export class ServerFrames {
  #pending: Bytes = new Uint8Array(0);

  /** The frames that are whole by now. */
  push(bytes: Uint8Array): Frame[] {
    const all = joinBytes(this.#pending, bytes);
    const frames: Frame[] = [];
    let at = 0;
    while (all.length - at >= 9) {
      const view = new DataView(all.buffer, at);
      const length = view.getUint32(0) >>> 8;
      if (all.length - at < 9 + length) break;
      const payload = all.slice(at + 9, at + 9 + length);
      frames.push({ type: view.getUint8(3), flags: view.getUint8(4), streamId: view.getUint32(5), payload });
      at += 9 + length;
    }
    this.#pending = all.slice(at);
    return frames;
  }
}
