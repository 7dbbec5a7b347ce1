/**
 * One stream as viewers of this thread see it: the newest playlist, what it lists, and those who wait for more.
 *
 * @module
 */
import type { NextTurn } from "../../stream/live/mod.ts";
import type { HlsMedia, HlsUpdate } from "./hls_update.ts";
import { EXTENSIONS, type MediaName } from "./media_names.ts";
import { type PlaylistForm, writeMediaPlaylist } from "./media_playlist.ts";
import { type Variant, writeMultivariantPlaylist } from "./multivariant_playlist.ts";
import { type PlaylistState, versionOf } from "./playlist_model.ts";
import { answerReload, type BadReload, type ReloadRequest } from "./reload_request.ts";
import type { ResponseMaker } from "./hls_responses.ts";
import type { ReadyResponse } from "./segment_bytes.ts";
import { TransientSet } from "./transient_set.ts";

/** Which text of a playlist, for whom. */
export interface PlaylistChoice {
  readonly form: PlaylistForm;
  readonly coding: "identity" | "gzip";
  readonly cacheControl: string;
}

/** What a name stands for. */
export type FoundMedia =
  | { readonly kind: "whole"; readonly response: ReadyResponse }
  /** A part that is only in its segment any more: the head of its response, and its body. */
  | {
    readonly kind: "range";
    readonly head: Uint8Array<ArrayBufferLike>;
    readonly body: Uint8Array<ArrayBufferLike>;
  };

/** A request that waits for the next update. */
export interface StreamWaiter {
  /** It waits no longer than to the first {@link HlsStream.sweep} from then on, monotonic milliseconds. */
  readonly untilMs: number;
  /** Whether what is waited for is there. */
  isReady(): boolean;
  /** Wait no longer. */
  settle(): void;
}

/**
 * Requests that go on in one turn of the event loop: what answers them lives until the turn is over, and of more the
 * garbage collector takes most for objects that stay.
 */
const WOKEN_AT_ONCE = 128;
/** Encoders come late by so much, milliseconds. */
const LATE_MS = 1000;
/** One that waited for a part so lately waits for the next ones too, milliseconds. */
const AWAITED_MS = 3000;
/** Parts come at least so often, in part targets. */
const LATE_PARTS = 4;

/** Shows a stream. */
export class HlsStream {
  readonly #responses: ResponseMaker;
  #state: PlaylistState | undefined;
  #variant: Variant | undefined;
  readonly #nextTurn: NextTurn;
  readonly #now: () => number;
  readonly #isMuxedHere: boolean;
  readonly #media = { init: newNumbers(), segment: newNumbers(), part: newNumbers() };
  /** Few: caches are given a handful of durations. */
  #texts: { readonly choice: PlaylistChoice; readonly response: ReadyResponse }[] = [];
  readonly #waiters = new TransientSet<StreamWaiter>();
  #appliedMs = -Infinity;
  #awaitedMs = -Infinity;

  /**
   * Nothing to show yet.
   *
   * @param now Monotonic milliseconds.
   * @param isMuxedHere Whether no other thread can show more of it than this one.
   */
  constructor(responses: ResponseMaker, nextTurn: NextTurn, now: () => number, isMuxedHere = true) {
    this.#responses = responses;
    this.#nextTurn = nextTurn;
    this.#now = now;
    this.#isMuxedHere = isMuxedHere;
  }

  /** What is listed; `undefined` before the first whole segment. */
  get state(): PlaylistState | undefined {
    return this.#state;
  }

  /** Whether something has been added as lately as that is to be expected of a stream that is published. */
  get grows(): boolean {
    const { targetDurationS = 0, partTargetMs = 0 } = this.#state?.terms ?? {};
    const expectedMs = partTargetMs > 0 ? LATE_PARTS * partTargetMs : targetDurationS * 1000;
    return this.#now() - this.#appliedMs <= expectedMs + LATE_MS;
  }

