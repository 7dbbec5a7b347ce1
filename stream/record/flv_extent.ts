/**
 * How long the media of an FLV file last: from 0 to the end of the frame that is shown or played last.
 *
 * @module
 */
import { compositionTimeOf, MediaKind } from "../media/mod.ts";

/** A frame lasts until the next one of its kind; longer than this is a gap, milliseconds. */
const MAX_FRAME_MS = 1000;
/** No encoder shows a picture later, milliseconds. */
const MAX_DELAY_MS = 10_000;

/** Measures the frames of a file. */
export class FlvExtent {
  /** Time of the newest frame, and what the one before lasted. */
  readonly #audio = { lastMs: -1, frameMs: 0 };
  readonly #video = { lastMs: -1, frameMs: 0 };
  #endMs = 0;

  /** There is sound. */
  get hasAudio(): boolean {
    return this.#audio.lastMs >= 0;
  }

  /** There are pictures. */
  get hasVideo(): boolean {
    return this.#video.lastMs >= 0;
  }

  /** From 0 on, milliseconds. */
  get durationMs(): number {
    return this.#endMs;
  }

  /**
   * A frame is in the file.
   *
   * @param timeMs Its time in the file.
   * @param payload At least its first 16 bytes.
   */
  add(typeId: number, timeMs: number, payload: Uint8Array<ArrayBuffer>): void {
    const isVideo = typeId === MediaKind.Video;
    const track = isVideo ? this.#video : this.#audio;
    if (track.lastMs >= 0 && timeMs > track.lastMs) {
      track.frameMs = Math.min(MAX_FRAME_MS, timeMs - track.lastMs);
    }
    track.lastMs = timeMs;
    const delayMs = isVideo ? compositionTimeOf(payload) : 0;
    const shownMs = delayMs > 0 && delayMs <= MAX_DELAY_MS ? timeMs + delayMs : timeMs;
    this.#endMs = Math.max(this.#endMs, shownMs + track.frameMs);
  }
}
