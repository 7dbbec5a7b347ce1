/**
 * What waits to be sent on the streams of one connection, and how much of it may be: the client's windows. Streams take
 * turns, a frame each. RFC 9113 §5.2 and §6.9.
 *
 * @module
 */
import {
  DEFAULT_WINDOW,
  encodeHeaders,
  FRAME_HEADER_BYTES,
  FrameFlag,
  FrameType,
  MAX_FRAME_BYTES,
  MAX_WINDOW,
  writeFrameHeader,
} from "./frame.ts";
import { H2Error, H2ErrorCode } from "./h2_error.ts";
import { NO_TABLE } from "./hpack_encoder.ts";
import type { WriteBuffers } from "./write_buffers.ts";

/** What a stream is to send next. */
export interface Sending {
  /** The head of the answer, where it was not sent before. */
  readonly block: Uint8Array<ArrayBuffer> | undefined;
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** Nothing follows. */
  readonly isEnd: boolean;
}

/** One stream's side of it. */
interface SendStream {
  window: number;
  sending: Sending | undefined;
  /** Of `sending`, in frames that are being written. */
  taken: number;
  hasTakenHead: boolean;
  hasTakenEnd: boolean;
  resolve: (bytes: number) => void;
  reject: (error: Error) => void;
}

/** A frame of what is written next. */
interface Piece {
  readonly streamId: number;
  /** Made already, such as HEADERS; else DATA. */
  readonly head: Uint8Array<ArrayBuffer> | undefined;
  readonly bytes: Uint8Array<ArrayBufferLike>;
  readonly isEnd: boolean;
}

/** All streams of a connection that may send. */
export class SendStreams {
  readonly #streams = new Map<number, SendStream>();
  /** Those that have something to send, in their turns. */
  readonly #waiting = new Set<number>();
  #lastTurn = 0;
  #window = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  /** The next block says that no table is used. */
  #namesTable = true;
  #dataFrames = 0;

  /** Frames with data so far. */
  get dataFrames(): number {
    return this.#dataFrames;
  }

