/**
 * The configurations of a publish's first tracks, as its packets bring them. Pure.
 *
 * @module
 */
import type { MediaPacket } from "../samples/media_packet.ts";
import { readTrackConfig } from "./read_track_config.ts";
import { type AudioConfig, isSameConfig, type TrackConfig, type VideoConfig } from "./track_config.ts";

/** Follows one publish. */
export class LearnedTracks {
  #video: VideoConfig | undefined;
  #audio: AudioConfig | undefined;

  /** The newest configuration of the pictures; `undefined` where there is none that can be read. */
  get video(): VideoConfig | undefined {
    return this.#video;
  }

  /** The newest configuration of the sound; `undefined` where there is none that can be read. */
  get audio(): AudioConfig | undefined {
    return this.#audio;
  }

  /**
   * Take what a packet says of its track.
   *
   * @param packet Its data is not kept.
   * @returns Whether a decoder has to begin again.
   */
  learn(packet: MediaPacket): boolean {
    const { kind, track, codec } = packet;
    const known = track === "video" ? this.#video : this.#audio;
    if (kind === "frame" && known?.codec === codec) return false;
    const result = readTrackConfig(kind === "frame" ? packet : { ...packet, data: packet.data.slice() });
    if (result.kind === "none") return false;
    const config: TrackConfig | undefined = result.kind === "config" ? result.config : undefined;
    if (isSameConfig(known, config)) return false;
    if (track === "video") this.#video = config?.kind === "video" ? config : undefined;
    else this.#audio = config?.kind === "audio" ? config : undefined;
    return true;
  }

  /** Whether a packet is a frame of a track that is known. */
  isFrameOfKnown({ kind, track, codec }: MediaPacket): boolean {
    return kind === "frame" && (track === "video" ? this.#video : this.#audio)?.codec === codec;
  }
}
