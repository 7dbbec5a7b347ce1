/**
 * What the frames of a client say. It checks each frame for itself and the order of header blocks; what it means for a
 * stream is the connection's business. RFC 9113 §4.3, §5.5 and §6. Pure.
 *
 * @module
 */
import { type Frame, FrameFlag, FrameType, MAX_FRAME_BYTES, MAX_WINDOW, Setting } from "./frame.ts";
import { H2Error, H2ErrorCode } from "./h2_error.ts";
import { HpackDecoder } from "./hpack_decoder.ts";
import type { Field } from "./hpack_table.ts";

/** Largest list of headers, as a setting says it: twice what HTTP/1.1 may have, for each counts 32 bytes more. */
export const MAX_HEADER_LIST_BYTES = 16 * 1024;
/** The most of one header block as it is sent. */
const MAX_BLOCK_BYTES = 16 * 1024;
/** The most frames of one. */
const MAX_BLOCK_FRAMES = 8;
/** The most settings of one frame: there are six, and a window that changes is work for each stream. */
const MAX_SETTINGS = 32;
/** A setting's name and value. */
const SETTING_BYTES = 6;

/** Gets what frames say. Bytes are valid during the call alone. */
export interface FrameReceiver {
  /** `fields` is `undefined` where the list is too large. */
  headers(streamId: number, fields: readonly Field[] | undefined, isEnd: boolean, wireBytes: number): void;
  /** `flowBytes` count for the windows: padding too. */
  data(streamId: number, bytes: Uint8Array<ArrayBuffer>, isEnd: boolean, flowBytes: number): void;
  reset(streamId: number): void;
  /** In their order; to be acknowledged. */
  settings(settings: readonly (readonly [setting: number, value: number])[]): void;
  /** To be answered with the same bytes. */
  ping(bytes: Uint8Array<ArrayBuffer>): void;
  /** The client opens no further stream. */
  goAway(): void;
  /** 0 for the connection. */
  windowUpdate(streamId: number, bytes: number): void;
  /** A frame that changes nothing. */
  ignored(): void;
}

/** A header block that has not ended. */
interface OpenBlock {
  readonly streamId: number;
  readonly isEnd: boolean;
  readonly parts: Uint8Array<ArrayBuffer>[];
  bytes: number;
}

/** Reads the frames of one client. */
export class FrameParser {
  readonly #receiver: FrameReceiver;
  readonly #decoder = new HpackDecoder();
  #hasSettings = false;
  #block: OpenBlock | undefined;

