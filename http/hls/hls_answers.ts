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
import type { HlsStream } from "./hls_stream.ts";
import type { MediaName } from "./media_names.ts";
import { readReloadRequest } from "./reload_request.ts";
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

  /** Answers in time. */
  constructor(clock: Clock, options: AnswerOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Answer a request for a file of the stream's folder.
   *
   * @returns Whether it was answered: not where it was cut while it waited.
   */
  file(exchange: Exchange, stream: HlsStream, file: WantedFile, held: HeldRequest): Promise<boolean> {
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

  async #playlist(exchange: Exchange, stream: HlsStream, held: HeldRequest): Promise<boolean> {
    const { headers, shared } = this.#options;
    const request = readReloadRequest(exchange.head.query);
    if ("bad" in request) return await this.#respond(exchange, textResponse(400, request.bad, headers));
    if (stream.state === undefined && !await this.first(stream, held)) {
      if (held.isCut) return false;
      const later = { ...headers, "Retry-After": "2" };
      return await this.#respond(exchange, textResponse(503, "This stream has no playlist yet", later));
    }
    const early = stream.answerTo(request);
    if (typeof early === "object") {
      return await this.#respond(exchange, textResponse(400, early.bad, headers));
    }
    if (early === "wait") {
      await held.until(stream, () => stream.answerTo(request) !== "wait", this.#heldUntilMs(stream));
      if (held.isCut) return false;
    }
    const targetS = stream.state?.terms.targetDurationS ?? 1;
    const isBlocking = request.sequence !== undefined;
    const maxAgeS = isBlocking ? BLOCKED_TARGETS * targetS : Math.max(1, Math.floor(targetS / 2));
    const cacheControl = shared ? `max-age=${maxAgeS}` : NO_CACHE;
    const coding = this.#takesGzip(exchange.head) ? "gzip" : "identity";
    const ready = stream.playlist({ form: request.form, coding, cacheControl });
    if (ready === undefined) return false;
    await exchange.write(whatOf(exchange, ready));
    return true;
  }

  async #media(exchange: Exchange, stream: HlsStream, name: MediaName, held: HeldRequest): Promise<boolean> {
    const { headers } = this.#options;
    let found = stream.find(name);
    if (found === undefined && stream.isExpected(name)) {
      const isKnown = (): boolean => stream.find(name) !== undefined || !stream.isExpected(name);
      await held.until(stream, isKnown, this.#heldUntilMs(stream));
      if (held.isCut) return false;
      found = stream.find(name);
    }
    if (found === undefined) {
      const missing = { ...headers, ...MISSING_CACHE };
      return await this.#respond(exchange, textResponse(404, "This is not there, or no longer", missing));
    }
    if (found.kind === "whole") await exchange.write(whatOf(exchange, found.response));
    else {
      await exchange.write(found.head);
      if (exchange.head.method !== "HEAD") await exchange.write(found.body);
    }
    return true;
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

  async #respond(exchange: Exchange, response: Response): Promise<true> {
    await exchange.respond(response);
    return true;
  }
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
