/**
 * Messages to chunks. RTMP 1.0 §5.3. Pure.
 *
 * A message always starts with fmt 0 and goes on with fmt 3, so its bytes depend on nothing before it: what was
 * encoded once can be sent to every player, from any message on.
 *
 * @module
 */
import { basicHeaderSizeOf, MAX_CHUNK_STREAM_ID, writeBasicHeader } from "./basic_header.ts";
import { decodeControl } from "./control.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

/** §5.4.1: both sides begin with it, bytes. */
export const DEFAULT_CHUNK_SIZE = 128;

/** From this value on a timestamp has four bytes of its own (§5.3.1.3). */
export const EXTENDED_TIMESTAMP = 0xffffff;

/** Bytes of a fmt 0 header after the basic header, without extended timestamp. */
const FULL_HEADER_BYTES = 11;

/** What this side may tell the other: any size that means anything. */
const OWN_LIMITS: WireLimits = { ...DEFAULT_WIRE_LIMITS, minChunkSize: 1 };

/** What `writeMessage` needs of a message; the payload may be in shared memory. */
export interface WritableMessage {
  /** Message type id, 0 to 255. */
  readonly typeId: number;
  /** Milliseconds, an unsigned 32-bit number. */
  readonly timestamp: number;
  /** Message stream id. */
  readonly streamId: number;
  /** 2 to 65,599. */
  readonly chunkStreamId: number;
  /** At most 16,777,215 bytes. */
  readonly payload: Uint8Array;
}

/** How many bytes `writeMessage` writes for such a message. */
export function encodedLength(
  payloadLength: number,
  timestamp: number,
  chunkStreamId: number,
  chunkSize: number,
): number {
  const extended = timestamp >= EXTENDED_TIMESTAMP ? 4 : 0;
  const headers = Math.max(1, Math.ceil(payloadLength / chunkSize));
  return headers * (basicHeaderSizeOf(chunkStreamId) + extended) + FULL_HEADER_BYTES + payloadLength;
}

/**
 * Write a message as chunks.
 *
 * @param target Has `encodedLength` bytes from `offset` on; may be shared memory.
 * @param chunkSize The size that was last sent to the receiver, bytes.
 * @returns Where the message ends in `target`.
 */
export function writeMessage(
  target: Uint8Array,
  offset: number,
  message: WritableMessage,
  chunkSize: number,
): number {
  const { timestamp, payload, streamId, chunkStreamId } = message;
  const length = payload.length;
  const extended = timestamp >= EXTENDED_TIMESTAMP;

  let at = writeBasicHeader(target, offset, 0, chunkStreamId);
  const field = extended ? EXTENDED_TIMESTAMP : timestamp;
  target[at] = field >> 16;
  target[at + 1] = field >> 8;
  target[at + 2] = field;
  target[at + 3] = length >> 16;
  target[at + 4] = length >> 8;
  target[at + 5] = length;
  target[at + 6] = message.typeId;
  // Little-endian, alone among the header's numbers.
  target[at + 7] = streamId;
  target[at + 8] = streamId >> 8;
  target[at + 9] = streamId >> 16;
  target[at + 10] = streamId >> 24;
  at += FULL_HEADER_BYTES;
  if (extended) at = writeUint32(target, at, timestamp);

  if (length <= chunkSize) {
    target.set(payload, at);
    return at + length;
  }
  for (let start = 0; start < length; start += chunkSize) {
    if (start > 0) {
      at = writeBasicHeader(target, at, 3, chunkStreamId);
      // §5.3.1.3 has it on fmt 3 too; receivers that do not expect it there compare before they consume.
      if (extended) at = writeUint32(target, at, timestamp);
    }
    const end = Math.min(start + chunkSize, length);
    target.set(payload.subarray(start, end), at);
    at += end - start;
  }
  return at;
}

/** Messages that many connections get: their chunks are encoded once for all that have the same chunk size. */
export class SharedMessages {
  /** In their order. */
  readonly messages: readonly RtmpMessage[];
  #last: { readonly chunkSize: number; readonly encoded: EncodedMessages } | undefined;

