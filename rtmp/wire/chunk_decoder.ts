/**
 * Chunks to messages. RTMP 1.0 §5.3. Pure.
 *
 * What the field does beyond the specification and is taken: a chunk stream that begins with fmt 1 (librtmp's
 * ping), fmt 3 with and without the extended timestamp, fmt 1 and 2 inside a message that they do not change.
 *
 * @module
 */
import { basicHeaderSize, MAX_BASIC_HEADER_BYTES, readChunkStreamId } from "./basic_header.ts";
import { DEFAULT_CHUNK_SIZE, EXTENDED_TIMESTAMP } from "./chunk_encoder.ts";
import { ChunkStreamState } from "./chunk_stream_state.ts";
import { decodeControl } from "./control.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessageType, type PayloadMemory, type RtmpMessage } from "./message.ts";
import {
  EXTENDED_BYTES,
  MESSAGE_HEADER_BYTES,
  messageHeaderSize,
  readUint24,
  repeatedTimestampSize,
} from "./message_header.ts";
import { PayloadBudget } from "./payload_budget.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

const MAX_HEADER_BYTES = MAX_BASIC_HEADER_BYTES + 11 + EXTENDED_BYTES;
const LITTLE_ENDIAN = true;
const NOTHING = new Uint8Array(0);

/** One direction of a connection: takes bytes as they come, gives whole messages. */
export class ChunkDecoder {
  readonly #limits: WireLimits;
  readonly #budget: PayloadBudget;
  readonly #states = new Map<number, ChunkStreamState>();
  /** A header whose end has not come; most peers never need it. */
  #carry: Uint8Array<ArrayBuffer> | undefined;
  #carried = 0;
  #chunkSize = DEFAULT_CHUNK_SIZE;
  /** The chunk stream of the chunk that is being read. */
  #current = new ChunkStreamState(0);
  /** Payload bytes that this chunk still owes. */
  #chunkLeft = 0;
  #mediaInParts = 0;
  #view: DataView | undefined;
  readonly #borrowed: boolean;
  /** The bytes that are being read, where payloads may be views on them. */
  #lent: Uint8Array<ArrayBuffer> | undefined;
  /** The chunk stream of an unfinished message that lies there in one piece, as far as it has come. */
  #inPlace: ChunkStreamState | undefined;
  #inPlaceAt = 0;

  /** A decoder at the start of the chunks, after the handshake. */
  constructor(limits: WireLimits = DEFAULT_WIRE_LIMITS, { borrowed = false }: PayloadMemory = {}) {
    this.#limits = limits;
    this.#borrowed = borrowed;
    this.#budget = new PayloadBudget(limits.maxPartialBytes);
  }

  /** The size of the peer's chunks, bytes. */
  get chunkSize(): number {
    return this.#chunkSize;
  }

  /** Bytes held for unfinished messages. */
  get partialBytes(): number {
    return this.#budget.usedBytes;
  }

  /** Bytes of audio, video and aggregate messages that came in several parts: it grows while one is under way. */
  get mediaInParts(): number {
    return this.#mediaInParts;
  }

