/**
 * A stream as a publisher sends it to another server: RTMP chunks, as for players, but with `@setDataFrame` before the
 * metadata, which some servers take no other way. Encoded once for all targets that gave the same message stream.
 *
 * @module
 */
import type { LogFormat, StreamMessage } from "../../stream/media/mod.ts";
import { ChunkStream, encodedLength, MessageType, writeMessage } from "../../rtmp/wire/mod.ts";

const NAME_PREFIX = "rtmp-publish/";
const SHORT_STRING = 2;
const SET_DATA_FRAME = text("@setDataFrame");
const ON_META_DATA = text("onMetaData");

/** Encodes messages for one message stream of a target. */
export class PublishFormat implements LogFormat {
  /** With chunk size and message stream. */
  readonly name: string;
  readonly #chunkSize: number;
  readonly #streamId: number;

  /** For the message stream of this id, with chunks of this size. */
  constructor(chunkSize: number, streamId: number) {
    this.name = `${NAME_PREFIX}${chunkSize}/${streamId}`;
    this.#chunkSize = chunkSize;
    this.#streamId = streamId;
  }

  /** The format of this name; `undefined` for a name of another kind of format. */
  static named(name: string): PublishFormat | undefined {
    if (!name.startsWith(NAME_PREFIX)) return undefined;
    const [chunkSize = "", streamId = ""] = name.slice(NAME_PREFIX.length).split("/");
    return new PublishFormat(Number(chunkSize), Number(streamId));
  }

  /** Bytes that `message` takes. */
  length({ typeId, time, payload }: StreamMessage): number {
    const length = payload.length + (isMetadata(typeId, payload) ? SET_DATA_FRAME.length : 0);
    return encodedLength(length, time >>> 0, chunkStreamOf(typeId), this.#chunkSize);
  }

  /** Encode `message` into `target` at `offset`; returns where it ended. */
  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number {
    const { typeId, time } = message;
    const payload = isMetadata(typeId, message.payload) ? withDataFrame(message.payload) : message.payload;
    const address = { streamId: this.#streamId, chunkStreamId: chunkStreamOf(typeId) };
    return writeMessage(
      target,
      offset,
      { typeId, timestamp: time >>> 0, payload, ...address },
      this.#chunkSize,
    );
  }
}

function isMetadata(typeId: number, payload: Uint8Array): boolean {
  return typeId === MessageType.DataAmf0 && ON_META_DATA.every((byte, at) => payload[at] === byte);
}

function withDataFrame(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const framed = new Uint8Array(SET_DATA_FRAME.length + payload.length);
  framed.set(SET_DATA_FRAME);
  framed.set(payload, SET_DATA_FRAME.length);
  return framed;
}

function chunkStreamOf(typeId: number): number {
  if (typeId === MessageType.Audio) return ChunkStream.Audio;
  return typeId === MessageType.Video ? ChunkStream.Video : ChunkStream.Data;
}

/** A short string of AMF0. */
function text(value: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(value);
  const all = new Uint8Array(3 + bytes.length);
  all.set([SHORT_STRING, 0, bytes.length]);
  all.set(bytes, 3);
  return all;
}