  /** Whether requests are held, or were lately: those of viewers with low latency, who want each part at once. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0 || this.#now() - this.#awaitedMs <= AWAITED_MS;
  }

  /** Bytes that are kept, for metrics and bounds. */
  get keptBytes(): number {
    const buffers = new Set(this.#all().map(({ response }) => response.bytes.buffer));
    return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Take what a muxer has made. */
  apply({ playlist, variant, added, dropped }: HlsUpdate): void {
    this.#state = playlist;
    this.#variant = variant;
    this.#appliedMs = this.#now();
    for (const media of added) this.#media[media.name.kind].set(media.name.number, media);
    this.#drop(dropped);
    this.#texts = [];
    if (this.#waiters.size > 0) this.#awaitedMs = this.#appliedMs;
    this.#wake(this.#waiters.take((waiter) => waiter.isReady()));
  }

  /** All that is shown, for somebody who has nothing yet. */
  whole(): HlsUpdate {
    return { playlist: this.#state, variant: this.#variant, added: this.#all(), dropped: [] };
  }

  /** It is shown no longer: requests that wait, wait no longer. */
  close(): void {
    for (const waiter of this.#waiters.take(() => true)) waiter.settle();
  }

  /** The media playlist as it is now; `undefined` before the first whole segment. */
  playlist({ form, coding, cacheControl }: PlaylistChoice): ReadyResponse | undefined {
    const state = this.#state;
    if (state === undefined) return undefined;
    const known = this.#texts.find(({ choice }) =>
      choice.form === form && choice.coding === coding && choice.cacheControl === cacheControl
    );
    if (known !== undefined) return known.response;
    const response = this.#responses.playlist(writeMediaPlaylist(state, form), coding, cacheControl);
    this.#texts.push({ choice: { form, coding, cacheControl }, response });
    return response;
  }

  /** The multivariant playlist that names `uri`; `undefined` before the first whole segment. */
  multivariant(uri: string): string | undefined {
    const state = this.#state;
    if (state === undefined || this.#variant === undefined) return undefined;
    return writeMultivariantPlaylist(this.#variant, uri, versionOf(state.terms));
  }

  /** What a name stands for; `undefined` where it is not, or no longer, there. */
  find(name: MediaName): FoundMedia | undefined {
    const media = this.#media[name.kind].get(name.number);
    if (media !== undefined) return { kind: "whole", response: media.response };
    if (name.kind !== "part") return undefined;
    for (const { response, ranges } of this.#media.segment.values()) {
      const range = ranges.find(({ number }) => number === name.number);
      if (range === undefined) continue;
      const { bytes, bodyAt } = response;
      const body = bytes.subarray(bodyAt + range.from, bodyAt + range.to);
      return { kind: "range", head: this.#responses.headOf(this.#contentType(), body.length), body };
    }
    return undefined;
  }

  /** How a request for the playlist is met now; `wait` before there is one. */
  answerTo(request: ReloadRequest): "now" | "wait" | BadReload {
    return this.#state === undefined ? "wait" : answerReload(request, this.#state);
  }

  /** Whether what is not there yet is about to come: a request for it is held. */
  isExpected({ kind, number }: MediaName): boolean {
    const state = this.#state;
    if (kind === "part" && number === state?.nextPart) return true;
    if (this.#isMuxedHere) return false;
    // A viewer may have read of it on a thread that is ahead of this one.
    if (state === undefined) return true;
    if (kind === "part") return number > state.nextPart;
    return number > Math.max(...this.#media[kind].keys());
  }

  /**
   * Let those go that have waited long enough; called about once a second. A timer for each would cost more.
   *
   * @param options `draining`: another server has the stream as soon as nothing is added here any more.
   */
  sweep(nowMs: number, options: { readonly draining?: boolean } = {}): void {
    const isOver = options.draining === true && !this.grows;
    for (const waiter of this.#waiters.take(({ untilMs }) => nowMs >= untilMs || isOver)) waiter.settle();
  }

  /** A request waits until an update after which it is ready. */
  add(waiter: StreamWaiter): void {
    this.#waiters.add(waiter);
  }

  /** A request waits no longer. */
  remove(waiter: StreamWaiter): void {
    this.#waiters.delete(waiter);
  }

  #drop(dropped: readonly MediaName[]): void {
    if (dropped.length === 0) return;
    const media = this.#media;
    for (const { kind, number } of dropped) media[kind].delete(number);
    // See TransientSet: what is deleted would stay for as long as the map.
    for (const kind of ["init", "segment", "part"] as const) media[kind] = new Map(media[kind]);
  }

  #wake(ready: readonly StreamWaiter[]): void {
    for (const waiter of ready.slice(0, WOKEN_AT_ONCE)) waiter.settle();
    if (ready.length > WOKEN_AT_ONCE) this.#nextTurn(() => this.#wake(ready.slice(WOKEN_AT_ONCE)));
  }

  #all(): readonly HlsMedia[] {
    return Object.values(this.#media).flatMap((numbers) => [...numbers.values()]);
  }

  #contentType(): string {
    return this.#state?.terms.extension === EXTENSIONS.mpegts ? "video/mp2t" : "video/mp4";
  }
}

function newNumbers(): Map<number, HlsMedia> {
  return new Map();
}
