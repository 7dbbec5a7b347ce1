/**
 * The RTMP message: what chunks carry. RTMP 1.0 §6.1 and §5.4, §7.1 for the type ids. Pure data.
 *
 * @module
 */

/** One whole message, reassembled from its chunks or about to be cut into them. */
export interface RtmpMessage {
  /** Message type id, one of {@link MessageType} or a number this server does not know. */
  readonly typeId: number;
  /** Absolute time in milliseconds, an unsigned 32-bit number that wraps. */
  readonly timestamp: number;
  /** Message stream id: 0 for the connection itself, 1 for the one NetStream. */
  readonly streamId: number;
  /** Chunk stream id, 2 to 65,599. */
  readonly chunkStreamId: number;
  /** The body, in an array of its exact size that belongs to the message; never written again. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Message type ids. RTMP 1.0 §5.4 (1 to 6) and §7.1. */
export const MessageType = {
  SetChunkSize: 1,
  Abort: 2,
  Acknowledgement: 3,
  UserControl: 4,
  WindowAcknowledgementSize: 5,
  SetPeerBandwidth: 6,
  Audio: 8,
  Video: 9,
  DataAmf3: 15,
  SharedObjectAmf3: 16,
  CommandAmf3: 17,
  DataAmf0: 18,
  SharedObjectAmf0: 19,
  CommandAmf0: 20,
  Aggregate: 22,
} as const;

/** The chunk stream ids that this server writes to; any id is accepted from a peer. */
export const ChunkStream = {
  /** Protocol control and user control. RTMP 1.0 §5.4 */
  Control: 2,
  /** NetConnection commands. */
  Connection: 3,
  /** NetStream commands: onStatus. */
  Stream: 5,
  /** Metadata and other data messages of a stream. */
  Data: 4,
  Audio: 6,
  Video: 7,
} as const;

/** The one message stream id that `createStream` answers with, as in SRS. */
export const NET_STREAM_ID = 1;

/** Whose memory payloads are in. */
export interface PayloadMemory {
  /**
   * Payloads may be views on the bytes that the decoder is given, whose owner does not use them again before all
   * messages have been acted upon. The decoder then moves the parts of a payload together there. By default each has
   * an array of its own and of its exact size.
   */
  readonly borrowed?: boolean;
}