  /** Nothing has arrived. */
  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver;
  }

  /** A header block has begun and not ended: no other frame may come before its end. */
  get isWithinBlock(): boolean {
    return this.#block !== undefined;
  }

  /**
   * Take a frame.
   *
   * @throws {H2Error} It breaks the rules.
   */
  receive(frame: Frame): void {
    const { type, flags, streamId, payload } = frame;
    if (!this.#hasSettings && type !== FrameType.Settings) {
      throw protocolError("The first frame is not SETTINGS");
    }
    if (this.#block !== undefined && type !== FrameType.Continuation) {
      throw protocolError("A header block is interrupted");
    }
    switch (type) {
      case FrameType.Data: {
        const data = unpadded(frame);
        ofStream(streamId);
        return this.#receiver.data(streamId, data, (flags & FrameFlag.EndStream) !== 0, payload.length);
      }
      case FrameType.Headers:
        return this.#begin(frame);
      case FrameType.Continuation:
        return this.#continue(frame);
      case FrameType.Priority:
        ofStream(streamId);
        sized(payload, 5);
        return this.#receiver.ignored();
      case FrameType.RstStream:
        ofStream(streamId);
        sized(payload, 4);
        return this.#receiver.reset(streamId);
      case FrameType.Settings:
        return this.#settings(frame);
      case FrameType.PushPromise:
        throw protocolError("A client cannot push");
      case FrameType.Ping:
        ofConnection(streamId);
        sized(payload, 8);
        // What answers nothing that was asked is of no use.
        return (flags & FrameFlag.Ack) === 0 ? this.#receiver.ping(payload) : this.#receiver.ignored();
      case FrameType.GoAway:
        ofConnection(streamId);
        if (payload.length < 8) throw sizeError();
        return this.#receiver.goAway();
      case FrameType.WindowUpdate:
        sized(payload, 4);
        return this.#windowUpdate(streamId, uint32(payload, 0) & MAX_WINDOW);
      default:
        // Extensions are ignored (§5.5).
        return this.#receiver.ignored();
    }
  }

  #begin(frame: Frame): void {
    const { flags, streamId } = frame;
    ofStream(streamId);
    let fragment = unpadded(frame);
    if ((flags & FrameFlag.Priority) !== 0) {
      if (fragment.length < 5) throw sizeError();
      fragment = fragment.subarray(5);
    }
    this.#block = { streamId, isEnd: (flags & FrameFlag.EndStream) !== 0, parts: [], bytes: 0 };
    this.#append(this.#block, fragment, (flags & FrameFlag.EndHeaders) !== 0);
  }

  #continue({ flags, streamId, payload }: Frame): void {
    if (this.#block?.streamId !== streamId) throw protocolError("There is no header block to be continued");
    this.#append(this.#block, payload, (flags & FrameFlag.EndHeaders) !== 0);
  }

  #append(block: OpenBlock, fragment: Uint8Array<ArrayBuffer>, isLast: boolean): void {
    block.bytes += fragment.length;
    if (block.bytes > MAX_BLOCK_BYTES || block.parts.length === MAX_BLOCK_FRAMES) {
      const reason = `A header block has more than ${MAX_BLOCK_BYTES} bytes or ${MAX_BLOCK_FRAMES} frames`;
      throw new H2Error(H2ErrorCode.EnhanceYourCalm, reason);
    }
    if (!isLast) {
      block.parts.push(fragment.slice());
      return;
    }
    this.#block = undefined;
    const whole = block.parts.length === 0 ? fragment : joined([...block.parts, fragment], block.bytes);
    const fields = this.#decoder.decode(whole, MAX_HEADER_LIST_BYTES);
    this.#receiver.headers(block.streamId, fields, block.isEnd, block.bytes);
  }

  #settings({ flags, streamId, payload }: Frame): void {
    ofConnection(streamId);
    if ((flags & FrameFlag.Ack) !== 0) {
      sized(payload, 0);
      if (!this.#hasSettings) throw protocolError("The first frame is not SETTINGS");
      return this.#receiver.ignored();
    }
    if (payload.length % SETTING_BYTES !== 0) throw sizeError();
    if (payload.length > MAX_SETTINGS * SETTING_BYTES) {
      throw new H2Error(H2ErrorCode.EnhanceYourCalm, `A frame has more than ${MAX_SETTINGS} settings`);
    }
    this.#hasSettings = true;
    const settings: (readonly [number, number])[] = [];
    for (let at = 0; at < payload.length; at += SETTING_BYTES) {
      const setting = new DataView(payload.buffer, payload.byteOffset + at).getUint16(0);
      const value = uint32(payload, at + 2);
      checkSetting(setting, value);
      settings.push([setting, value]);
    }
    this.#receiver.settings(settings);
  }

  #windowUpdate(streamId: number, bytes: number): void {
    if (bytes === 0) throw protocolError("A window is updated by 0 bytes");
    this.#receiver.windowUpdate(streamId, bytes);
  }
}

function checkSetting(setting: number, value: number): void {
  if (setting === Setting.InitialWindowSize && value > MAX_WINDOW) {
    throw new H2Error(H2ErrorCode.FlowControlError, `A window of ${value} bytes is too large`);
  }
  if (setting === Setting.EnablePush && value > 1) throw protocolError("ENABLE_PUSH is neither 0 nor 1");
  if (setting === Setting.MaxFrameSize && (value < MAX_FRAME_BYTES || value > 0xff_ffff)) {
    throw protocolError(`MAX_FRAME_SIZE cannot be ${value}`);
  }
}

/** The payload without its padding (§6.1). */
function unpadded({ flags, payload }: Frame): Uint8Array<ArrayBuffer> {
  if ((flags & FrameFlag.Padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined) throw sizeError();
  if (padding >= payload.length) throw protocolError("A frame is all padding");
  return payload.subarray(1, payload.length - padding);
}

function ofStream(streamId: number): void {
  if (streamId === 0) throw protocolError("A frame of a stream names none");
}

function ofConnection(streamId: number): void {
  if (streamId !== 0) throw protocolError("A frame of the connection names a stream");
}

function sized({ length }: Uint8Array, expected: number): void {
  if (length !== expected) throw sizeError();
}

function sizeError(): H2Error {
  return new H2Error(H2ErrorCode.FrameSizeError, "A frame has not the size of its type");
}

function protocolError(reason: string): H2Error {
  return new H2Error(H2ErrorCode.ProtocolError, reason);
}

function uint32({ buffer, byteOffset }: Uint8Array<ArrayBuffer>, at: number): number {
  return new DataView(buffer, byteOffset + at).getUint32(0);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
