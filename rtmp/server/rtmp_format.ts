/**
 * RTMP chunks as an output. RTMP 1.0 §5.3.1: each message starts with fmt 0 on the one NetStream, so that any player
 * can begin with any message.
 *
 * @module
 */
import type { LogFormat, MediaMessage, StreamMessage } from "../../stream/media/mod.ts";
import {
  ChunkStream,
  encodedLength,
  MessageType,
  NET_STREAM_ID,
  readWrittenMessage,
  type RtmpMessage,
  withoutAmf3Prefix,
  writeMessage,
} from "../wire/mod.ts";

const NAME_PREFIX = "rtmp/";

/** Encodes messages as chunks of one size. */
export class RtmpFormat implements LogFormat {
  /** `rtmp/` and the chunk size. */
  readonly name: string;
  readonly #chunkSize: number;

  /** Messages as chunks of the vhost's outgoing chunk size, 128 to 65,536 bytes. */
  constructor(chunkSize: number) {
    this.name = `${NAME_PREFIX}${chunkSize}`;
    this.#chunkSize = chunkSize;
  }

  /** The format of this name; `undefined` for a name of another kind of format. */
  static named(name: string): RtmpFormat | undefined {
    return name.startsWith(NAME_PREFIX) ? new RtmpFormat(Number(name.slice(NAME_PREFIX.length))) : undefined;
  }

  /** Bytes that `message` takes. */
  length(message: StreamMessage): number {
    const { typeId, time, payload } = message;
    return encodedLength(payload.length, time >>> 0, chunkStreamOf(typeId), this.#chunkSize);
  }

  /** Encode `message` into `target` at `offset`; returns where it ended. */
  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number {
    const { typeId, time, payload } = message;
    const chunkStreamId = chunkStreamOf(typeId);
    const wired = { typeId, timestamp: time >>> 0, streamId: NET_STREAM_ID, chunkStreamId, payload };
    return writeMessage(target, offset, wired, this.#chunkSize);
  }

  /** The messages that were encoded one after the other. */
  *read(bytes: Uint8Array<ArrayBufferLike>): Generator<StreamMessage> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length;) {
      const { typeId, timestamp, payload, end } = readWrittenMessage(view, at, this.#chunkSize);
      yield { typeId, time: timestamp, payload };
      at = end;
    }
  }
}

/** A publisher's message without RTMP: data in AMF3's wrapper becomes plain data, everything else stays as it is. */
export function toMediaMessage(message: RtmpMessage): MediaMessage {
  if (message.typeId !== MessageType.DataAmf3) return message;
  const payload = withoutAmf3Prefix(message, MessageType.DataAmf3);
  return { typeId: MessageType.DataAmf0, timestamp: message.timestamp, payload };
}

function chunkStreamOf(typeId: number): number {
  if (typeId === MessageType.Audio) return ChunkStream.Audio;
  if (typeId === MessageType.Video) return ChunkStream.Video;
  return ChunkStream.Data;
}
