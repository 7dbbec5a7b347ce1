/**
 * Finds the lines of a request's head in bytes that arrive in any pieces. Strict about line ends: CR and LF, always
 * together. Pure.
 *
 * @module
 */
import type { HeaderBlock, HeaderBlocks } from "./header_block.ts";
import { type HttpFault, httpFault } from "./http_fault.ts";

/** Largest head, its line ends included, bytes. */
export const MAX_HEAD_BYTES = 8 * 1024;

const CR = 13;
const LF = 10;
/** A request line has to be ASCII, and this is the fastest way to read that: each request has another one. */
const ASCII = new TextDecoder("utf-8", { ignoreBOM: true });
/** Enough for the head of most requests. */
const FIRST_BYTES = 1024;

/** A head, and where it ends. */
export interface HeadLines {
  /** The request line without its end; what is not ASCII in it is some character that is not ASCII. */
  readonly line: string;
  readonly headers: HeaderBlock;
}

/** Collects one head at a time, in the memory that a socket is read into. */
export class HeadReader {
  readonly #blocks: HeaderBlocks;
  #buffer = new Uint8Array(FIRST_BYTES);
  /** What arrived and was not taken begins here. */
  #start = 0;
  /** What arrived ends here. */
  #end = 0;
  /** What was looked at ends here. */
  #scanned = 0;
  /** Where the line that is looked at begins. */
  #lineStart = 0;
  /** The request line; `undefined` while it has not ended. */
  #line: string | undefined;
  #headersStart = 0;
  /** Of the headers. */
  #lines: string[] = [];
  /** Bytes of empty lines in front of the head. */
  #skipped = 0;
  /** The headers of the last request: the next one is likely to have the same. */
  #last: HeaderBlock | undefined;

  /** @param blocks What other connections have sent. */
  constructor(blocks: HeaderBlocks) {
    this.#blocks = blocks;
  }

  /** Bytes that arrived and were not taken: a head has begun. Empty lines in front of one do not count. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Memory for what arrives next, at least one byte: until {@link HeadReader.arrived} it stays where it is. */
  room(): Uint8Array<ArrayBuffer> {
    if (this.#start === this.#end) {
      if (this.#buffer.length > FIRST_BYTES) this.#buffer = new Uint8Array(FIRST_BYTES);
      this.#moveTo(this.#buffer);
    } else if (this.#end === this.#buffer.length) {
      this.#moveTo(this.#start > 0 ? this.#buffer : new Uint8Array(2 * this.#buffer.length));
    }
    return this.#end === 0 ? this.#buffer : this.#buffer.subarray(this.#end);
  }

  /** So many bytes have arrived in {@link HeadReader.room}. */
  arrived(length: number): void {
    this.#end += length;
  }

  /** Append a copy of `bytes`. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const room = this.room();
      const piece = bytes.subarray(at, at + room.length);
      room.set(piece);
      this.arrived(piece.length);
      at += piece.length;
    }
  }

  /**
   * The next head, whole; `undefined` while its end has not arrived. After a fault the reader is of no use.
   */
  takeHead(): HeadLines | HttpFault | undefined {
    const buffer = this.#buffer;
    const end = this.#end;
    let limit = this.#limit();
    for (let at = this.#scanned; at < end; at++) {
      if (at >= limit) return this.#tooLarge();
      const byte = buffer[at];
      if (at === this.#start && !isTextual(byte)) return httpFault(400, "This is not HTTP");
      if (byte === LF) {
        if (at <= this.#lineStart || buffer[at - 1] !== CR) {
          return httpFault(400, "A line ends with a bare LF");
        }
        this.#scanned = at + 1;
        const head = this.#endLine(at - 1, limit);
        if (head !== undefined) return head;
        limit = this.#limit();
      } else if (at > this.#lineStart && buffer[at - 1] === CR) {
        return httpFault(400, "A bare CR in the head");
      }
    }
    this.#scanned = end;
    return undefined;
  }

  /** Up to `length` bytes of what follows the head that was taken: a part of its body. */
  takeBytes(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(this.#start, Math.min(this.#start + length, this.#end));
    this.#drop(this.#start + taken.length);
    return taken;
  }

  /** A line goes up to `lineEnd`, its end not included. */
  #endLine(lineEnd: number, limit: number): HeadLines | undefined {
    const lineStart = this.#lineStart;
    this.#lineStart = this.#scanned;
    if (lineEnd > lineStart) {
      const bytes = this.#buffer.subarray(lineStart, lineEnd);
      if (this.#line !== undefined) {
        this.#lines.push(latin1(bytes));
        return undefined;
      }
      this.#line = ASCII.decode(bytes);
      this.#headersStart = this.#scanned;
      return this.#takeSame(this.#line, limit);
    }
    if (this.#line === undefined) {
      // Empty lines in front of a request are ignored (RFC 9112 §2.2); they count for its size.
      this.#skipped += this.#scanned - this.#start;
      this.#drop(this.#scanned);
      return undefined;
    }
    const bytes = this.#buffer.subarray(this.#headersStart, this.#scanned);
    const { block, isKept } = this.#blocks.of(this.#lines, bytes);
    this.#last = isKept ? block : undefined;
    return this.#take(this.#line, block, this.#scanned);
  }

  /** The head, if its headers are the same bytes as the last time. */
  #takeSame(line: string, limit: number): HeadLines | undefined {
    const last = this.#last;
    const from = this.#scanned;
    if (last === undefined) return undefined;
    const { bytes } = last;
    const to = from + bytes.length;
    if (to > this.#end || to > limit) return undefined;
    for (let i = 0; i < bytes.length; i++) if (this.#buffer[from + i] !== bytes[i]) return undefined;
    return this.#take(line, last, to);
  }

  /** Where the head has to end, at the latest. */
  #limit(): number {
    return this.#start + MAX_HEAD_BYTES - this.#skipped;
  }

  #take(line: string, headers: HeaderBlock, to: number): HeadLines {
    this.#line = undefined;
    this.#lines = [];
    this.#skipped = 0;
    this.#drop(to);
    return { line, headers };
  }

  #tooLarge(): HttpFault {
    return this.#line === undefined
      ? httpFault(414, `The request line is longer than ${MAX_HEAD_BYTES} bytes`)
      : httpFault(431, `The headers are larger than ${MAX_HEAD_BYTES} bytes`);
  }

  /** What is before `to` was taken. */
  #drop(to: number): void {
    this.#start = this.#scanned = this.#lineStart = to;
  }

  /** Have what was not taken at the beginning of `buffer`. */
  #moveTo(buffer: Uint8Array<ArrayBuffer>): void {
    const from = this.#start;
    if (buffer === this.#buffer) buffer.copyWithin(0, from, this.#end);
    else buffer.set(this.#buffer.subarray(from, this.#end));
    this.#buffer = buffer;
    this.#start = 0;
    this.#end -= from;
    this.#scanned -= from;
    this.#lineStart -= from;
    this.#headersStart -= from;
  }
}

/** Whether a request may begin with it, or an empty line: no TLS, no RTMP, nothing that waits for an answer. */
function isTextual(byte: number | undefined): boolean {
  return byte === CR || byte === LF || (byte !== undefined && byte > 0x20 && byte < 0x7f);
}

/** A byte is a character; TextDecoder's "latin1" is another code page. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
