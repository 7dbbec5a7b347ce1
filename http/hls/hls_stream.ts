/**
 * One stream as viewers of this thread see it: the newest playlist, what it lists, and those who wait for more.
 *
 * @module
 */
import type { HlsMedia, HlsUpdate } from "./hls_update.ts";
import type { MediaName } from "./media_names.ts";
import { type PlaylistForm, writeMediaPlaylist } from "./media_playlist.ts";
import { type Variant, writeMultivariantPlaylist } from "./multivariant_playlist.ts";
import { type PlaylistState, versionOf } from "./playlist_model.ts";
import { answerReload, type BadReload, type ReloadRequest } from "./reload_request.ts";
import type { ResponseMaker } from "./hls_responses.ts";
import type { ReadyResponse } from "./segment_bytes.ts";

/** Which text of a playlist, for whom. */
export interface PlaylistChoice {
  readonly form: PlaylistForm;
  readonly coding: "identity" | "gzip";
  readonly cacheControl: string;
}

/** What a name stands for. */
export type FoundMedia =
  | { readonly kind: "whole"; readonly response: ReadyResponse }
  /** A part that is only in its segment any more. */
  | { readonly kind: "range"; readonly body: Uint8Array<ArrayBufferLike> };

/** Somebody who waits for the next update. */
interface Waiter {
  /** Whether what is waited for is there. */
  isReady(): boolean;
  /** It waits no longer than this, monotonic milliseconds. */
  readonly untilMs: number;
  resolve(): void;
}

/** Shows a stream. */
export class HlsStream {
  readonly #responses: ResponseMaker;
  #state: PlaylistState | undefined;
  #variant: Variant | undefined;
  readonly #media = new Map<string, HlsMedia>();
  readonly #texts = new Map<string, ReadyResponse>();
  readonly #waiters = new Set<Waiter>();

  /** Nothing to show yet. */
  constructor(responses: ResponseMaker) {
    this.#responses = responses;
  }

  /** What is listed; `undefined` before the first whole segment. */
  get state(): PlaylistState | undefined {
    return this.#state;
  }

  /** Bytes that are kept, for metrics and bounds. */
  get keptBytes(): number {
    const buffers = new Set(Array.from(this.#media.values(), ({ response }) => response.bytes.buffer));
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
    for (const media of added) this.#media.set(keyOf(media.name), media);
    for (const name of dropped) this.#media.delete(keyOf(name));
    this.#texts.clear();
    for (const waiter of this.#waiters) {
      if (!waiter.isReady()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** All that is shown, for somebody who has nothing yet. */
  whole(): HlsUpdate {
    return { playlist: this.#state, variant: this.#variant, added: [...this.#media.values()], dropped: [] };
  }

  /** It is shown no longer: requests that wait, wait no longer. */
  close(): void {
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
  }

  /** The media playlist as it is now; `undefined` before the first whole segment. */
  playlist({ form, coding, cacheControl }: PlaylistChoice): ReadyResponse | undefined {
    const state = this.#state;
    if (state === undefined) return undefined;
    const key = `${form} ${coding} ${cacheControl}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const made = this.#responses.playlist(writeMediaPlaylist(state, form), coding, cacheControl);
    this.#texts.set(key, made);
    return made;
  }

  /** The multivariant playlist that names `uri`; `undefined` before the first whole segment. */
  multivariant(uri: string): string | undefined {
    const state = this.#state;
    if (state === undefined || this.#variant === undefined) return undefined;
    return writeMultivariantPlaylist(this.#variant, uri, versionOf(state.terms));
  }

  /** What a name stands for; `undefined` where it is not, or no longer, there. */
  find(name: MediaName): FoundMedia | undefined {
    const media = this.#media.get(keyOf(name));
    if (media !== undefined) return { kind: "whole", response: media.response };
    if (name.kind !== "part") return undefined;
    for (const { response, ranges } of this.#media.values()) {
      const range = ranges.find(({ number }) => number === name.number);
      if (range === undefined) continue;
      const { bytes, bodyAt } = response;
      return { kind: "range", body: bytes.subarray(bodyAt + range.from, bodyAt + range.to) };
    }
    return undefined;
  }

  /** How a request for the playlist is met now; `wait` before there is one. */
  answerTo(request: ReloadRequest): "now" | "wait" | BadReload {
    return this.#state === undefined ? "wait" : answerReload(request, this.#state);
  }

  /** Whether a part is the next one: a request for it is held. */
  isNextPart({ kind, number }: MediaName): boolean {
    return kind === "part" && this.#state !== undefined && number === this.#state.nextPart;
  }

  /** Let those go that have waited long enough; called about once a second. A timer for each would cost more. */
  sweep(nowMs: number): void {
    for (const waiter of this.#waiters) {
      if (nowMs < waiter.untilMs) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /**
   * Wait for an update after which `isReady` holds.
   *
   * @param untilMs The first {@link HlsStream.sweep} from then on ends it, monotonic milliseconds.
   * @returns How to wait no longer, and a promise that is settled when it holds.
   */
  wait(
    isReady: () => boolean,
    untilMs: number,
  ): { readonly ready: Promise<void>; readonly stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter: Waiter = { isReady, untilMs, resolve };
    this.#waiters.add(waiter);
    const stop = (): void => {
      this.#waiters.delete(waiter);
      resolve();
    };
    return { ready: promise, stop };
  }
}

function keyOf({ kind, number }: MediaName): string {
  return `${kind} ${number}`;
}
