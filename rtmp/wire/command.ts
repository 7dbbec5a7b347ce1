/**
 * Command and data messages: a name and AMF0 values. RTMP 1.0 §7.1.1 and §7.1.2. Pure.
 *
 * @module
 */
import { type Amf0Value, decodeAmf0, encodeAmf0 } from "./amf0.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessageType, type RtmpMessage } from "./message.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/** A remote procedure call or its answer. */
export interface Command {
  /** `connect`, `_result`, `onStatus`, ... */
  readonly name: string;
  /** 0 when no answer is wanted; `_result` and `_error` repeat the call's. */
  readonly transactionId: number;
  /** What follows the transaction id: the command object, `null` where there is none, then the arguments. */
  readonly args: readonly Amf0Value[];
}

/** A data message: metadata and the like. */
export interface AmfDataMessage {
  /** `onMetaData`, `@setDataFrame`, `|RtmpSampleAccess`, ... */
  readonly name: string;
  /** What follows the name. */
  readonly values: readonly Amf0Value[];
}

/** Where a message that this server sends goes. */
export interface MessageAddress {
  /** Message stream id: 0 for the connection, else the NetStream's. */
  readonly streamId: number;
  /** One of `ChunkStream`, or another that the receiver knows. */
  readonly chunkStreamId: number;
  /** Milliseconds, 0 when absent. */
  readonly timestamp?: number;
}

/**
 * Decode a command message, of type 20 or 17.
 *
 * @throws {ProtocolError} `Command` when name or transaction id is missing or of another type; as `decodeAmf0`.
 * @throws {RangeError} When the message is of another type.
 */
export function decodeCommand(message: RtmpMessage, limits: WireLimits = DEFAULT_WIRE_LIMITS): Command {
  if (message.typeId !== MessageType.CommandAmf0 && message.typeId !== MessageType.CommandAmf3) {
    throw new RangeError(`Cannot decode message type ${message.typeId} as a command: it is none`);
  }
  const body = withoutAmf3Prefix(message, MessageType.CommandAmf3);
  const [name, transactionId, ...args] = decodeAmf0(body, limits);
  if (typeof name !== "string") {
    throw new ProtocolError(
      ProtocolErrorCode.Command,
      `Cannot read a command: its name is ${typeof name}, not a string`,
    );
  }
  if (typeof transactionId !== "number") {
    throw new ProtocolError(
      ProtocolErrorCode.Command,
      `Cannot read command ${JSON.stringify(name)}: ` +
        `its transaction id is ${typeof transactionId}, not a number`,
    );
  }
  return { name, transactionId, args };
}

/** Encode a command as an AMF0 command message. */
export function encodeCommand(command: Command, address: MessageAddress): RtmpMessage {
  const { name, transactionId, args } = command;
  return toMessage(MessageType.CommandAmf0, encodeAmf0([name, transactionId, ...args]), address);
}

/**
 * Decode a data message, of type 18 or 15. Strings that are not UTF-8 are taken for Latin-1: what old encoders
 * write into their metadata does not end them.
 *
 * @throws {ProtocolError} `Command` when it does not begin with a name; as `decodeAmf0`.
 * @throws {RangeError} When the message is of another type.
 */
export function decodeData(message: RtmpMessage, limits: WireLimits = DEFAULT_WIRE_LIMITS): AmfDataMessage {
  if (message.typeId !== MessageType.DataAmf0 && message.typeId !== MessageType.DataAmf3) {
    throw new RangeError(`Cannot decode message type ${message.typeId} as data: it is none`);
  }
  const body = withoutAmf3Prefix(message, MessageType.DataAmf3);
  const [name, ...values] = decodeAmf0(body, limits, { text: "latin1" });
  if (typeof name !== "string") {
    throw new ProtocolError(
      ProtocolErrorCode.Command,
      `Cannot read a data message: its name is ${typeof name}, not a string`,
    );
  }
  return { name, values };
}

/** Encode a data message as AMF0. */
export function encodeData(data: AmfDataMessage, address: MessageAddress): RtmpMessage {
  return toMessage(MessageType.DataAmf0, encodeAmf0([data.name, ...data.values]), address);
}

/**
 * The AMF0 values of a body that may be of an AMF3 type. Those bodies begin with a zero byte and go on in AMF0
 * (a client that has AMF3 to say marks each such value); some senders forget the zero, and no name begins with it.
 */
export function withoutAmf3Prefix(message: RtmpMessage, amf3TypeId: number): RtmpMessage["payload"] {
  const { typeId, payload } = message;
  return typeId === amf3TypeId && payload[0] === 0 ? payload.subarray(1) : payload;
}

function toMessage(typeId: number, payload: Uint8Array<ArrayBuffer>, address: MessageAddress): RtmpMessage {
  const { streamId, chunkStreamId, timestamp = 0 } = address;
  return { typeId, timestamp, streamId, chunkStreamId, payload };
}
