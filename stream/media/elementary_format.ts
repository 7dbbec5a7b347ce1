/**
 * Sound alone as an output, frame after frame: MP3 as it is, AAC after ADTS headers. A player can start at any frame. Pure.
 *
 * @module
 */
import { LearnedTracks } from "./codecs/learned_tracks.ts";
import type { AudioConfig } from "./codecs/track_config.ts";
import type { LogEncoder, LogFormat } from "./log_format.ts";
import type { StreamMessage } from "./media_message.ts";
import { readMediaPacket } from "./samples/media_packet.ts";
import { ADTS_HEADER_BYTES, AdtsWriter } from "./ts/adts.ts";

/** MP3. Messages of other codecs are nothing. */
export const MP3_FORMAT: LogFormat = {
  name: "mp3",
  length: (message) => mp3FrameOf(message)?.length ?? 0,
  write(target, offset, message) {
    const frame = mp3FrameOf(message);
    if (frame === undefined) return offset;
    target.set(frame, offset);
    return offset + frame.length;
  },
};

/** AAC. Messages of other codecs are nothing, and so are its sequence headers: each frame says what they do. */
export const AAC_FORMAT: LogFormat = {
  name: "aac",
  length: () => 0,
  write: (_target, offset) => offset,
  encoder: () => new AacEncoder(),
};

/** Encodes one log. */
class AacEncoder implements LogEncoder {
  #tracks = new LearnedTracks();
  #config: AudioConfig | undefined;
  #adts: AdtsWriter | undefined;

  begin(known: readonly StreamMessage[]): void {
    this.#tracks = new LearnedTracks();
    for (const message of known) if (this.#tracks.audio === undefined) this.#frameOf(message);
  }

  length(message: StreamMessage): number {
    const frame = this.#frameOf(message);
    return frame === undefined ? 0 : ADTS_HEADER_BYTES + frame.length;
  }

  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number {
    const frame = this.#frameOf(message);
    if (frame === undefined || this.#adts === undefined) return offset;
    target.set(this.#adts.header(frame), offset);
    target.set(frame, offset + ADTS_HEADER_BYTES);
    return offset + ADTS_HEADER_BYTES + frame.length;
  }

  #frameOf({ typeId, payload }: StreamMessage): Uint8Array<ArrayBuffer> | undefined {
    const packet = readMediaPacket(typeId, payload);
    if (packet?.track !== "audio") return undefined;
    this.#tracks.learn(packet);
    const { audio } = this.#tracks;
    if (audio !== this.#config) {
      this.#config = audio;
      this.#adts = audio?.codec === "AAC" ? AdtsWriter.for(audio) : undefined;
    }
    const isFrame = this.#tracks.isFrameOfKnown(packet) && this.#adts?.fits(packet.data) === true;
    return isFrame ? packet.data : undefined;
  }
}

function mp3FrameOf({ typeId, payload }: StreamMessage): Uint8Array<ArrayBuffer> | undefined {
  const packet = readMediaPacket(typeId, payload);
  return packet?.codec === "MP3" && packet.kind === "frame" ? packet.data : undefined;
}
