/**
 * Finds the lines of a request's head in bytes that arrive in any pieces. Strict about line ends: CR and LF, always
 * together. Pure.
 *
 * @module
 */
import { type HttpFault, httpFault } from "./http_fault.ts";

/** Largest head, its line ends included, bytes. */
export const MAX_HEAD_BYTES = 8 * 1024;

const CR = 13;
const LF = 10;
/** Enough for the head of most requests. */
const FIRST_BYTES = 512;

/** The lines of a head, and where it ends. */
export interface HeadLines {
  /** Without their ends, each byte a character; the empty line that ends the head is left out. */
  readonly lines: readonly string[];
}

/** Collects one head at a time. */
export class HeadReader {
  #buffer = new Uint8Array(FIRST_BYTES);
  /** Bytes in the buffer. */
  #filled = 0;
  /** Bytes that were looked at. */
  #scanned = 0;
  /** Where the line that is looked at begins. */
  #lineStart = 0;
  #lines: string[] = [];
  /** Bytes of empty lines in front of the head. */
  #skipped = 0;

  /** Bytes that arrived and were not taken: a head has begun. Empty lines in front of one do not count. */
  get pendingBytes(): number {
    return this.#filled;
  }

  /** Append a copy of `bytes`. */
  push(bytes: Uint8Array): void {
    const needed = this.#filled + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled = needed;
  }

  /**
   * The next head, whole; `undefined` while its end has not arrived. After a fault the reader is of no use.
   */
  takeHead(): HeadLines | HttpFault | undefined {
    while (this.#scanned < this.#filled) {
      const byte = this.#buffer[this.#scanned++];
      if (this.#skipped + this.#scanned > MAX_HEAD_BYTES) return this.#tooLarge();
      if (this.#scanned === 1 && this.#lines.length === 0 && !isTextual(byte)) {
        return httpFault(400, "This is not HTTP");
      }
      if (byte === LF) {
        if (
          this.#scanned < 2 || this.#buffer[this.#scanned - 2] !== CR || this.#scanned - 2 < this.#lineStart
        ) {
          return httpFault(400, "A line ends with a bare LF");
        }
        const head = this.#endLine();
        if (head !== undefined) return head;
      } else if (this.#scanned - 2 >= this.#lineStart && this.#buffer[this.#scanned - 2] === CR) {
        return httpFault(400, "A bare CR in the head");
      }
    }
    return undefined;
  }

  /** Up to `length` bytes of what follows the head that was taken: a part of its body. */
  takeBytes(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(0, Math.min(length, this.#filled));
    this.#drop(taken.length);
    return taken;
  }

  #endLine(): HeadLines | undefined {
    const line = latin1(this.#buffer.subarray(this.#lineStart, this.#scanned - 2));
    this.#lineStart = this.#scanned;
    if (line !== "") {
      this.#lines.push(line);
      return undefined;
    }
    if (this.#lines.length === 0) {
      // Empty lines in front of a request are ignored (RFC 9112 §2.2); they count for its size.
      this.#skipped += this.#scanned;
      this.#drop(this.#scanned);
      return undefined;
    }
    const { length } = this.#lines;
    const head = { lines: this.#lines.splice(0, length) };
    this.#skipped = 0;
    this.#drop(this.#scanned);
    return head;
  }

  #tooLarge(): HttpFault {
    return this.#lines.length === 0
      ? httpFault(414, `The request line is longer than ${MAX_HEAD_BYTES} bytes`)
      : httpFault(431, `The headers are larger than ${MAX_HEAD_BYTES} bytes`);
  }

  #drop(length: number): void {
    const left = this.#filled - length;
    if (left === 0 && this.#buffer.length > FIRST_BYTES) this.#buffer = new Uint8Array(FIRST_BYTES);
    else this.#buffer.copyWithin(0, length, this.#filled);
    this.#filled = left;
    this.#scanned = 0;
    this.#lineStart = 0;
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
