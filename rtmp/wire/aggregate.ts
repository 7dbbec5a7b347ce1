/**
 * Aggregate messages: several messages of one stream in one body. RTMP 1.0 §7.1.6. Pure.
 *
 * @module
 */
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessageType, type RtmpMessage } from "./message.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/** Type, size, timestamp with its extension, and stream id, as in an FLV tag. */
const HEADER_BYTES = 11;
/** The size of the part in front of it, which nobody needs here. */
const BACK_POINTER_BYTES = 4;

/**
 * Split an aggregate message into its parts. Their timestamps are shifted so that the first equals the aggregate's
 * own; stream id and chunk stream id are the aggregate's.
 *
 * @returns Parts with payloads of their own. The back pointer of the last one may be missing.
 * @throws {ProtocolError} `Aggregate` when the parts do not add up, are empty or are neither audio, video nor data;
 * `Limit` above `maxAggregateMessages`.
 * @throws {RangeError} When the message is of another type.
 */
export function splitAggregate(
  message: RtmpMessage,
  limits: WireLimits = DEFAULT_WIRE_LIMITS,
): RtmpMessage[] {
  if (message.typeId !== MessageType.Aggregate) {
    throw new RangeError(`Cannot split message type ${message.typeId}: it is not an aggregate`);
  }
  const { payload, streamId, chunkStreamId } = message;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const parts: RtmpMessage[] = [];
  let shift = 0;
  let at = 0;
  while (at < payload.length) {
    if (parts.length >= limits.maxAggregateMessages) {
      throw new ProtocolError(
        ProtocolErrorCode.Limit,
        `Cannot split an aggregate of more than ${limits.maxAggregateMessages} messages`,
        { limit: "max_aggregate_messages" },
      );
    }
    if (at + HEADER_BYTES > payload.length) throw refuse(at, payload.length, "a header is cut off");
    const typeId = view.getUint8(at);
    const size = view.getUint32(at) & 0xffffff;
    // Bits 24 to 31 follow the lower ones, as in FLV.
    const timestamp = (view.getUint8(at + 7) << 24) | (view.getUint32(at + 4) >>> 8);
    const start = at + HEADER_BYTES;
    if (!isPart(typeId)) throw refuse(at, payload.length, `message type ${typeId} has no place in it`);
    if (size === 0) throw refuse(at, payload.length, "a message is empty");
    if (start + size > payload.length) throw refuse(at, payload.length, `${size} bytes do not fit`);

    if (parts.length === 0) shift = message.timestamp - timestamp;
    parts.push({
      typeId,
      timestamp: (timestamp + shift) >>> 0,
      streamId,
      chunkStreamId,
      payload: payload.slice(start, start + size),
    });
    at = start + size + BACK_POINTER_BYTES;
  }
  return parts;
}

function isPart(typeId: number): boolean {
  return typeId === MessageType.Audio || typeId === MessageType.Video || typeId === MessageType.DataAmf0 ||
    typeId === MessageType.DataAmf3;
}

function refuse(at: number, length: number, detail: string): ProtocolError {
  return new ProtocolError(
    ProtocolErrorCode.Aggregate,
    `Cannot split an aggregate message at byte ${at} of ${length}: ${detail}`,
  );
}
