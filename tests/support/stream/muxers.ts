/**
 * Whole files of MP4 and MPEG-TS made from messages, as a segmenter makes them part by part.
 *
 * @module
 */
import { readTrackConfig } from "../../../stream/media/codecs/read_track_config.ts";
import type { PictureFacts, TrackConfig } from "../../../stream/media/codecs/track_config.ts";
import { readDataMessage, readMetadataFacts } from "../../../stream/media/data_message.ts";
import { MediaKind, type StreamMessage } from "../../../stream/media/media_message.ts";
import { encodeInitSegment } from "../../../stream/media/mp4/init_segment.ts";
import { partBytes, type PartTrack, writePart } from "../../../stream/media/mp4/part.ts";
import { AudioSampler } from "../../../stream/media/samples/audio_sampler.ts";
import { readMediaPacket } from "../../../stream/media/samples/media_packet.ts";
import type { Sample } from "../../../stream/media/samples/sample.ts";
import { VideoSampler } from "../../../stream/media/samples/video_sampler.ts";
import { TsWriter } from "../../../stream/media/ts/ts_writer.ts";
import { SAMPLE_VIEWS } from "../../../stream/media/samples/sample_store.ts";

/** Milliseconds of stream in a part. */
const PART_MS = 200;
/** Milliseconds of sound in a PES packet. */
const AUDIO_GROUP_MS = 100;

/** A track and all of its samples. */
export interface SampledTrack {
  readonly config: TrackConfig;
  readonly samples: readonly Sample[];
}

/** The tracks of a stream, video first; throws where a codec is refused or a configuration changes. */
export function sampleTracks(messages: readonly StreamMessage[]): SampledTrack[] {
  const tracks = new Map<
    string,
    { config: TrackConfig; samples: Sample[]; flush: () => Sample | undefined }
  >();
  const add = new Map<string, (message: StreamMessage) => Sample | undefined>();
  let facts: PictureFacts = {};
  for (const message of messages) {
    if (message.typeId === MediaKind.Data) {
      facts = readMetadataFacts(readDataMessage(message.payload)?.payload ?? new Uint8Array(0));
      continue;
    }
    const packet = readMediaPacket(message.typeId, message.payload);
    if (packet === undefined) continue;
    if (!tracks.has(packet.track)) {
      const result = readTrackConfig(packet, facts);
      if (result.kind === "refused") throw new Error(result.reason);
      if (result.kind === "none") continue;
      const { config } = result;
      const sampler = config.kind === "video"
        ? new VideoSampler(config, SAMPLE_VIEWS)
        : new AudioSampler(config, SAMPLE_VIEWS);
      tracks.set(packet.track, {
        config,
        samples: [],
        flush: () => sampler instanceof VideoSampler ? sampler.flush() : undefined,
      });
      add.set(packet.track, ({ typeId, payload, time }) => {
        const frame = readMediaPacket(typeId, payload);
        if (frame === undefined) return undefined;
        return sampler instanceof VideoSampler ? sampler.add(frame, time) : sampler.add(frame.data, time);
      });
    }
    if (packet.kind === "configuration") continue;
    const sample = add.get(packet.track)?.(message);
    if (sample !== undefined) tracks.get(packet.track)?.samples.push(sample);
  }
  return ["video", "audio"].flatMap((kind) => {
    const track = tracks.get(kind);
    if (track === undefined) return [];
    const last = track.flush();
    return [{ config: track.config, samples: last === undefined ? track.samples : [...track.samples, last] }];
  });
}

/** An init segment and the parts, in one buffer. */
export function muxMp4(messages: readonly StreamMessage[]): Uint8Array<ArrayBuffer> {
  const tracks = sampleTracks(messages);
  const pieces = [encodeInitSegment(tracks.map(({ config }) => config))];
  const endMs = Math.max(...tracks.map(({ config, samples }) => timeMs(config, samples.at(-1))));
  let sequence = 0;
  for (let start = 0; start <= endMs; start += PART_MS) {
    const part = tracks.map(({ config, samples }, i): PartTrack => ({
      id: i + 1,
      kind: config.kind,
      samples: samples.filter((sample) => isWithin(timeMs(config, sample), start)),
    }));
    if (part.every(({ samples }) => samples.length === 0)) continue;
    const bytes = new Uint8Array(partBytes(part));
    writePart(bytes, 0, ++sequence, part);
    pieces.push(bytes);
  }
  return concat(pieces);
}

/** Tracks that MPEG-TS can carry, one group of frames after another by their times. */
export function muxTs(messages: readonly StreamMessage[]): Uint8Array<ArrayBuffer> {
  const tracks = sampleTracks(messages);
  const video = tracks.map(({ config }) => config).find((config) => config.kind === "video");
  const audio = tracks.map(({ config }) => config).find((config) => config.kind === "audio");
  const writer = new TsWriter({
    ...(video === undefined ? {} : { video }),
    ...(audio === undefined ? {} : { audio }),
  });
  const groups = tracks.flatMap((track) => groupsOf(track)).sort((a, b) => a.timeMs - b.timeMs);
  return concat(groups.map(({ kind, samples }) => {
    const bytes = new Uint8Array(writer.bytes(kind, samples));
    writer.write(bytes, 0, kind, samples);
    return bytes;
  }));
}

interface Group {
  readonly kind: TrackConfig["kind"];
  readonly timeMs: number;
  readonly samples: readonly Sample[];
}

function groupsOf({ config, samples }: SampledTrack): Group[] {
  const groups: { kind: TrackConfig["kind"]; timeMs: number; samples: Sample[] }[] = [];
  for (const sample of samples) {
    const time = timeMs(config, sample);
    const open = groups.at(-1);
    if (config.kind === "audio" && open !== undefined && time < open.timeMs + AUDIO_GROUP_MS) {
      open.samples.push(sample);
    } else groups.push({ kind: config.kind, timeMs: time, samples: [sample] });
  }
  return groups;
}

function timeMs({ timeScale }: TrackConfig, sample: Sample | undefined): number {
  return (sample?.time ?? 0) * 1000 / timeScale;
}

function isWithin(time: number, start: number): boolean {
  return time >= start && time < start + PART_MS;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
