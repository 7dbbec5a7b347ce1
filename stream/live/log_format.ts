/**
 * How a stream log spells a message: one log per live stream and output format.
 *
 * @module
 */
import { ChunkStream, encodedLength, MessageType, NET_STREAM_ID, writeMessage } from "../../rtmp/wire/mod.ts";

/** A message of a stream on the stream's own time line. */
export interface StreamMessage {
  /** Audio, Video or DataAmf0 of {@link MessageType}. */
  readonly typeId: number;
  /** Stream time in milliseconds, not wrapped. */
  readonly time: number;
  /** Never written again. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Spells messages into bytes that every consumer of the log gets alike. */
export interface LogFormat {
  /** Bytes that {@link LogFormat.write} will need. */
  length(message: StreamMessage): number;
  /** Spell `message` into `target` from `offset` on; returns where it ended. */
  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number;
}

/** RTMP chunks: each message starts with fmt 0 on the one NetStream, so that any player can begin with any message. */
export class RtmpFormat implements LogFormat {
  readonly #chunkSize: number;

  /** Messages as chunks of the vhost's outgoing chunk size, 128 to 65,536 bytes. */
  constructor(chunkSize: number) {
    this.#chunkSize = chunkSize;
  }

  /** Bytes that `message` takes. */
  length(message: StreamMessage): number {
    const { typeId, time, payload } = message;
    return encodedLength(payload.length, time >>> 0, chunkStreamOf(typeId), this.#chunkSize);
  }

  /** Encode `message` into `target` at `offset`; the bytes written. */
  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number {
    const { typeId, time, payload } = message;
    const chunkStreamId = chunkStreamOf(typeId);
    const wired = { typeId, timestamp: time >>> 0, streamId: NET_STREAM_ID, chunkStreamId, payload };
    return writeMessage(target, offset, wired, this.#chunkSize);
  }
}

function chunkStreamOf(typeId: number): number {
  if (typeId === MessageType.Audio) return ChunkStream.Audio;
  if (typeId === MessageType.Video) return ChunkStream.Video;
  return ChunkStream.Data;
}
