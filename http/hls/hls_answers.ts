/**
 * Answers requests for what a stream shows: at once, or held until it is there, and never for longer than a while.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { textResponse } from "../server/text_response.ts";
import type { Exchange } from "../server/exchange.ts";
import type { Fields } from "../server/header_block.ts";
import { headerOf, type RequestHead } from "../server/request_head.ts";
import type { HeldRequest } from "./held_request.ts";
import type { WantedFile } from "./hls_path.ts";
import type { ExtraHeaders } from "./hls_responses.ts";
import type { FoundMedia, HlsStream } from "./hls_stream.ts";
import type { MediaName } from "./media_names.ts";
import { type BadReload, readReloadRequest, type ReloadRequest } from "./reload_request.ts";
import type { ReadyResponse } from "./segment_bytes.ts";

/** How long a first playlist is waited for: players give up after 10 s, milliseconds. */
export const FIRST_WAIT_MS = 8000;
/** A held request is answered after this many target durations, whatever is there. */
const HELD_TARGETS = 3;
/** What is not there now may be soon. */
const MISSING_CACHE = { "Cache-Control": "max-age=1" } as const;
const NO_CACHE = "no-cache";
/** A blocking answer does not change while it is of use. */
const BLOCKED_TARGETS = 6;
/** One that has not got what was asked for does, seconds. */
const HELD_IN_VAIN_S = 1;

/** How requests are answered. */
export interface AnswerOptions {
  /** Of each answer. */
  readonly headers: ExtraHeaders;
  /** Whether caches may keep playlists for a moment: they are the same for all viewers. */
  readonly shared: boolean;
}

/** Answers requests about one stream. */
export class HlsAnswers {
  readonly #clock: Clock;
  readonly #options: AnswerOptions;
  /** Whether a client takes gzip, by its headers: most requests have those of one before. */
  readonly #gzip = new WeakMap<Fields, boolean>();
  #lastQuery = "";
  #lastReload: ReloadRequest | BadReload = readReloadRequest("");

