/**
 * AAC with a header before each frame, as MPEG-TS and files of bare AAC have it. ISO/IEC 14496-3 §1.A.2.2. Pure.
 *
 * @module
 */
import { readAacFacts } from "../codecs/aac_config.ts";
import { CodecError } from "../codecs/codec_error.ts";
import type { AudioConfig } from "../codecs/track_config.ts";

/** Bytes of a header. */
export const ADTS_HEADER_BYTES = 7;
/** aac_frame_length has 13 bits. */
const MAX_FRAME_BYTES = 0x1fff - ADTS_HEADER_BYTES;
const MAX_CHANNEL_CONFIGURATION = 7;

/** Writes the headers of one track. */
export class AdtsWriter {
  readonly #template: Uint8Array<ArrayBuffer>;

  private constructor(template: Uint8Array<ArrayBuffer>) {
    this.#template = template;
  }

  /** A writer for a track of AAC; `undefined` where ADTS cannot say its sampling rate or channels. */
  static for(config: AudioConfig): AdtsWriter | undefined {
    const facts = tryFacts(config.configuration);
    if (facts === undefined || facts.rateIndex === undefined) return undefined;
    const { layout, coreType, rateIndex } = facts;
    if (layout === 0 || layout > MAX_CHANNEL_CONFIGURATION) return undefined;
    const profileRateChannels = coreType - 1 << 14 | rateIndex << 10 | layout << 6;
    // Sync word, MPEG-4, no checksum; then a buffer fullness that means a variable rate.
    return new AdtsWriter(
      Uint8Array.of(0xff, 0xf1, profileRateChannels >> 8, profileRateChannels & 0xff, 0, 0x1f, 0xfc),
    );
  }

  /** Whether a frame has a length that a header can say. */
  fits(frame: Uint8Array): boolean {
    return frame.length <= MAX_FRAME_BYTES;
  }

  /** The header of a frame that fits; overwritten by the next call's. */
  header(frame: Uint8Array): Uint8Array<ArrayBuffer> {
    const length = frame.length + ADTS_HEADER_BYTES;
    const header = this.#template;
    header[3] = (header[3] ?? 0) & 0b1111_1100 | length >> 11;
    header[4] = length >> 3 & 0xff;
    header[5] = (length & 0b111) << 5 | 0x1f;
    return header;
  }
}

function tryFacts(configuration: Uint8Array): ReturnType<typeof readAacFacts> | undefined {
  try {
    return readAacFacts(configuration);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
