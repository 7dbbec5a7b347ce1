/**
 * What a decoder needs before the first frame: metadata and sequence headers of a stream, as an immutable set.
 *
 * @module
 */
import { isEqual } from "../../core/mod.ts";
import { type CodecFacts, readCodecFacts } from "./codec_facts.ts";
import type { LogFormat } from "../media/log_format.ts";
import { MediaKind, type StreamMessage } from "../media/media_message.ts";
import { type MediaTag, readTag } from "../media/media_tag.ts";

/** One cached message. */
export interface Header {
  /** What it replaces when it comes again: its type, track and kind. */
  readonly slot: string;
  /** Message type id. */
  readonly typeId: number;
  /** Never written again. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * The time that every `onMetaData` carries, wherever in the stream it is: ffmpeg, mpv and VLC make a subtitle track of
 * one with any other time.
 */
export const METADATA_TIME = 0;

/**
 * The time of all headers that a play begins with. rtmpdump writes into its file's header which tracks there are, and
 * decides at the first message whose time is not 0.
 */
export const JOIN_TIME = 0;

/** Tracks and kinds of headers that are kept; a publisher that sends more has the oldest of that type forgotten. */
const MAX_HEADERS = 32;
/** Bytes of all of them: every player that joins gets them. Metadata with an index of a long file is the largest. */
const MAX_HEADER_BYTES = 1024 * 1024;

const METADATA_SLOT = "metadata";

/** The order in which a joining player gets them: metadata, audio, video, as SRS does since 2.0. */
const ORDER: Readonly<Record<number, number>> = {
  [MediaKind.Data]: 0,
  [MediaKind.Audio]: 1,
  [MediaKind.Video]: 2,
};

/** The headers that are in force at one point of a stream. */
export class StreamHeaders {
  /** Of a stream that has sent none. */
  static readonly NONE: StreamHeaders = new StreamHeaders([]);

  readonly #headers: readonly Header[];
  #codecs: CodecFacts | undefined;

  private constructor(headers: readonly Header[]) {
    this.#headers = headers;
  }

  /** The set that another thread has, as its `list` gave it. */
  static from(list: readonly Header[]): StreamHeaders {
    return list.length === 0 ? StreamHeaders.NONE : new StreamHeaders(list);
  }

  /** This set where `list` says the same, else one of `list`: init data is encoded once for each set. */
  orFrom(list: readonly Header[]): StreamHeaders {
    const same = list.length === this.#headers.length && list.every(({ slot, payload }, i) => {
      const known = this.#headers[i];
      return known !== undefined && known.slot === slot && isEqual(known.payload, payload);
    });
    return same ? this : StreamHeaders.from(list);
  }

  /** All of them in the order in which a player gets them. */
  get list(): readonly Header[] {
    return this.#headers;
  }

  /** What they say about the stream; read once. */
  get codecs(): CodecFacts {
    return this.#codecs ??= readCodecFacts(this.#headers);
  }

  /**
   * The set with this header in place of the last one of its track and kind, or with this `onMetaData`.
   *
   * @param payload Copied.
   */
  with(typeId: number, tag: MediaTag, payload: Uint8Array<ArrayBuffer>): StreamHeaders {
    return this.#with({ slot: slotOf(typeId, tag), typeId, payload: payload.slice() });
  }

  /** The set without headers of the first track of a kind that are of another codec than its frames: they need none. */
  forFrames(typeId: number, codec: string): StreamHeaders {
    const headers = this.#headers.filter((header) => {
      if (header.typeId !== typeId) return true;
      const tag = readTag(typeId, header.payload);
      return tag.trackId !== 0 || tag.codec === codec;
    });
    return headers.length === this.#headers.length ? this : new StreamHeaders(headers);
  }

  /** Whether the header in force for the same track and kind is the same, byte for byte. */
  has(typeId: number, tag: MediaTag, payload: Uint8Array): boolean {
    const slot = slotOf(typeId, tag);
    const known = this.#headers.find((header) => header.slot === slot)?.payload;
    return known !== undefined && isEqual(known, payload);
  }

  /**
   * Encode all of them.
   *
   * @param time What audio and video headers carry, milliseconds: {@link JOIN_TIME} before everything else, and the time
   * of the first frame after them where the player is in the middle of the stream. Metadata has its own.
   * @returns Their bytes, an empty array when there are none.
   */
  encode(format: LogFormat, time: number): Uint8Array<ArrayBuffer> {
    const messages = this.#headers.map((header) => headerMessage(header, time));
    const target = new Uint8Array(messages.reduce((sum, message) => sum + format.length(message), 0));
    let offset = 0;
    for (const message of messages) offset = format.write(target, offset, message);
    return target;
  }

  #with(header: Header): StreamHeaders {
    const headers = this.#headers.filter(({ slot }) => slot !== header.slot);
    const size = header.payload.length;
    if (size > MAX_HEADER_BYTES) return new StreamHeaders(headers);
    while (headers.length >= MAX_HEADERS || bytesOf(headers) + size > MAX_HEADER_BYTES) {
      headers.splice(Math.max(0, headers.findIndex(({ typeId }) => typeId === header.typeId)), 1);
    }
    headers.push(header);
    return new StreamHeaders(headers.sort((a, b) => (ORDER[a.typeId] ?? 0) - (ORDER[b.typeId] ?? 0)));
  }
}

/** A header as a message of the stream at `time`, milliseconds. */
export function headerMessage({ slot, typeId, payload }: Header, time: number): StreamMessage {
  return { typeId, time: slot === METADATA_SLOT ? METADATA_TIME : time, payload };
}

function bytesOf(headers: readonly Header[]): number {
  return headers.reduce((sum, { payload }) => sum + payload.length, 0);
}

function slotOf(typeId: number, tag: MediaTag): string {
  return typeId === MediaKind.Data ? METADATA_SLOT : `${typeId}:${tag.trackId}:${tag.headerKind}`;
}
