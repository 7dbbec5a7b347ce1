/**
 * Which tracks a publish has, as far as its messages have shown. A file header that announces a track which never
 * comes keeps players waiting for it, so this has to be known before one is written. Pure.
 *
 * @module
 */
import { readNamedAudioCodec } from "./data_message.ts";
import { MediaKind, type StreamMessage } from "./media_message.ts";
import type { MediaTag } from "./media_tag.ts";

/** What is known of the tracks of a publish; plain data. */
export interface TracksState {
  /** There is audio that a decoder can begin with. */
  readonly audio: boolean;
  /** There is video that a decoder can begin with. */
  readonly video: boolean;
  /** Its name, `""` until it is known. */
  readonly audioCodec: string;
  /** Its name, `""` until it is known. */
  readonly videoCodec: string;
  /** Stream time from the first frame to the newest, milliseconds. */
  readonly spanMs: number;
}

/** How much of a stream has to be there without a track before that is taken for missing, milliseconds. */
export const MISSING_TRACK_MS = 500;

/** Codecs whose frames mean nothing without a configuration. */
const CONFIGURED: ReadonlySet<string> = new Set(["AAC", "Opus", "FLAC", "H264", "HEVC", "AV1", "VP9", "VVC"]);

/** Nothing is known. */
export const NO_TRACKS: TracksState = Object.freeze({
  audio: false,
  video: false,
  audioCodec: "",
  videoCodec: "",
  spanMs: 0,
});

/** Learns the tracks of one publish. */
export class KnownTracks {
  #state = NO_TRACKS;
  #firstMs: number | undefined;

  /** What is known. */
  get state(): TracksState {
    return this.#state;
  }

  /** A publish begins. */
  restart(): void {
    this.#state = NO_TRACKS;
    this.#firstMs = undefined;
  }

  /** What another thread knows of the publish. */
  follow(state: TracksState): void {
    this.#state = state;
  }

  /**
   * A message of the publish.
   *
   * @param streamTime Where the stream is at it, milliseconds.
   */
  add({ typeId, payload }: StreamMessage, tag: MediaTag, streamTime: number): void {
    if (typeId === MediaKind.Data) {
      if (tag.header) this.#addMetadata(payload);
      return;
    }
    const track = typeId === MediaKind.Audio ? "audio" : "video";
    if (!tag.header) this.#firstMs ??= streamTime;
    const spanMs = this.#firstMs === undefined ? 0 : streamTime - this.#firstMs;
    const known = tag.header || (tag.codec !== "" && !CONFIGURED.has(tag.codec));
    const { audio, video } = this.#state;
    if (this.#state[track] || !known) {
      if (audio && video) return;
      this.#state = { ...this.#state, spanMs };
    } else this.#state = { ...this.#state, spanMs, [track]: true, [`${track}Codec`]: tag.codec };
  }

  /** A codec without a configuration is there as soon as it is named. */
  #addMetadata(payload: Uint8Array): void {
    const audioCodec = readNamedAudioCodec(payload);
    if (audioCodec === "" || CONFIGURED.has(audioCodec)) return;
    this.#state = { ...this.#state, audio: true, audioCodec };
  }
}
