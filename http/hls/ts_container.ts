/**
 * MPEG-TS as a format of segments: pictures and sound in the order of their times, tables at the start of each part, so
 * that each can be decoded alone. RFC 8216bis §3.1.2.
 *
 * @module
 */
import {
  canCarryInTs,
  type PartTrack,
  type Sample,
  type TrackConfig,
  type TsTracks,
  TsWriter,
} from "../../stream/media/mod.ts";
import type { AllocatePart, Container, PartWriter } from "./fmp4_container.ts";
import { EXTENSIONS } from "./media_names.ts";

/** Sound that goes into one packet, milliseconds: less packets are less overhead. */
const AUDIO_GROUP_MS = 100;

/** What is written in one go. */
interface Piece {
  readonly kind: PartTrack["kind"];
  readonly samples: Sample[];
  /** Of its first sample, milliseconds. */
  readonly timeMs: number;
}

/** MPEG-TS. */
export class TsContainer implements Container {
  readonly extension: string = EXTENSIONS.mpegts;
  readonly contentType = "video/mp2t";

  /** There is no initialization section. */
  encodeInit(): undefined {}

  /** @inheritdoc */
  canCarry(track: TrackConfig): boolean {
    return canCarryInTs(track);
  }

  /** @inheritdoc */
  writerOf(tracks: readonly TrackConfig[]): PartWriter {
    return new TsPartWriter(tracks);
  }
}

class TsPartWriter implements PartWriter {
  readonly #writer: TsWriter;
  readonly #timeScales: { video: number; audio: number };

  constructor(tracks: readonly TrackConfig[]) {
    const video = tracks.find((track) => track.kind === "video");
    const audio = tracks.find((track) => track.kind === "audio");
    const given: TsTracks = {
      ...(video === undefined ? {} : { video }),
      ...(audio === undefined ? {} : { audio }),
    };
    this.#writer = new TsWriter(given);
    this.#timeScales = { video: video?.timeScale ?? 1, audio: audio?.timeScale ?? 1 };
  }

  write(tracks: readonly PartTrack[], allocate: AllocatePart): void {
    this.#writer.beginSegment();
    const packets: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (const { kind, samples } of this.#pieces(tracks)) {
      const packet = new Uint8Array(this.#writer.bytes(kind, samples));
      this.#writer.write(packet, 0, kind, samples);
      packets.push(packet);
      bytes += packet.length;
    }
    const { target, at } = allocate(bytes);
    let offset = at;
    for (const packet of packets) {
      target.set(packet, offset);
      offset += packet.length;
    }
  }

  /** In the order of their times. */
  #pieces(tracks: readonly PartTrack[]): Piece[] {
    const pieces: Piece[] = [];
    for (const { kind, samples } of tracks) {
      const scale = 1000 / this.#timeScales[kind];
      for (const sample of samples) {
        const timeMs = sample.time * scale;
        const last = pieces.at(-1);
        const joins = kind === "audio" && last?.kind === kind && timeMs - last.timeMs < AUDIO_GROUP_MS;
        if (joins) last.samples.push(sample);
        else pieces.push({ kind, samples: [sample], timeMs });
      }
    }
    return pieces.sort((a, b) => a.timeMs - b.timeMs);
  }
}
