/**
 * The streams of one client, by the rules of the protocol: what opens, fills and ends them, and how much of all that is
 * too much. RFC 9113 §5.1, §6 and §10.5.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import { TokenBucket } from "../../../system/mod.ts";
import { httpFault } from "../http_fault.ts";
import { DEFAULT_WINDOW, encodeFrame, encodeReset, encodeWindowUpdate } from "./frame.ts";
import { FrameFlag, FrameType, Setting } from "./frame.ts";
import type { FrameReceiver } from "./frame_parser.ts";
import { type H2Code, H2Error, H2ErrorCode } from "./h2_error.ts";
import type { H2Output } from "./h2_output.ts";
import { hasAnnouncedBody, readRequestFields } from "./h2_request.ts";
import { H2Stream } from "./h2_stream.ts";
import type { Field } from "./hpack_table.ts";

/** Requests of one connection that are served at a time; browsers wait with more, others are refused. */
export const MAX_STREAMS = 128;
/** Streams that a client gives up or that are refused, at once and in 20 s: each costs the work of a request. */
const RESETS = { capacity: 400, perMs: 20_000 } as const;
/** Frames that are neither requests nor windows, at once and in 10 s. */
const OTHER_FRAMES = { capacity: 2000, perMs: 10_000 } as const;
/** Updates of windows, besides four for each frame with data that was sent. */
const MAX_IDLE_UPDATES = 1000;
/** The connection's window is updated when a client has used so much of it. */
const UPDATE_BYTES = 16 * 1024;

/** What a client's streams need. */
export interface ClientStreamsDeps {
  readonly clock: Pick<Clock, "now">;
  readonly output: H2Output;
  readonly headTimeoutMs: number;
  readonly maxBodyBytes: number;
  /** A request is to be answered, or refused by its fault; {@link ClientStreams.finish} says when that is done. */
  serve(stream: H2Stream): void;
  /** There is no stream any more. */
  emptied(): void;
}

/** All streams that a client has opened and that are not done. */
export class ClientStreams implements FrameReceiver {
  readonly #deps: ClientStreamsDeps;
  readonly #streams = new Map<number, H2Stream>();
  readonly #resets: TokenBucket;
  readonly #others: TokenBucket;
  #lastId = 0;
  #goesAway = false;
  /** What the client may send for all streams. */
  #window = DEFAULT_WINDOW;
  /** What it may send again, and was not said. */
  #returnedBytes = 0;
  #windowUpdates = 0;

  /** No stream yet. */
  constructor(deps: ClientStreamsDeps) {
    this.#deps = deps;
    const nowMs = deps.clock.now();
    this.#resets = new TokenBucket(RESETS, nowMs);
    this.#others = new TokenBucket(OTHER_FRAMES, nowMs);
  }

  /** Streams that are not done. */
  get size(): number {
    return this.#streams.size;
  }

  /** The last one that the client has opened; 0 for none. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Nothing new is served. */
  get goesAway(): boolean {
    return this.#goesAway;
  }

  /** Streams that are not done. */
  values(): Iterable<H2Stream> {
    return this.#streams.values();
  }

