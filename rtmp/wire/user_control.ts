/**
 * User control events: the bodies of message type 4. RTMP 1.0 §7.1.7. Pure.
 *
 * @module
 */
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/** The stream can be used: begins, or begins again after a pause. */
export interface StreamBegin {
  /** Which message it is. */
  readonly kind: "streamBegin";
  /** Message stream id. */
  readonly streamId: number;
}

/** The playback of the stream is over, or pauses. */
export interface StreamEof {
  /** Which message it is. */
  readonly kind: "streamEof";
  /** Message stream id. */
  readonly streamId: number;
}

/** Nothing more for now. */
export interface StreamDry {
  /** Which message it is. */
  readonly kind: "streamDry";
  /** Message stream id. */
  readonly streamId: number;
}

/** The client's buffer. */
export interface SetBufferLength {
  /** Which message it is. */
  readonly kind: "setBufferLength";
  /** Message stream id. */
  readonly streamId: number;
  /** Milliseconds that it holds, or wants to. */
  readonly bufferMs: number;
}

/** The stream is a recorded one. */
export interface StreamIsRecorded {
  /** Which message it is. */
  readonly kind: "streamIsRecorded";
  /** Message stream id. */
  readonly streamId: number;
}

/** Asks for a {@link PingResponse} with the same timestamp. */
export interface PingRequest {
  /** Which message it is. */
  readonly kind: "pingRequest";
  /** Milliseconds of the asking side's clock, an unsigned 32-bit number. */
  readonly timestamp: number;
}

/** Answers a {@link PingRequest}. */
export interface PingResponse {
  /** Which message it is. */
  readonly kind: "pingResponse";
  /** The request's. */
  readonly timestamp: number;
}

/** An event that this server does not know: SWF verification, buffer empty and ready, FMS's own. */
export interface UnknownUserControl {
  /** Which message it is. */
  readonly kind: "unknownUserControl";
  /** 0 to 65,535. */
  readonly eventType: number;
  /** What follows the event type, in an array of its own. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Any user control event. */
export type UserControl =
  | StreamBegin
  | StreamEof
  | StreamDry
  | SetBufferLength
  | StreamIsRecorded
  | PingRequest
  | PingResponse
  | UnknownUserControl;

/** Event types of §7.1.7. */
const EVENT_TYPES = {
  streamBegin: 0,
  streamEof: 1,
  streamDry: 2,
  setBufferLength: 3,
  streamIsRecorded: 4,
  pingRequest: 6,
  pingResponse: 7,
} as const;

/** Whether a value with a `kind` is a user control event. */
export function isUserControl<T extends { readonly kind: string }>(
  control: T,
): control is Extract<T, UserControl> {
  return control.kind in EVENT_TYPES || control.kind === "unknownUserControl";
}

/**
 * Decode the body of a user control message.
 *
 * @param view The whole body; not kept. Bytes after what the event needs are ignored.
 * @throws {ProtocolError} `Control` when the body is too short.
 */
export function decodeUserControl(view: DataView): UserControl {
  const eventType = requireBytes(view, 2).getUint16(0);
  switch (eventType) {
    case EVENT_TYPES.streamBegin:
      return { kind: "streamBegin", streamId: firstNumber(view) };
    case EVENT_TYPES.streamEof:
      return { kind: "streamEof", streamId: firstNumber(view) };
    case EVENT_TYPES.streamDry:
      return { kind: "streamDry", streamId: firstNumber(view) };
    case EVENT_TYPES.setBufferLength: {
      const bufferMs = requireBytes(view, 10).getUint32(6);
      return { kind: "setBufferLength", streamId: firstNumber(view), bufferMs };
    }
    case EVENT_TYPES.streamIsRecorded:
      return { kind: "streamIsRecorded", streamId: firstNumber(view) };
    case EVENT_TYPES.pingRequest:
      return { kind: "pingRequest", timestamp: firstNumber(view) };
    case EVENT_TYPES.pingResponse:
      return { kind: "pingResponse", timestamp: firstNumber(view) };
    default: {
      const data = new Uint8Array(view.byteLength - 2);
      data.set(new Uint8Array(view.buffer, view.byteOffset + 2, data.length));
      return { kind: "unknownUserControl", eventType, data };
    }
  }
}

/** Encode the body of a user control message. */
export function encodeUserControl(event: UserControl): Uint8Array<ArrayBuffer> {
  if (event.kind === "unknownUserControl") {
    const body = new Uint8Array(2 + event.data.length);
    new DataView(body.buffer).setUint16(0, event.eventType);
    body.set(event.data, 2);
    return body;
  }
  const body = new Uint8Array(event.kind === "setBufferLength" ? 10 : 6);
  const view = new DataView(body.buffer);
  view.setUint16(0, EVENT_TYPES[event.kind]);
  view.setUint32(2, "timestamp" in event ? event.timestamp : event.streamId);
  if (event.kind === "setBufferLength") view.setUint32(6, event.bufferMs);
  return body;
}

function firstNumber(view: DataView): number {
  return requireBytes(view, 6).getUint32(2);
}

function requireBytes(view: DataView, size: number): DataView {
  if (view.byteLength < size) {
    throw new ProtocolError(
      ProtocolErrorCode.Control,
      `Cannot read a user control message: its body has ${view.byteLength} bytes and needs ${size}`,
    );
  }
  return view;
}