  /**
   * Not encoded yet.
   *
   * @param messages Kept, and not changed any more.
   */
  constructor(messages: readonly RtmpMessage[]) {
    this.messages = messages;
  }

  /**
   * Their chunks.
   *
   * @param chunkSize The size in force before the first of them.
   */
  encode(chunkSize: number): EncodedMessages {
    if (this.#last?.chunkSize === chunkSize) return this.#last.encoded;
    const encoder = new ChunkEncoder(chunkSize);
    for (const message of this.messages) encoder.write(message);
    const bytes = encoder.takeOutput() ?? new Uint8Array(0);
    const encoded = { bytes, chunkSize: encoder.chunkSize };
    this.#last = { chunkSize, encoded };
    return encoded;
  }
}

/** The chunks of {@link SharedMessages}. */
export interface EncodedMessages {
  /** Of all of them; not to be changed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The size in force after them. */
  readonly chunkSize: number;
}

/** One direction of a connection: collects messages, gives chunks. */
export class ChunkEncoder {
  readonly #queue: { readonly message: RtmpMessage; readonly chunkSize: number }[] = [];
  /** What goes before the queue. */
  #shared: Uint8Array<ArrayBuffer> | undefined;
  #queuedBytes = 0;
  #chunkSize: number;

  /**
   * Nothing queued.
   *
   * @param chunkSize The size that was last sent to the receiver, bytes.
   */
  constructor(chunkSize: number = DEFAULT_CHUNK_SIZE) {
    this.#chunkSize = chunkSize;
  }

  /** The size of the chunks of the next message, bytes. */
  get chunkSize(): number {
    return this.#chunkSize;
  }

  /** How many bytes `takeOutput` would give. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Queue a message. One that sets the chunk size does so for those after it.
   *
   * @param message Kept until it is taken.
   * @throws {RangeError} When its chunk stream id cannot be written.
   */
  write(message: RtmpMessage): void {
    const { chunkStreamId, payload, timestamp, typeId } = message;
    if (chunkStreamId < 2 || chunkStreamId > MAX_CHUNK_STREAM_ID) {
      throw new RangeError(
        `Cannot encode a message for chunk stream ${chunkStreamId}: ids are 2 to ${MAX_CHUNK_STREAM_ID}`,
      );
    }
    this.#queue.push({ message, chunkSize: this.#chunkSize });
    this.#queuedBytes += encodedLength(payload.length, timestamp, chunkStreamId, this.#chunkSize);
    if (typeId !== MessageType.SetChunkSize) return;

    const control = decodeControl(message, OWN_LIMITS);
    if (control.kind === "setChunkSize") this.#chunkSize = control.chunkSize;
  }

  /** Queue messages that other connections get as well. Where nothing else is taken with them, nothing is copied. */
  writeShared(shared: SharedMessages): void {
    if (this.#queuedBytes > 0) {
      for (const message of shared.messages) this.write(message);
      return;
    }
    const { bytes, chunkSize } = shared.encode(this.#chunkSize);
    this.#shared = bytes;
    this.#queuedBytes = bytes.length;
    this.#chunkSize = chunkSize;
  }

  /**
   * The chunks of all queued messages, once; `undefined` when there are none. Other connections may have the same array:
   * it is not to be changed.
   */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    const shared = this.#shared;
    this.#shared = undefined;
    if (this.#queue.length === 0) {
      this.#queuedBytes = 0;
      return shared;
    }
    const output = new Uint8Array(this.#queuedBytes);
    if (shared !== undefined) output.set(shared);
    let at = shared?.length ?? 0;
    for (const { message, chunkSize } of this.#queue) at = writeMessage(output, at, message, chunkSize);
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    return output;
  }
}

function writeUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value >>> 24;
  target[at + 1] = value >> 16;
  target[at + 2] = value >> 8;
  target[at + 3] = value;
  return at + 4;
}
