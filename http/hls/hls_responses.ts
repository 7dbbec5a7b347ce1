/**
 * Responses of HLS that exist before they are asked for: made once, sent to all. RFC 9111 for what caches may keep.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { encodeResponseHead } from "../server/response_head.ts";
import type { ReadyResponse } from "./segment_bytes.ts";

/** Content type of playlists (RFC 8216bis §4). */
export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";

/** A name of media is never used again. */
const MEDIA_CACHE = "max-age=3600, immutable";

/** Gives memory, such as other threads can read where there are any. */
export type Allocate = (bytes: number) => Uint8Array<ArrayBufferLike>;

/** Headers of each answer. */
export type ExtraHeaders = Readonly<Record<string, string>>;

/** Prepares responses. */
export class ResponseMaker {
  /** Of each response that is prepared from here on. */
  headers: ExtraHeaders;
  readonly #allocate: Allocate;
  readonly #wallNow: () => number;

  /** @param headers Of each response. */
  constructor(headers: ExtraHeaders, allocate: Allocate, wallNow: () => number) {
    this.headers = headers;
    this.#allocate = allocate;
    this.#wallNow = wallNow;
  }

  /** A response with room for media of `bodyBytes`. */
  prepareMedia(contentType: string, bodyBytes: number): ReadyResponse {
    return this.#prepare({ "Content-Type": contentType, "Cache-Control": MEDIA_CACHE }, bodyBytes);
  }

  /** The head of a response with media of `bodyBytes`. */
  headOf(contentType: string, bodyBytes: number): Uint8Array<ArrayBufferLike> {
    return this.#encodeHead({ "Content-Type": contentType, "Cache-Control": MEDIA_CACHE }, bodyBytes);
  }

  /** A playlist; gzip is worth its time, since it is made once for all. */
  playlist(text: string, coding: "identity" | "gzip", cacheControl: string): ReadyResponse {
    const plain = new TextEncoder().encode(text);
    const body = coding === "gzip" ? gzipSync(plain) : plain;
    const response = this.#prepare({
      "Content-Type": PLAYLIST_TYPE,
      "Cache-Control": cacheControl,
      "Vary": "Accept-Encoding",
      ...(coding === "gzip" ? { "Content-Encoding": "gzip" } : {}),
    }, body.length);
    response.bytes.set(body, response.bodyAt);
    return response;
  }

  #prepare(headers: ExtraHeaders, bodyBytes: number): ReadyResponse {
    const head = this.#encodeHead(headers, bodyBytes);
    const bytes = this.#allocate(head.length + bodyBytes);
    bytes.set(head);
    return { bytes, bodyAt: head.length };
  }

  #encodeHead(headers: ExtraHeaders, bodyBytes: number): Uint8Array<ArrayBuffer> {
    const body = { kind: "length", bytes: bodyBytes } as const;
    const terms = { body, keepAlive: true, wallMs: this.#wallNow() };
    // Not `Headers`, which takes longer than all else of a head: there is one for each part.
    return encodeResponseHead(
      { status: 200, headers: Object.entries({ ...this.headers, ...headers }) },
      terms,
    );
  }
}