  /** A stream may send from now on. */
  open(streamId: number): void {
    this.#streams.set(streamId, {
      window: this.#initialWindow,
      sending: undefined,
      ...{ taken: 0, hasTakenHead: false, hasTakenEnd: false },
      resolve: () => {},
      reject: () => {},
    });
  }

  /**
   * Have a stream send, once what it sent before has settled.
   *
   * @returns Bytes that were written: all, or what the windows permitted, at least 1 of any.
   */
  send(streamId: number, sending: Sending): Promise<number> {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return Promise.reject(gone());
    if (stream.sending !== undefined) {
      return Promise.reject(new RangeError(`Stream ${streamId} is still sending what came before`));
    }
    return new Promise((resolve, reject) => {
      Object.assign(stream, { sending, taken: 0, hasTakenHead: false, hasTakenEnd: false, resolve, reject });
      this.#waiting.add(streamId);
    });
  }

  /** The stream sends nothing more. */
  close(streamId: number): void {
    const stream = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    this.#waiting.delete(streamId);
    if (stream?.sending !== undefined) stream.reject(gone());
  }

  /** No stream sends anything more. */
  closeAll(): void {
    for (const streamId of [...this.#streams.keys()]) this.close(streamId);
  }

  /** The client's table of headers has another size: the next block says once more that none is used. */
  tableResized(): void {
    this.#namesTable = true;
  }

  /**
   * Windows of streams begin with so many bytes, and those that are open change by the difference (§6.9.2).
   *
   * @throws {H2Error} One would be too large.
   */
  setInitialWindow(bytes: number): void {
    const change = bytes - this.#initialWindow;
    this.#initialWindow = bytes;
    for (const stream of this.#streams.values()) {
      stream.window += change;
      if (stream.window > MAX_WINDOW) throw windowError();
    }
  }

  /**
   * The client takes so many bytes more.
   *
   * @returns Whether the stream's own window could not take it: the stream ends.
   * @throws {H2Error} The connection's could not.
   */
  updateWindow(streamId: number, bytes: number): "overflow" | undefined {
    if (streamId === 0) {
      this.#window += bytes;
      if (this.#window > MAX_WINDOW) throw windowError();
      return undefined;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return undefined;
    stream.window += bytes;
    return stream.window > MAX_WINDOW ? "overflow" : undefined;
  }

  /**
   * What is to be written next; {@link SendStreams.written} says that it was.
   *
   * @param control Frames that go first.
   * @param maxBytes About so much at a time.
   * @param buffers Where the memory of what is returned comes from.
   * @returns Nothing where nothing may be sent.
   */
  take(
    control: readonly Uint8Array[],
    maxBytes: number,
    buffers: Pick<WriteBuffers, "take">,
  ): Uint8Array<ArrayBuffer> | undefined {
    const pieces: Piece[] = [];
    let size = control.reduce((sum, { length }) => sum + length, 0);
    for (let hasMore = true; hasMore && size < maxBytes;) {
      hasMore = false;
      for (const streamId of this.#waiting) {
        const piece = this.#takeFrom(streamId);
        if (piece === undefined) continue;
        pieces.push(piece);
        this.#lastTurn = streamId;
        size += piece.head?.length ?? FRAME_HEADER_BYTES + piece.bytes.length;
        hasMore = true;
        if (size >= maxBytes) break;
      }
    }
    return size === 0 ? undefined : encode(control, pieces, buffers.take(size));
  }

  /** What was taken has been written. */
  written(): void {
    const waiting = [...this.#waiting];
    // The turn goes on behind the stream that had the last one.
    const next = waiting.indexOf(this.#lastTurn) + 1;
    for (const streamId of [...waiting.slice(next), ...waiting.slice(0, next)]) {
      const stream = this.#streams.get(streamId);
      const sending = stream?.sending;
      if (stream === undefined || sending === undefined) continue;
      const isWhole = stream.taken === sending.bytes.length && stream.hasTakenHead &&
        stream.hasTakenEnd === sending.isEnd;
      if (!isWhole && stream.taken === 0) continue;
      stream.sending = undefined;
      this.#waiting.delete(streamId);
      stream.resolve(stream.taken);
    }
  }

  #takeFrom(streamId: number): Piece | undefined {
    const stream = this.#streams.get(streamId);
    const sending = stream?.sending;
    if (stream === undefined || sending === undefined) return undefined;
    const left = sending.bytes.length - stream.taken;
    if (!stream.hasTakenHead) {
      stream.hasTakenHead = true;
      if (sending.block !== undefined) return this.#head(streamId, stream, sending);
    }
    if (stream.hasTakenEnd) return undefined;
    const length = Math.min(left, MAX_FRAME_BYTES, stream.window, this.#window);
    const isEnd = sending.isEnd && length === left;
    if (length <= 0 && !(isEnd && left === 0)) return undefined;
    const bytes = sending.bytes.subarray(stream.taken, stream.taken + length);
    stream.taken += length;
    stream.window -= length;
    this.#window -= length;
    stream.hasTakenEnd = isEnd;
    this.#dataFrames++;
    return { streamId, head: undefined, bytes, isEnd };
  }

  #head(streamId: number, stream: SendStream, { block, bytes, isEnd }: Sending): Piece {
    const isAll = isEnd && bytes.length === 0;
    stream.hasTakenEnd = isAll;
    const named = this.#namesTable ? Uint8Array.of(...NO_TABLE, ...block ?? []) : block ?? NO_TABLE;
    this.#namesTable = false;
    const head = encodeHeaders(streamId, named, isAll ? FrameFlag.EndStream : 0);
    return { streamId, head, bytes: head, isEnd: isAll };
  }
}

function encode(
  control: readonly Uint8Array[],
  pieces: readonly Piece[],
  target: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  for (const bytes of control) {
    target.set(bytes, at);
    at += bytes.length;
  }
  for (const { streamId, head, bytes, isEnd } of pieces) {
    if (head === undefined) {
      const flags = isEnd ? FrameFlag.EndStream : 0;
      at = writeFrameHeader(target, at, { length: bytes.length, type: FrameType.Data, flags, streamId });
    }
    target.set(bytes, at);
    at += bytes.length;
  }
  return target;
}

function windowError(): H2Error {
  return new H2Error(H2ErrorCode.FlowControlError, `A window is larger than ${MAX_WINDOW} bytes`);
}

/** As a socket says it. */
function gone(): Error {
  return Object.assign(new Deno.errors.BrokenPipe("The stream is closed"), { code: "EPIPE" });
}