  /** Serve no stream that is opened from now on. */
  goAway(): void {
    this.#goesAway = true;
    if (this.#streams.size === 0) this.#deps.emptied();
  }

  /** End a stream, unfinished. */
  cut(stream: H2Stream, code: H2Code): void {
    if (stream.isGone) return;
    this.#deps.output.control(encodeReset(stream.id, code));
    this.#leave(stream, "lost");
  }

  /** The connection is gone, and so are all streams. */
  lose(how: "reset" | "lost"): void {
    for (const stream of [...this.#streams.values()]) this.#leave(stream, how);
  }

  /** A request was answered, or is not any more. */
  finish(stream: H2Stream): void {
    // It was answered before it was complete: the rest of it is not wanted (§8.1).
    if (!stream.hasAll && !stream.isGone) {
      this.#deps.output.control(encodeReset(stream.id, H2ErrorCode.NoError));
    }
    stream.onLeave(undefined);
    this.#remove(stream);
  }

  /** @inheritdoc */
  headers(streamId: number, fields: readonly Field[] | undefined, isEnd: boolean, wireBytes: number): void {
    const known = this.#streams.get(streamId);
    if (known !== undefined && !known.hasAll) {
      if (!isEnd) throw new H2Error(H2ErrorCode.ProtocolError, "Trailers do not end their stream");
      return this.#complete(known);
    }
    if (streamId % 2 === 0) {
      throw new H2Error(H2ErrorCode.ProtocolError, "A client opens streams with odd numbers");
    }
    // The end of a stream may be on its way.
    if (streamId <= this.#lastId) return this.ignored();
    this.#lastId = streamId;
    const request = fields === undefined
      ? httpFault(431, "The headers are too large")
      : readRequestFields(fields);
    if (request === "malformed") return this.#refuse(streamId, H2ErrorCode.ProtocolError);
    if (this.#goesAway || this.#streams.size >= MAX_STREAMS) {
      return this.#refuse(streamId, H2ErrorCode.RefusedStream);
    }
    const { clock, headTimeoutMs, output } = this.#deps;
    const untilMs = clock.now() + headTimeoutMs;
    const stream = new H2Stream(streamId, request, { receivedBytes: wireBytes, untilMs });
    this.#streams.set(streamId, stream);
    output.streams.open(streamId);
    if (isEnd) this.#complete(stream);
    else if ("status" in request) this.#serve(stream);
  }

  /** @inheritdoc */
  data(streamId: number, bytes: Uint8Array<ArrayBuffer>, isEnd: boolean, flowBytes: number): void {
    this.#checkOpened(streamId);
    this.#window -= flowBytes;
    if (this.#window < 0) {
      throw new H2Error(H2ErrorCode.FlowControlError, "More data than the window has room for");
    }
    if (bytes.length === 0 && !isEnd) this.ignored();
    const stream = this.#streams.get(streamId);
    if (stream?.hasAll === true) {
      throw new H2Error(H2ErrorCode.StreamClosed, "Data after the end of a stream");
    }
    if (stream === undefined || stream.isServed || stream.isGone) {
      this.#return(flowBytes);
      if (stream === undefined) this.ignored();
      else stream.hasAll = isEnd;
      return;
    }
    stream.receivedBytes += flowBytes;
    stream.heldBytes += bytes.length;
    this.#return(flowBytes - bytes.length);
    // One byte too many says that it is too large.
    const room = this.#deps.maxBodyBytes + 1 - stream.bodyBytes;
    if (bytes.length > 0) stream.addBody(bytes.subarray(0, room));
    if (isEnd) this.#complete(stream);
    else if (bytes.length >= room) this.#serve(stream);
  }

  /** @inheritdoc */
  reset(streamId: number): void {
    this.#checkOpened(streamId);
    this.#charge(this.#resets, "Streams are opened and given up too fast");
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) this.#leave(stream, "reset");
  }

  /** @inheritdoc */
  settings(settings: readonly (readonly [setting: number, value: number])[]): void {
    const { output } = this.#deps;
    this.ignored();
    for (const [setting, value] of settings) {
      if (setting === Setting.InitialWindowSize) output.streams.setInitialWindow(value);
      if (setting === Setting.HeaderTableSize) output.streams.tableResized();
    }
    output.control(encodeFrame(FrameType.Settings, { flags: FrameFlag.Ack }, new Uint8Array(0)));
    output.wake();
  }

  /** @inheritdoc */
  ping(bytes: Uint8Array<ArrayBuffer>): void {
    this.ignored();
    this.#deps.output.control(encodeFrame(FrameType.Ping, { flags: FrameFlag.Ack }, bytes));
  }

  /** @inheritdoc */
  windowUpdate(streamId: number, bytes: number): void {
    if (streamId > 0) this.#checkOpened(streamId);
    const { output } = this.#deps;
    if (++this.#windowUpdates > MAX_IDLE_UPDATES + 4 * output.streams.dataFrames) {
      throw flooded("Window updates");
    }
    const stream = this.#streams.get(streamId);
    const isTooLarge = output.streams.updateWindow(streamId, bytes) === "overflow";
    if (isTooLarge && stream !== undefined) this.cut(stream, H2ErrorCode.FlowControlError);
    output.wake();
  }

  /** @inheritdoc */
  ignored(): void {
    this.#charge(this.#others, "Frames that ask for nothing come too fast");
  }

  #complete(stream: H2Stream): void {
    stream.hasAll = true;
    const { request } = stream;
    if (!("status" in request) && !hasAnnouncedBody(request, stream.bodyBytes) && !stream.isServed) {
      return this.cut(stream, H2ErrorCode.ProtocolError);
    }
    this.#serve(stream);
  }

  #serve(stream: H2Stream): void {
    if (stream.isServed || stream.isGone) return;
    stream.isServed = true;
    this.#return(stream.heldBytes);
    stream.heldBytes = 0;
    this.#deps.serve(stream);
  }

  #refuse(streamId: number, code: H2Code): void {
    this.#charge(this.#resets, "Streams that are refused come too fast");
    this.#deps.output.control(encodeReset(streamId, code));
  }

  /** A stream has gone; while it is being served it still counts. */
  #leave(stream: H2Stream, how: "reset" | "lost"): void {
    this.#deps.output.streams.close(stream.id);
    this.#return(stream.heldBytes);
    stream.heldBytes = 0;
    stream.leave(how);
    if (!stream.isServed) this.#remove(stream);
  }

  #remove(stream: H2Stream): void {
    this.#deps.output.streams.close(stream.id);
    if (!this.#streams.delete(stream.id)) return;
    if (this.#streams.size === 0) this.#deps.emptied();
  }

  /** The client may send so many bytes again. */
  #return(bytes: number): void {
    this.#returnedBytes += bytes;
    if (this.#returnedBytes < UPDATE_BYTES) return;
    this.#deps.output.control(encodeWindowUpdate(0, this.#returnedBytes));
    this.#window += this.#returnedBytes;
    this.#returnedBytes = 0;
  }

  #checkOpened(streamId: number): void {
    if (streamId > this.#lastId || streamId % 2 === 0) {
      throw new H2Error(H2ErrorCode.ProtocolError, "A frame is for a stream that was not opened");
    }
  }

  #charge(bucket: TokenBucket, reason: string): void {
    if (!bucket.take(1, this.#deps.clock.now())) throw flooded(reason);
  }
}

function flooded(reason: string): H2Error {
  return new H2Error(H2ErrorCode.EnhanceYourCalm, reason);
}
