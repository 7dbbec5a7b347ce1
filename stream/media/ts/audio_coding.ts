/**
 * Frames of sound as MPEG-TS has them: AAC after ADTS headers, Opus after control headers, the others as they are. Pure.
 *
 * @module
 */
import type { AudioConfig } from "../codecs/track_config.ts";
import { ADTS_HEADER_BYTES, AdtsWriter } from "./adts.ts";
import type { FrameCoding } from "./frame_coding.ts";
import { opusHeader, opusHeaderBytes } from "./opus_access_unit.ts";

const PLAIN: FrameCoding = {
  frameBytes: ({ data }) => data.length,
  writeFrame: ({ data }, put) => put(data),
};

const OPUS: FrameCoding = {
  frameBytes: ({ data }) => opusHeaderBytes(data) + data.length,
  writeFrame({ data }, put): void {
    put(opusHeader(data));
    put(data);
  },
};

/** The coding of a track; `undefined` where there is none. */
export function audioCodingOf(config: AudioConfig): FrameCoding | undefined {
  switch (config.codec) {
    case "AAC": {
      const adts = AdtsWriter.for(config);
      return adts === undefined ? undefined : adtsCoding(adts);
    }
    case "Opus":
      return OPUS;
    case "MP3":
    case "AC-3":
      return PLAIN;
    case "FLAC":
      return undefined;
  }
}

function adtsCoding(adts: AdtsWriter): FrameCoding {
  return {
    frameBytes: ({ data }) => adts.fits(data) ? ADTS_HEADER_BYTES + data.length : 0,
    writeFrame({ data }, put): void {
      put(adts.header(data));
      put(data);
    },
  };
}
