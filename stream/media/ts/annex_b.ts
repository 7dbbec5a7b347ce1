/**
 * Frames of H.264 and HEVC as a byte stream with start codes: access unit delimiter, parameter sets before a key frame, NAL
 * units. ITU-T H.264 and H.265, Annex B. Pure.
 *
 * @module
 */
import type { VideoConfig } from "../codecs/track_config.ts";
import type { Sample } from "../samples/sample.ts";
import type { FrameCoding, PutBytes } from "./frame_coding.ts";

const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** Delimiters that allow all kinds of slices, with start codes. */
const DELIMITERS = {
  H264: Uint8Array.of(0, 0, 0, 1, 0x09, 0xf0),
  HEVC: Uint8Array.of(0, 0, 0, 1, 0x46, 0x01, 0x50),
} as const;
const H264_DELIMITER_TYPE = 9;
const HEVC_DELIMITER_TYPE = 35;

/** Rewrites the frames of one track. */
export class AnnexBWriter implements FrameCoding {
  readonly #lengthBytes: number;
  readonly #isHevc: boolean;
  readonly #delimiter: Uint8Array<ArrayBuffer>;
  /** With start codes. */
  readonly #parameterSets: Uint8Array<ArrayBuffer>;

  private constructor(
    config: VideoConfig,
    { lengthBytes, parameterSets }: NonNullable<VideoConfig["nalUnits"]>,
  ) {
    this.#lengthBytes = lengthBytes;
    this.#isHevc = config.codec === "HEVC";
    this.#delimiter = DELIMITERS[this.#isHevc ? "HEVC" : "H264"];
    this.#parameterSets = Uint8Array.from(parameterSets.flatMap((set) => [...START_CODE, ...set]));
  }

  /** A writer for a track; `undefined` where its frames have no NAL units. */
  static for(config: VideoConfig): AnnexBWriter | undefined {
    return config.nalUnits === undefined ? undefined : new AnnexBWriter(config, config.nalUnits);
  }

  /** Bytes of a frame; 0 where it has no NAL unit. */
  frameBytes(sample: Sample): number {
    let bytes = 0;
    this.#forEachUnit(sample.data, (unit) => bytes += START_CODE.length + unit.length);
    if (bytes === 0) return 0;
    if (sample.continues === true) return bytes;
    return this.#delimiter.length + (sample.keyFrame ? this.#parameterSets.length : 0) + bytes;
  }

  /** Put the pieces of a frame that has {@link AnnexBWriter.frameBytes}. */
  writeFrame(sample: Sample, put: PutBytes): void {
    if (sample.continues !== true) {
      put(this.#delimiter);
      if (sample.keyFrame) put(this.#parameterSets);
    }
    this.#forEachUnit(sample.data, (unit) => {
      put(START_CODE);
      put(unit);
    });
  }

  /** All units but delimiters; a unit that is cut off ends the frame. */
  #forEachUnit(data: Uint8Array, take: (unit: Uint8Array) => void): void {
    let at = 0;
    while (at + this.#lengthBytes < data.length) {
      let length = 0;
      for (let i = 0; i < this.#lengthBytes; i++) length = length * 0x100 + (data[at + i] ?? 0);
      const start = at + this.#lengthBytes;
      at = start + length;
      if (at > data.length) return;
      if (length > 0 && !this.#isDelimiter(data[start] ?? 0)) take(data.subarray(start, at));
    }
  }

  #isDelimiter(header: number): boolean {
    return this.#isHevc
      ? (header >> 1 & 0b11_1111) === HEVC_DELIMITER_TYPE
      : (header & 0b1_1111) === H264_DELIMITER_TYPE;
  }
}
