/**
 * Protocol control messages. RTMP 1.0 §5.4, their user control part (§7.1.7) in a file of its own. Pure.
 *
 * @module
 */
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { ChunkStream, MessageType, type RtmpMessage } from "./message.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";
import { decodeUserControl, encodeUserControl, isUserControl, type UserControl } from "./user_control.ts";

/** The largest chunk size that means anything: no message is longer (§5.4.1). */
export const MAX_CHUNK_SIZE = 0xffffff;

/** §5.4.1: the sender's chunks are of this size from here on. */
export interface SetChunkSize {
  /** Which message it is. */
  readonly kind: "setChunkSize";
  /** Bytes, 1 to {@link MAX_CHUNK_SIZE}. */
  readonly chunkSize: number;
}

/** §5.4.2: the sender gives up the unfinished message on this chunk stream. */
export interface Abort {
  /** Which message it is. */
  readonly kind: "abort";
  /** Any 32-bit number; ids in use are 2 to 65,599. */
  readonly chunkStreamId: number;
}

/** §5.4.3: so much has arrived. */
export interface Acknowledgement {
  /** Which message it is. */
  readonly kind: "acknowledgement";
  /** Bytes received so far, modulo 2^32. */
  readonly sequenceNumber: number;
}

/** §5.4.4: the sender wants an acknowledgement each time that it has sent this many bytes. */
export interface WindowAcknowledgementSize {
  /** Which message it is. */
  readonly kind: "windowAcknowledgementSize";
  /** Bytes; some peers say 0. */
  readonly windowSize: number;
}

/** How a bandwidth is meant: obey, obey if it is smaller, obey if the one before was hard (§5.4.5). */
export type BandwidthLimit = "hard" | "soft" | "dynamic";

/** §5.4.5: the receiver may have so much on its way unacknowledged. */
export interface SetPeerBandwidth {
  /** Which message it is. */
  readonly kind: "setPeerBandwidth";
  /** Bytes. */
  readonly windowSize: number;
  /** How it is meant. */
  readonly limit: BandwidthLimit;
}

/** Any control message, user control included. */
export type Control =
  | SetChunkSize
  | Abort
  | Acknowledgement
  | WindowAcknowledgementSize
  | SetPeerBandwidth
  | UserControl;

/** §5.4.5: limit types by their number. */
const BANDWIDTH_LIMITS: readonly BandwidthLimit[] = ["hard", "soft", "dynamic"];

/** Whether `decodeControl` takes messages of this type. */
export function isControl(typeId: number): boolean {
  return typeId >= MessageType.SetChunkSize && typeId <= MessageType.SetPeerBandwidth;
}

/** Whether a message is an acknowledgement and nothing more (§5.4.3): it needs no answer. */
export function isAcknowledgement({ typeId, payload }: RtmpMessage): boolean {
  return typeId === MessageType.Acknowledgement && payload.length === 4;
}

/**
 * Decode a control message, of type 1 to 6. Bytes after what a type needs are ignored. A chunk size above
 * {@link MAX_CHUNK_SIZE} is read as that: some peers say 2,147,483,647. A bandwidth without a known limit type is
 * dynamic.
 *
 * @throws {ProtocolError} `Control` when the body is too short, `ChunkSize` when the size is below
 * `limits.minChunkSize` or has its first bit set.
 * @throws {RangeError} When the message is of another type.
 */
export function decodeControl(message: RtmpMessage, limits: WireLimits = DEFAULT_WIRE_LIMITS): Control {
  const { typeId, payload } = message;
  if (!isControl(typeId)) {
    throw new RangeError(`Cannot decode message type ${typeId} as a control message: it is none`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (typeId === MessageType.UserControl) return decodeUserControl(view);

  if (view.byteLength < 4) {
    throw new ProtocolError(
      ProtocolErrorCode.Control,
      `Cannot read control message type ${typeId}: its body has ${view.byteLength} bytes and needs 4`,
    );
  }
  const number = view.getUint32(0);
  switch (typeId) {
    case MessageType.SetChunkSize:
      return { kind: "setChunkSize", chunkSize: usableChunkSize(number, limits) };
    case MessageType.Abort:
      return { kind: "abort", chunkStreamId: number };
    case MessageType.Acknowledgement:
      return { kind: "acknowledgement", sequenceNumber: number };
    case MessageType.WindowAcknowledgementSize:
      return { kind: "windowAcknowledgementSize", windowSize: number };
    default: {
      const limit = view.byteLength > 4 ? BANDWIDTH_LIMITS[view.getUint8(4)] : undefined;
      return { kind: "setPeerBandwidth", windowSize: number, limit: limit ?? "dynamic" };
    }
  }
}

/** Encode a control message: on message stream 0 and chunk stream 2, with timestamp 0, as §5.4 wants. */
export function encodeControl(control: Control): RtmpMessage {
  if (isUserControl(control)) return toMessage(MessageType.UserControl, encodeUserControl(control));
  switch (control.kind) {
    case "setChunkSize":
      return toMessage(MessageType.SetChunkSize, uint32(control.chunkSize));
    case "abort":
      return toMessage(MessageType.Abort, uint32(control.chunkStreamId));
    case "acknowledgement":
      return toMessage(MessageType.Acknowledgement, uint32(control.sequenceNumber));
    case "windowAcknowledgementSize":
      return toMessage(MessageType.WindowAcknowledgementSize, uint32(control.windowSize));
    case "setPeerBandwidth": {
      const payload = new Uint8Array(5);
      payload.set(uint32(control.windowSize));
      payload[4] = BANDWIDTH_LIMITS.indexOf(control.limit);
      return toMessage(MessageType.SetPeerBandwidth, payload);
    }
  }
}

function usableChunkSize(announced: number, limits: WireLimits): number {
  if (announced < limits.minChunkSize || announced > 0x7fffffff) {
    throw new ProtocolError(
      ProtocolErrorCode.ChunkSize,
      `Cannot set the chunk size to ${announced}: it must be ${limits.minChunkSize} to 2147483647`,
      announced > 0 && announced < limits.minChunkSize ? { limit: "min_chunk_size" } : {},
    );
  }
  return Math.min(announced, MAX_CHUNK_SIZE);
}

function uint32(number: number): Uint8Array<ArrayBuffer> {
  // No `DataView`: it would take this small array out of the engine's heap.
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

function toMessage(typeId: number, payload: Uint8Array<ArrayBuffer>): RtmpMessage {
  return { typeId, timestamp: 0, streamId: 0, chunkStreamId: ChunkStream.Control, payload };
}