  /**
   * Take all of `bytes`. Set Chunk Size and Abort are obeyed and not given out.
   *
   * @param bytes Neither kept nor changed, unless payloads are {@link PayloadMemory.borrowed}.
   * @param messages Where finished messages are added.
   * @returns `messages`.
   * @throws {ProtocolError} `ChunkStart`, `ChunkHeader`, `ChunkSize`, `Control` or `Limit`; the decoder is of no
   * use afterwards.
   */
  decode(bytes: Uint8Array, messages: RtmpMessage[] = []): RtmpMessage[] {
    let at = 0;
    if (this.#carry !== undefined && this.#carried > 0) {
      const carry = this.#carry;
      const added = Math.min(bytes.length, MAX_HEADER_BYTES - this.#carried);
      carry.set(bytes.subarray(0, added), this.#carried);
      const size = this.#beginChunk(new DataView(carry.buffer), 0, this.#carried + added, messages);
      if (size === 0) {
        this.#carried += added;
        return messages;
      }
      const carried = this.#carried;
      this.#carried = 0;
      // Bytes that looked like an extended timestamp may turn out to be payload: then they are read again.
      if (size < carried) return this.decode(join(carry.subarray(size, carried), bytes), messages);
      at = size - carried;
    }

    const view = this.#viewOf(bytes);
    const { byteOffset } = bytes;
    const isLent = this.#borrowed && bytes.buffer instanceof ArrayBuffer;
    this.#lent = isLent ? bytes as Uint8Array<ArrayBuffer> : undefined;
    const end = bytes.length;
    while (at < end) {
      if (this.#chunkLeft === 0) {
        const size = this.#beginChunk(view, byteOffset + at, byteOffset + end, messages);
        if (size === 0) {
          this.#carry ??= new Uint8Array(MAX_HEADER_BYTES);
          this.#carry.set(bytes.subarray(at));
          this.#carried = end - at;
          break;
        }
        at += size;
        continue;
      }
      const taken = Math.min(this.#chunkLeft, end - at);
      this.#takePayload(bytes, at, taken, messages);
      at += taken;
    }
    this.#copyOut();
    this.#lent = undefined;
    return messages;
  }

  /** Of the memory in which these bytes are: mostly the same at each read. */
  #viewOf({ buffer }: Uint8Array): DataView {
    if (this.#view?.buffer === buffer) return this.#view;
    return this.#view = new DataView(buffer);
  }

  /**
   * Read a chunk's headers if all of their bytes are there.
   *
   * @returns Their size, or 0 when they are incomplete and nothing has changed.
   */
  #beginChunk(view: DataView, at: number, end: number, messages: RtmpMessage[]): number {
    const first = view.getUint8(at);
    const fields = at + basicHeaderSize(first);
    if (fields > end) return 0;

    const fmt = first >> 6;
    const id = readChunkStreamId(view, at);
    const state = this.#states.get(id) ?? this.#newState(id, fmt);
    const size = fmt === 3
      ? repeatedTimestampSize(view, fields, end, state.extended)
      : messageHeaderSize(view, fields, end, fmt);
    if (size < 0) return 0;

    this.#states.set(id, state);
    if (fmt === 3) {
      if (!state.partial) state.begin(state.delta);
    } else {
      this.#readMessageHeader(view, fields, fmt, state);
    }
    this.#current = state;
    this.#chunkLeft = Math.min(this.#chunkSize, state.length - state.filled);
    if (state.length === 0) this.#finish(state, NOTHING, messages);
    return fields + size - at;
  }

  #newState(id: number, fmt: number): ChunkStreamState {
    if (fmt > 1) {
      throw new ProtocolError(
        ProtocolErrorCode.ChunkStart,
        `Cannot start chunk stream ${id} with fmt ${fmt}: it must begin with fmt 0`,
      );
    }
    const { maxChunkStreams } = this.#limits;
    if (this.#states.size >= maxChunkStreams) {
      throw new ProtocolError(
        ProtocolErrorCode.Limit,
        `Cannot start chunk stream ${id}: the peer already uses ${maxChunkStreams}`,
        { limit: "max_chunk_streams" },
      );
    }
    return new ChunkStreamState(id);
  }

  /** Fields of fmt 0 to 2 (§5.3.1.2.1 to §5.3.1.2.3), all of whose bytes are there. */
  #readMessageHeader(view: DataView, at: number, fmt: number, state: ChunkStreamState): void {
    const field = readUint24(view, at);
    const length = fmt === 2 ? state.length : readUint24(view, at + 3);
    const typeId = fmt === 2 ? state.typeId : view.getUint8(at + 6);
    if (state.partial && (fmt === 0 || length !== state.length || typeId !== state.typeId)) {
      throw new ProtocolError(
        ProtocolErrorCode.ChunkHeader,
        `Cannot go on with the message on chunk stream ${state.id} after ${state.filled} of ${state.length} ` +
          `bytes: a fmt ${fmt} header of length ${length} and type ${typeId} stands inside it`,
      );
    }
    if (fmt !== 2) this.#checkLength(state.id, typeId, length);

    const extended = field === EXTENDED_TIMESTAMP
      ? view.getUint32(at + (MESSAGE_HEADER_BYTES[fmt] ?? 0))
      : undefined;
    state.extended = extended;
    if (state.partial) return;

    state.length = length;
    state.typeId = typeId;
    if (fmt === 0) {
      state.timestamp = 0;
      state.streamId = view.getUint32(at + 7, LITTLE_ENDIAN);
    }
    state.begin(extended ?? field);
  }

