/**
 * The bytes of an open segment: each part is written once, into the response that carries it; the whole segment is put
 * together when it ends.
 *
 * @module
 */

/** A part in the body of its segment. */
export interface PartRange {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** A response that is ready to be sent: head and body in one array. */
export interface ReadyResponse {
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** Where the body begins. */
  readonly bodyAt: number;
}

/** Makes a response with room for a body of `bodyBytes`, its head written. */
export type PrepareResponse = (contentType: string, bodyBytes: number) => ReadyResponse;

/** A whole segment. */
export interface SegmentBody {
  readonly response: ReadyResponse;
  /** Bytes of the body. */
  readonly bytes: number;
  readonly ranges: readonly PartRange[];
}

/** Collects the parts of one segment. */
export class SegmentBytes {
  readonly #prepare: PrepareResponse;
  readonly #contentType: string;
  readonly #parts: { readonly number: number; readonly response: ReadyResponse }[] = [];

  /** A segment without parts. */
  constructor(prepare: PrepareResponse, contentType: string) {
    this.#prepare = prepare;
    this.#contentType = contentType;
  }

  /** Room for a part of `bytes`, to be written now. */
  add(number: number, bytes: number): ReadyResponse {
    const response = this.#prepare(this.#contentType, bytes);
    this.#parts.push({ number, response });
    return response;
  }

  /** All parts in one response. The only part is the segment itself. */
  finish(): SegmentBody {
    const ranges: PartRange[] = [];
    let bytes = 0;
    for (const { number, response } of this.#parts) {
      const from = bytes;
      bytes += response.bytes.length - response.bodyAt;
      ranges.push({ number, from, to: bytes });
    }
    const [only, second] = this.#parts;
    if (only !== undefined && second === undefined) return { response: only.response, bytes, ranges };
    const response = this.#prepare(this.#contentType, bytes);
    let at = response.bodyAt;
    for (const { response: part } of this.#parts) {
      response.bytes.set(part.bytes.subarray(part.bodyAt), at);
      at += part.bytes.length - part.bodyAt;
    }
    return { response, bytes, ranges };
  }
}
