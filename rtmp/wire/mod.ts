/**
 * Bytes and messages: handshake, chunks, AMF0, commands, control messages. RTMP 1.0 §5 to §7. Pure: no clock, no
 * socket, no chance of its own; a {@link WireEnvironment} brings what it needs of the world.
 *
 * A connection's incoming bytes go through one {@link MessageDecoder}, its outgoing messages through one
 * {@link ChunkEncoder}. What a peer may make it keep is bounded by {@link WireLimits}; what breaks the rules throws
 * a {@link ProtocolError}, and nothing else is ever thrown because of a peer's bytes.
 *
 * @module
 */
export { splitAggregate } from "./aggregate.ts";
export {
  Amf0Date,
  type Amf0DecodeOptions,
  Amf0EcmaArray,
  Amf0Object,
  type Amf0Text,
  Amf0TypedObject,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
  decodeAmf0,
  encodeAmf0,
} from "./amf0.ts";
export { ChunkDecoder } from "./chunk_decoder.ts";
export {
  ChunkEncoder,
  DEFAULT_CHUNK_SIZE,
  encodedLength,
  type EncodedMessages,
  SharedMessages,
  type WritableMessage,
  writeMessage,
} from "./chunk_encoder.ts";
export { ClientHandshake, type ClientHandshakeOptions } from "./client_handshake.ts";
export {
  type AmfDataMessage,
  type Command,
  decodeCommand,
  decodeData,
  encodeCommand,
  encodeData,
  type MessageAddress,
} from "./command.ts";
export {
  type Abort,
  type Acknowledgement,
  type BandwidthLimit,
  type Control,
  decodeControl,
  encodeControl,
  isAcknowledgement,
  isControl,
  MAX_CHUNK_SIZE,
  type SetChunkSize,
  type SetPeerBandwidth,
  type WindowAcknowledgementSize,
} from "./control.ts";
export type { WireEnvironment } from "./environment.ts";
export type { Handshake } from "./handshake.ts";
export { DEFAULT_WIRE_LIMITS, type WireLimitName, type WireLimits } from "./limits.ts";
export { ChunkStream, MessageType, NET_STREAM_ID, type PayloadMemory, type RtmpMessage } from "./message.ts";
export { MessageDecoder, type MessageDecoderOptions } from "./message_decoder.ts";
export { readWrittenMessage, type WrittenMessage } from "./written_message.ts";
export { MessageDecoderStream } from "./message_decoder_stream.ts";
export {
  type OtherProtocol,
  ProtocolError,
  ProtocolErrorCode,
  type ProtocolErrorOptions,
} from "./protocol_error.ts";
export { ServerHandshake } from "./server_handshake.ts";
export type {
  PingRequest,
  PingResponse,
  SetBufferLength,
  StreamBegin,
  StreamDry,
  StreamEof,
  StreamIsRecorded,
  UnknownUserControl,
  UserControl,
} from "./user_control.ts";
export { Amf0Reader } from "./amf0_reader.ts";
export { withoutAmf3Prefix } from "./command.ts";
