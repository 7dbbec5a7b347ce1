/**
 * A stream without its further tracks, for the players that ask for it: a second output of the source, with a log of its
 * own, encoded once for all of them. It reads the source's log as a relay to another thread does, so the source pays
 * nothing where nobody asks, and it works alike for a stream that is published here and for one of another thread.
 *
 * @module
 */
import {
  ChunkDecoder,
  ChunkEncoder,
  DEFAULT_WIRE_LIMITS,
  encodeControl,
  MessageType,
  type RtmpMessage,
  type WireLimits,
} from "../../rtmp/wire/mod.ts";
import { firstTrackOf } from "../media/first_track.ts";
import type { Reader, Sink } from "./reader.ts";
import type { GopStart } from "./join_cache.ts";
import { headerMessage, type StreamHeaders } from "./stream_headers.ts";
import type { StreamLog } from "./stream_log.ts";

/** Which tracks of a stream a player gets: all, or the first of sound and the first of pictures. */
export type PlayedTracks = "all" | "first";

/** The source that is read. */
export interface ReadSource {
  readonly live: boolean;
  /** Milliseconds of stream time. */
  readonly time: number;
  readonly cachedGop: GopStart | undefined;
  readonly headers: StreamHeaders;
  readonly log: StreamLog;
  readonly relays: Set<Reader>;
}

/** The source that is fed, whose times pass as they are. */
export interface FedSource {
  readonly live: boolean;
  readonly time: number;
  readonly consumers: { readonly size: number };
  advance(time: number): void;
  begin(): void;
  receive(message: RtmpMessage, nowMs: number): void;
  endForeign(): void;
  flush(): void;
  releaseIdleMemory(): void;
  clear(): void;
}

/** The log has messages that were accepted: nothing is refused here. */
const LIMITS: WireLimits = {
  ...DEFAULT_WIRE_LIMITS,
  maxMediaMessageBytes: 0xff_ffff,
  maxCommandMessageBytes: 0xff_ffff,
  maxPartialBytes: 0x7fff_ffff,
};

/** The output of one source: there from its first consumer until some time after its last. */
export class FirstTracks<Output extends FedSource> implements Reader {
  /** Woken when the source's log has grown. */
  readonly sink: Sink = { flush: () => this.#follow() };
  readonly #source: ReadSource;
  readonly #chunkSize: number;
  readonly #create: () => Output;
  #output: Output | undefined;
  #position = 0;
  #decoder: ChunkDecoder | undefined;

  /**
   * Of a source that nobody plays in this way yet.
   *
   * @param chunkSize Of the source's log, bytes.
   * @param create Makes a source of the same name that lets times pass as they are.
   */
  constructor(source: ReadSource, chunkSize: number, create: () => Output) {
    this.#source = source;
    this.#chunkSize = chunkSize;
    this.#create = create;
  }

  /** Offset in the source's log up to which everything was taken. */
  get position(): number {
    return this.#position;
  }

  /** Players of it here. */
  get playerCount(): number {
    return this.#output?.consumers.size ?? 0;
  }

  /** What a player reads that wants the first tracks alone. It has to join at once. */
  get output(): Output {
    if (this.#output !== undefined) return this.#output;
    const output = this.#output = this.#create();
    this.#source.relays.add(this);
    if (this.#source.live) this.#join(output);
    else this.#restartAt(this.#source.log.head);
    return output;
  }

  /** A publish begins. */
  begin(): void {
    if (this.#output === undefined) return;
    this.#output.begin();
    this.#restartAt(this.#source.log.head);
  }

  /** The publish is over. */
  end(): void {
    this.#follow();
    this.#output?.endForeign();
  }

  /** Called about once a second: give back what nobody needs. */
  releaseIdleMemory(): void {
    const output = this.#output;
    if (output === undefined) return;
    if (output.consumers.size === 0) this.clear();
    else output.releaseIdleMemory();
  }

  /** Nobody plays it any more. */
  clear(): void {
    this.#source.relays.delete(this);
    this.#output?.clear();
    this.#output = undefined;
  }

  /** Begin where a new player of the source would begin. */
  #join(output: Output): void {
    const { cachedGop, headers, log } = this.#source;
    output.advance(cachedGop?.time ?? this.#source.time);
    output.begin();
    for (const header of (cachedGop?.headers ?? headers).list) {
      const { typeId, time, payload } = headerMessage(header, output.time);
      this.#take(output, { typeId, timestamp: time >>> 0, streamId: 0, chunkStreamId: 0, payload });
    }
    this.#restartAt(cachedGop?.position ?? log.head);
    this.#follow();
  }

  #restartAt(position: number): void {
    this.#position = position;
    const encoder = new ChunkEncoder();
    encoder.write(encodeControl({ kind: "setChunkSize", chunkSize: this.#chunkSize }));
    const decoder = new ChunkDecoder(LIMITS);
    decoder.decode(encoder.takeOutput() ?? new Uint8Array(0));
    this.#decoder = decoder;
  }

  #follow(): void {
    const output = this.#output;
    const { log } = this.#source;
    if (output === undefined || !output.live) return;
    if (this.#position < log.tail) this.#restartAt(this.#source.cachedGop?.position ?? log.head);
    for (let slice = log.slice(this.#position); slice !== undefined; slice = log.slice(this.#position)) {
      for (const message of this.#decoder?.decode(slice.bytes) ?? []) this.#take(output, message);
      this.#position = slice.to;
    }
    output.flush();
  }

  #take(output: Output, message: RtmpMessage): void {
    const { typeId, payload } = message;
    if (typeId !== MessageType.Audio && typeId !== MessageType.Video) return output.receive(message, 0);
    const first = firstTrackOf(typeId, payload);
    if (first !== undefined) output.receive(first === payload ? message : { ...message, payload: first }, 0);
  }
}