  #checkLength(id: number, typeId: number, length: number): void {
    const limit = isMedia(typeId) ? this.#limits.maxMediaMessageBytes : this.#limits.maxCommandMessageBytes;
    if (length <= limit) return;
    throw new ProtocolError(
      ProtocolErrorCode.Limit,
      `Cannot take a message of type ${typeId} with ${length} bytes on chunk stream ${id}: ` +
        `the limit is ${limit} bytes`,
      { limit: isMedia(typeId) ? "max_media_message" : "max_command_message" },
    );
  }

  #takePayload(bytes: Uint8Array, at: number, taken: number, messages: RtmpMessage[]): void {
    const state = this.#current;
    const lent = this.#lent;
    const { length, filled } = state;
    this.#chunkLeft -= taken;
    if (this.#inPlace !== state) this.#copyOut();
    if (taken === length) {
      this.#finish(state, lent?.subarray(at, at + taken) ?? bytes.slice(at, at + taken), messages);
      return;
    }
    if (isMediaWithTime(state.typeId)) this.#mediaInParts += taken;
    if (lent !== undefined && filled === 0) {
      this.#inPlace = state;
      this.#inPlaceAt = at;
    }
    state.filled += taken;
    let payload: Uint8Array<ArrayBuffer>;
    if (lent !== undefined && this.#inPlace === state) {
      const start = this.#inPlaceAt;
      if (filled > 0) lent.copyWithin(start + filled, at, at + taken);
      if (state.filled < length) return;
      payload = lent.subarray(start, start + length);
      this.#inPlace = undefined;
    } else {
      payload = state.payload = this.#budget.grow(state.payload, filled, taken, length);
      payload.set(bytes.subarray(at, at + taken), filled);
      if (state.filled < length) return;
      this.#budget.release(payload);
    }
    this.#finish(state, payload, messages);
  }

  /** Give the unfinished message an array of its own: its next part does not follow, or comes with other bytes. */
  #copyOut(): void {
    const state = this.#inPlace;
    if (state === undefined || this.#lent === undefined) return;
    this.#inPlace = undefined;
    state.payload = this.#budget.grow(undefined, 0, state.filled, state.length);
    state.payload.set(this.#lent.subarray(this.#inPlaceAt, this.#inPlaceAt + state.filled));
  }

  #finish(state: ChunkStreamState, payload: Uint8Array<ArrayBuffer>, messages: RtmpMessage[]): void {
    const { typeId, timestamp, streamId, id } = state;
    state.end();
    const message: RtmpMessage = { typeId, timestamp, streamId, chunkStreamId: id, payload };
    if (typeId !== MessageType.SetChunkSize && typeId !== MessageType.Abort) {
      messages.push(message);
      return;
    }
    const control = decodeControl(message, this.#limits);
    if (control.kind === "setChunkSize") this.#chunkSize = control.chunkSize;
    else if (control.kind === "abort") this.#abort(control.chunkStreamId);
  }

  /** §5.4.2; nothing to do where no message is unfinished. */
  #abort(chunkStreamId: number): void {
    const state = this.#states.get(chunkStreamId);
    if (state === undefined) return;
    if (this.#inPlace === state) this.#inPlace = undefined;
    if (state.payload !== undefined) this.#budget.release(state.payload);
    state.end();
  }
}

function isMedia(typeId: number): boolean {
  return isMediaWithTime(typeId) || typeId === MessageType.DataAmf0 || typeId === MessageType.DataAmf3;
}

/** What a publisher has to go on sending. */
function isMediaWithTime(typeId: number): boolean {
  return typeId === MessageType.Video || typeId === MessageType.Audio || typeId === MessageType.Aggregate;
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
