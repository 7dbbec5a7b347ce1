/**
 * The bytes that players of an output get first, headers and key frame, encoded once for all that join at the same point.
 *
 * @module
 */
import { isEqual, join } from "../../core/mod.ts";
import type { LogFormat } from "../media/log_format.ts";
import { JOIN_TIME, type StreamHeaders } from "./stream_headers.ts";
import type { StreamLog } from "./stream_log.ts";

/** Larger key frames are not copied; their players read them from the log. */
const MAX_KEY_FRAME_BYTES = 256 * 1024;

/** The newest point at which a decoder can start. */
export interface GopStart {
  /** Of the key frame in the log. */
  readonly position: number;
  /** On the stream's time line, milliseconds. */
  readonly time: number;
  /** In force at the key frame. */
  readonly headers: StreamHeaders;
  /** Position of the last header message before the key frame, -1 when there was none in the log. */
  readonly lastHeaderPosition: number;
}

/** The beginning of a play. */
export interface JoinPoint {
  /** Headers, and the first picture where that is not too large. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of what follows in the log. */
  readonly position: number;
  /** Whether the first picture is among the bytes. */
  readonly hasPicture: boolean;
}

/** The newest join point of one output. */
export class JoinCache {
  readonly #log: StreamLog;
  readonly #format: LogFormat;
  #initData: { headers: StreamHeaders; time: number; bytes: Uint8Array<ArrayBuffer> } | undefined;
  #joinPoint: { gop: GopStart; joinPoint: JoinPoint } | undefined;
  #withInitData: { answer: Uint8Array; initData: Uint8Array; bytes: Uint8Array<ArrayBuffer> } | undefined;

  /** Of the output with this log, whose format is `format`. */
  constructor(log: StreamLog, format: LogFormat) {
    this.#log = log;
    this.#format = format;
  }

  /** The headers at this time, milliseconds: what goes before a key frame in the middle of a play. */
  initData(headers: StreamHeaders, time: number): Uint8Array<ArrayBuffer> {
    const last = this.#initData;
    if (last !== undefined && last.headers === headers && last.time === time) return last.bytes;
    const bytes = headers.encode(this.#format, time);
    this.#initData = { headers, time, bytes };
    return bytes;
  }

  /** How to begin at this GOP, which the log still has. */
  from(gop: GopStart): JoinPoint {
    if (this.#joinPoint?.gop === gop) return this.#joinPoint.joinPoint;
    const joinPoint = this.#encode(gop);
    this.#joinPoint = { gop, joinPoint };
    return joinPoint;
  }

  /** An answer followed by init data, in one array, which is not to be changed. */
  withInitData(answer: Uint8Array, initData: Uint8Array): Uint8Array<ArrayBuffer> {
    const last = this.#withInitData;
    if (last !== undefined && last.initData === initData && isEqual(last.answer, answer)) return last.bytes;
    const bytes = join(answer, initData);
    this.#withInitData = { answer, initData, bytes };
    return bytes;
  }

  /** Give the memory back; for the next player it is encoded again. */
  clear(): void {
    this.#initData =
      this.#joinPoint =
      this.#withInitData =
        undefined;
  }

  #encode({ headers, position }: GopStart): JoinPoint {
    const initData = this.initData(headers, JOIN_TIME);
    const keyFrame = this.#log.messageAt(position);
    if (keyFrame === undefined || keyFrame.length > MAX_KEY_FRAME_BYTES) {
      return { bytes: initData, position, hasPicture: false };
    }
    return { bytes: join(initData, keyFrame), position: position + keyFrame.length, hasPicture: true };
  }
}
