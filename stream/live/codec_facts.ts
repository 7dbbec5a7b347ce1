/**
 * What the sequence headers of a stream say about it: profile, level, size, sample rate, channels. Pure.
 *
 * @module
 */
import { readMediaPacket } from "../media/samples/media_packet.ts";
import { readTrackConfig } from "../media/codecs/read_track_config.ts";
import type { StreamMessage } from "../media/media_message.ts";

/** What is known of the first track of each kind; a member is absent where its header does not say it. */
export interface CodecFacts {
  /** `High`, `Main` ..., `""` where it has no name. */
  readonly videoProfile?: string;
  /** `3`, `3.1` ..., `""` where it is not said. */
  readonly videoLevel?: string;
  /** Pixels. */
  readonly pictureWidth?: number;
  /** Pixels. */
  readonly pictureHeight?: number;
  /** `LC` ..., `""` where it has no name. */
  readonly audioProfile?: string;
  /** Hz. */
  readonly sampleRate?: number;
  /** Of sound. */
  readonly channels?: number;
}

/** Read the headers of a stream; those that cannot be read say nothing. */
export function readCodecFacts(headers: readonly Pick<StreamMessage, "typeId" | "payload">[]): CodecFacts {
  return headers.reduce<CodecFacts>((facts, { typeId, payload }) => {
    const packet = readMediaPacket(typeId, payload);
    const result = packet === undefined ? undefined : readTrackConfig(packet);
    if (result?.kind !== "config") return facts;
    const { config } = result;
    const found: CodecFacts = config.kind === "video"
      ? {
        videoProfile: config.profile,
        videoLevel: config.level,
        pictureWidth: config.width,
        pictureHeight: config.height,
      }
      : { audioProfile: config.profile, sampleRate: config.sampleRate, channels: config.channels };
    // The first track of each kind counts.
    return { ...found, ...facts };
  }, {});
}