  /** Answers in time. */
  constructor(clock: Clock, options: AnswerOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Answer a request for a file of the stream's folder, unless it is cut while it waits. What can be answered at once, as
   * nearly all is, goes through no `async` function: the state of one is as much as all else that a request takes.
   */
  file(exchange: Exchange, stream: HlsStream, file: WantedFile, held: HeldRequest): Promise<void> {
    return file.kind === "playlist"
      ? this.#playlist(exchange, stream, held)
      : this.#media(exchange, stream, file.name, held);
  }

  /**
   * Wait for the first playlist of a stream.
   *
   * @returns Whether there is one.
   */
  async first(stream: HlsStream, held: HeldRequest): Promise<boolean> {
    await held.until(stream, () => stream.state !== undefined, this.#clock.now() + FIRST_WAIT_MS);
    return stream.state !== undefined;
  }

  #playlist(exchange: Exchange, stream: HlsStream, held: HeldRequest): Promise<void> {
    const request = this.#reloadRequestOf(exchange.head);
    if ("bad" in request) return exchange.respond(textResponse(400, request.bad, this.#options.headers));
    if (stream.state === undefined) return this.#firstPlaylist(exchange, stream, held, request);
    return this.#reload(exchange, stream, held, request);
  }

  async #firstPlaylist(
    exchange: Exchange,
    stream: HlsStream,
    held: HeldRequest,
    request: ReloadRequest,
  ): Promise<void> {
    if (await this.first(stream, held)) return await this.#reload(exchange, stream, held, request);
    if (held.isCut) return;
    const later = { ...this.#options.headers, "Retry-After": "2" };
    await exchange.respond(textResponse(503, "This stream has no playlist yet", later));
  }

  #reload(exchange: Exchange, stream: HlsStream, held: HeldRequest, request: ReloadRequest): Promise<void> {
    const early = stream.answerTo(request);
    if (early === "now") return this.#writePlaylist(exchange, stream, request);
    if (typeof early === "object") {
      return exchange.respond(textResponse(400, early.bad, this.#options.headers));
    }
    const isReady = () => stream.answerTo(request) !== "wait";
    return held.until(stream, isReady, this.#heldUntilMs(stream))
      .then(() => held.isCut ? undefined : this.#writePlaylist(exchange, stream, request));
  }

  #writePlaylist(exchange: Exchange, stream: HlsStream, request: ReloadRequest): Promise<void> {
    const cacheControl = this.#options.shared ? `max-age=${maxAgeS(stream, request)}` : NO_CACHE;
    const coding = this.#takesGzip(exchange.head) ? "gzip" : "identity";
    const ready = stream.playlist({ form: request.form, coding, cacheControl });
    return ready === undefined ? Promise.resolve() : exchange.write(whatOf(exchange, ready));
  }

  #media(exchange: Exchange, stream: HlsStream, name: MediaName, held: HeldRequest): Promise<void> {
    const found = stream.find(name);
    if (found !== undefined) return this.#writeMedia(exchange, found);
    if (!stream.isExpected(name)) return this.#missing(exchange);
    const isKnown = (): boolean => stream.find(name) !== undefined || !stream.isExpected(name);
    return held.until(stream, isKnown, this.#heldUntilMs(stream)).then(() => {
      if (held.isCut) return;
      const made = stream.find(name);
      return made === undefined ? this.#missing(exchange) : this.#writeMedia(exchange, made);
    });
  }

  #writeMedia(exchange: Exchange, found: FoundMedia): Promise<void> {
    if (found.kind === "whole") return exchange.write(whatOf(exchange, found.response));
    const head = exchange.write(found.head);
    return exchange.head.method === "HEAD" ? head : head.then(() => exchange.write(found.body));
  }

  #missing(exchange: Exchange): Promise<void> {
    const headers = { ...this.#options.headers, ...MISSING_CACHE };
    return exchange.respond(textResponse(404, "This is not there, or no longer", headers));
  }

  /** What viewers ask for next is the same for most of them. */
  #reloadRequestOf({ query }: RequestHead): ReloadRequest | BadReload {
    if (query === this.#lastQuery) return this.#lastReload;
    this.#lastQuery = query;
    return this.#lastReload = readReloadRequest(query);
  }

  /** Until when a request is held, monotonic milliseconds. */
  #heldUntilMs({ state }: HlsStream): number {
    return this.#clock.now() + HELD_TARGETS * (state?.terms.targetDurationS ?? 1) * 1000;
  }

  #takesGzip(head: RequestHead): boolean {
    const known = this.#gzip.get(head.fields);
    if (known !== undefined) return known;
    const takes = acceptsGzip(head);
    this.#gzip.set(head.fields, takes);
    return takes;
  }
}

/** How long a cache may answer such a request with the playlist as it is now, seconds. */
function maxAgeS(stream: HlsStream, request: ReloadRequest): number {
  const targetS = stream.state?.terms.targetDurationS ?? 1;
  if (request.sequence === undefined) return Math.max(1, Math.floor(targetS / 2));
  // One that was held in vain is sent again: the next answer may have what this one has not.
  return stream.answerTo(request) === "now" ? BLOCKED_TARGETS * targetS : HELD_IN_VAIN_S;
}

/** What is sent of a response. */
function whatOf({ head }: Exchange, { bytes, bodyAt }: ReadyResponse): Uint8Array<ArrayBufferLike> {
  return head.method === "HEAD" ? bytes.subarray(0, bodyAt) : bytes;
}

function acceptsGzip(head: RequestHead): boolean {
  const accepted = headerOf(head, "accept-encoding");
  if (accepted === "") return false;
  const codings = accepted.split(",").map((coding) => coding.trim().toLowerCase());
  return codings.some((coding) => /^(?:gzip|\*)(?:\s*;\s*q=(?!0(?:\.0*)?$).*)?$/.test(coding));
}
