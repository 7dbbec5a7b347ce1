/**
 * How a track is announced and carried in MPEG-TS: stream type, descriptors, stream id. ISO/IEC 13818-1 §2.4.4; Opus by
 * "Encapsulation of Opus in MPEG-TS" of Opus's maintainers. Pure.
 *
 * @module
 */
import type { AudioConfig, TrackConfig } from "../codecs/track_config.ts";
import { AdtsWriter } from "./adts.ts";

/** What the tables and PES headers say of a track. */
export interface TsTrack {
  /** stream_type of the PMT. */
  readonly streamType: number;
  /** Descriptors of the PMT. */
  readonly descriptors: readonly number[];
  /** stream_id of PES packets. */
  readonly streamId: number;
}

const StreamType = {
  Mpeg1Audio: 0x03,
  Mpeg2Audio: 0x04,
  Private: 0x06,
  Adts: 0x0f,
  H264: 0x1b,
  Hevc: 0x24,
  Ac3: 0x81,
};
const StreamId = { Private1: 0xbd, Audio: 0xc0, Video: 0xe0 };
const REGISTRATION = 0x05;
const EXTENSION = 0x7f;
const OPUS_EXTENSION = 0x80;
/** Sampling rates below this are those of MPEG-2. */
const LOWEST_MPEG1_RATE = 32_000;
/** Of OpusHead: mapping family, whose values 0 and 1 have the channel order that a count implies. */
const OPUS_FAMILY_AT = 18;
const MAX_OPUS_CHANNELS = 8;

/** How MPEG-TS carries a track; `undefined` when it cannot. */
export function tsTrackOf(config: TrackConfig): TsTrack | undefined {
  switch (config.codec) {
    case "H264":
      return { streamType: StreamType.H264, descriptors: [], streamId: StreamId.Video };
    case "HEVC":
      return { streamType: StreamType.Hevc, descriptors: [], streamId: StreamId.Video };
    case "AAC":
      return AdtsWriter.for(config) === undefined
        ? undefined
        : { streamType: StreamType.Adts, descriptors: [], streamId: StreamId.Audio };
    case "MP3": {
      const isMpeg1 = config.sampleRate >= LOWEST_MPEG1_RATE;
      const streamType = isMpeg1 ? StreamType.Mpeg1Audio : StreamType.Mpeg2Audio;
      return { streamType, descriptors: [], streamId: StreamId.Audio };
    }
    case "Opus":
      return opusTrack(config);
    case "AC-3":
      return { streamType: StreamType.Ac3, descriptors: registration("AC-3"), streamId: StreamId.Private1 };
    default:
      return undefined;
  }
}

function opusTrack({ channels, configuration }: AudioConfig): TsTrack | undefined {
  if ((configuration[OPUS_FAMILY_AT] ?? 0) > 1 || channels > MAX_OPUS_CHANNELS) return undefined;
  const extension = [EXTENSION, 2, OPUS_EXTENSION, channels];
  const descriptors = [...registration("Opus"), ...extension];
  return { streamType: StreamType.Private, descriptors, streamId: StreamId.Private1 };
}

function registration(format: string): readonly number[] {
  return [REGISTRATION, 4, ...Array.from(format, (character) => character.charCodeAt(0))];
}
