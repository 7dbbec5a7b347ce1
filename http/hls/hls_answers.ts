/**
 * Answers requests for what a stream shows: at once, or held until it is there, and never for longer than a while.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { textResponse } from "../server/text_response.ts";
import type { Exchange } from "../server/exchange.ts";
import { headerOf } from "../server/request_head.ts";
import type { WantedFile } from "./hls_path.ts";
import type { ExtraHeaders } from "./hls_responses.ts";
import type { HlsStream } from "./hls_stream.ts";
import { EXTENSIONS, type MediaName } from "./media_names.ts";
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

/** A request that waits, and how it is ended early. */
export interface HeldRequest {
  /** The viewer is over, or has left. */
  isCut(): boolean;
  onCut(cut: () => void): void;
}

/** Answers requests about one stream. */
export class HlsAnswers {
  readonly #clock: Clock;
  readonly #options: AnswerOptions;

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
  async file(exchange: Exchange, stream: HlsStream, file: WantedFile, held: HeldRequest): Promise<boolean> {
    return file.kind === "playlist"
      ? await this.#playlist(exchange, stream, held)
      : await this.#media(exchange, stream, file.name, held);
  }

  /**
   * Wait for the first playlist of a stream.
   *
   * @returns Whether there is one.
   */
  async first(stream: HlsStream, held: HeldRequest): Promise<boolean> {
    await this.#until(stream, () => stream.state !== undefined, FIRST_WAIT_MS, held);
    return stream.state !== undefined;
  }

  async #playlist(exchange: Exchange, stream: HlsStream, held: HeldRequest): Promise<boolean> {
    const { headers, shared } = this.#options;
    const request = readReloadRequest(exchange.head.url.search);
    if ("bad" in request) return await this.#respond(exchange, textResponse(400, request.bad, headers));
    if (!await this.first(stream, held)) {
      if (held.isCut()) return false;
      const later = { ...headers, "Retry-After": "2" };
      return await this.#respond(exchange, textResponse(503, "This stream has no playlist yet", later));
    }
    const early = stream.answerTo(request);
    if (typeof early === "object") {
      return await this.#respond(exchange, textResponse(400, early.bad, headers));
    }
    const targetS = stream.state?.terms.targetDurationS ?? 1;
    if (early === "wait") {
      await this.#until(
        stream,
        () => stream.answerTo(request) !== "wait",
        HELD_TARGETS * targetS * 1000,
        held,
      );
      if (held.isCut()) return false;
    }
    const isBlocking = request.sequence !== undefined;
    const maxAgeS = isBlocking ? BLOCKED_TARGETS * targetS : Math.max(1, Math.floor(targetS / 2));
    const cacheControl = shared ? `max-age=${maxAgeS}` : NO_CACHE;
    const coding = acceptsGzip(exchange) ? "gzip" : "identity";
    const ready = stream.playlist({ form: request.form, coding, cacheControl });
    return ready === undefined ? false : await this.#send(exchange, ready);
  }

  async #media(exchange: Exchange, stream: HlsStream, name: MediaName, held: HeldRequest): Promise<boolean> {
    const { headers } = this.#options;
    let found = stream.find(name);
    if (found === undefined && stream.isNextPart(name)) {
      const waitMs = HELD_TARGETS * (stream.state?.terms.targetDurationS ?? 1) * 1000;
      await this.#until(stream, () => stream.find(name) !== undefined, waitMs, held);
      if (held.isCut()) return false;
      found = stream.find(name);
    }
    if (found === undefined) {
      const missing = { ...headers, ...MISSING_CACHE };
      return await this.#respond(exchange, textResponse(404, "This is not there, or no longer", missing));
    }
    if (found.kind === "whole") return await this.#send(exchange, found.response);
    const body = new Uint8Array(found.body);
    const isTs = stream.state?.terms.extension === EXTENSIONS.mpegts;
    const type = { "Content-Type": isTs ? "video/mp2t" : "video/mp4", "Content-Length": String(body.length) };
    return await this.#respond(exchange, new Response(body, { headers: { ...headers, ...type } }));
  }

  async #respond(exchange: Exchange, response: Response): Promise<true> {
    await exchange.respond(response);
    return true;
  }

  async #send(exchange: Exchange, { bytes, bodyAt }: ReadyResponse): Promise<true> {
    await exchange.write(exchange.head.method === "HEAD" ? bytes.subarray(0, bodyAt) : bytes);
    return true;
  }

  async #until(stream: HlsStream, isReady: () => boolean, maxMs: number, held: HeldRequest): Promise<void> {
    if (isReady() || held.isCut()) return;
    const { ready, stop } = stream.wait(isReady, this.#clock.now() + maxMs);
    held.onCut(stop);
    await ready;
  }
}

function acceptsGzip({ head }: Exchange): boolean {
  const accepted = headerOf(head, "accept-encoding");
  if (accepted === "") return false;
  const codings = accepted.split(",").map((coding) => coding.trim().toLowerCase());
  return codings.some((coding) => /^(?:gzip|\*)(?:\s*;\s*q=(?!0(?:\.0*)?$).*)?$/.test(coding));
}
