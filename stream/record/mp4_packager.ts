/**
 * MP4 files of a publish: fragments end at key frames, and where what there is has to be written; times begin with 0. A file
 * ends where the publish does, where it is long enough, and where the tracks change.
 *
 * @module
 */
import type { Packager, PackagerHost, PackagerOptions } from "./packager.ts";
import {
  encodeRecordingHead,
  finishRecording,
  FragmentIndex,
  isSameConfig,
  MAX_INDEX_ENTRIES,
  MediaKind,
  type MediaPacket,
  type MediaTag,
  partBytes,
  type PartTrack,
  readMediaPacket,
  readMetadataFacts,
  SampleRows,
  type StreamMessage,
  type TrackConfig,
  type TrackTimes,
  writePart,
} from "../media/mod.ts";
import {
  type PartFrames,
  type PublishHost,
  PublishMuxer,
  type SegmenterPlans,
  type SegmentRules,
  type SegmentTracks,
} from "../mux/mod.ts";
import { HeldBytes } from "./held_bytes.ts";
import { PayloadBlocks } from "./payload_blocks.ts";
import { WritePace } from "./write_pace.ts";

/** A fragment is at least this long, however often key frames come, milliseconds. */
const LEAST_FRAGMENT_MS = 250;
/** And at most this long. */
const MAX_FRAGMENT_MS = 2000;
/** Handed over without waiting for more. */
const MAX_BUFFER_BYTES = 1024 * 1024;
/** Media time begins here, so that no frame that is decoded earlier than shown is before 0, milliseconds. */
const FIRST_MEDIA_MS = 10_000;

/** Where fragments end. */
const FRAGMENTS: SegmentRules = {
  endsAtKeyFrame: (fragmentMs) => fragmentMs >= LEAST_FRAGMENT_MS,
  isFull: (fragmentMs, frameMs) => fragmentMs + frameMs > MAX_FRAGMENT_MS,
  // A fragment lasts until the next frame, however late that is.
  isTooLong: () => false,
};

/** The open file. */
interface OpenFile {
  readonly head: Uint8Array<ArrayBuffer>;
  readonly tracks: readonly FileTrack[];
  readonly index: FragmentIndex;
  fragments: number;
}

/** One of its tracks. */
interface FileTrack extends TrackTimes {
  readonly config: TrackConfig;
  /** The sample time that is 0 in the file. */
  readonly baseTime: number;
}

/** Writes MP4 files. */
export class Mp4Packager implements Packager {
  readonly #host: PackagerHost;
  readonly #options: PackagerOptions;
  #muxer: PublishMuxer<SampleRows> | undefined;
  #configs: readonly TrackConfig[] = [];
  #file: OpenFile | undefined;
  /** Of each track its own, so that the data of its samples follow each other. */
  readonly #payloads = { video: new PayloadBlocks(), audio: new PayloadBlocks() };
  /** Used again: made for each fragment, they would be old garbage when it is written. */
  readonly #freeRows: SampleRows[] = [];
  readonly #held: HeldBytes;
  readonly #pace = new WritePace();

  /** No file yet. */
  constructor(host: PackagerHost, options: PackagerOptions) {
    this.#host = host;
    this.#options = options;
    this.#held = new HeldBytes(host);
  }

  /** @inheritdoc */
  take({ typeId, time, payload }: StreamMessage, { header, keyFrame }: MediaTag): void {
    this.#muxer ??= new PublishMuxer(this.#muxing(), FIRST_MEDIA_MS - time);
    if (typeId === MediaKind.Data) {
      if (header) this.#muxer.describe(readMetadataFacts(payload));
      return;
    }
    const packet = readMediaPacket(typeId, payload);
    if (packet === undefined) return;
    this.#muxer.take(header ? packet : this.#keep(packet), time);
    if (!header) this.#pace.hold(time, { keyFrame: typeId === MediaKind.Video && keyFrame });
  }

  /** The packet with a copy of its data: that of the payload is used again. */
  #keep({ kind, track, codec, data, compositionTime, keyFrame }: MediaPacket): MediaPacket {
    return { kind, track, codec, data: this.#payloads[track].keep(data), compositionTime, keyFrame };
  }

  /** @inheritdoc */
  readEnded(): void {
    if (this.#pace.isDue()) this.#write();
  }

  /** @inheritdoc */
  sweep(): void {
    if (this.#pace.isOverdue()) this.#write();
  }

  #write(): void {
    this.#muxer?.cut();
    this.#handOver();
  }

  #handOver(): void {
    this.#pace.written();
    this.#held.handOver();
  }

  /** @inheritdoc */
  finish(): void {
    this.#muxer?.finish();
    this.#muxer = undefined;
    this.#closeFile("end");
  }

  #muxing(): PublishHost<SampleRows> {
    return {
      keepsEarlySound: true,
      isFull: false,
      plan: ({ frameMs }) => (): SegmenterPlans => ({ segments: FRAGMENTS, parts: undefined, frameMs }),
      tracks: (tracks) => this.#beginTracks(tracks),
      canCarry: () => true,
      refused: (reason) => this.#host.refused(reason),
      frames: () => this.#freeRows.pop() ?? new SampleRows(),
      begin: () => {},
      part: (frames) => {
        this.#add(frames);
        for (const rows of [frames.leading, frames.others]) {
          rows.clear();
          this.#freeRows.push(rows);
        }
        // The muxer has at most the newest picture, and sound that no file has yet.
        const isAll = this.#configs.some(({ kind }) => kind === "audio");
        this.#payloads.video.fragmentWritten({ isAll });
        this.#payloads.audio.fragmentWritten({ isAll });
      },
      end: () => {},
    };
  }

  #beginTracks({ video, audio }: SegmentTracks): void {
    const configs = [video, audio].filter((config) => config !== undefined);
    const isSame = configs.length === this.#configs.length &&
      configs.every((config, i) => isSameConfig(config, this.#configs[i]));
    if (!isSame) this.#closeFile("segment");
    this.#configs = configs;
  }

  /** A fragment is whole. */
  #add({ leading, others, independent }: PartFrames<SampleRows>): void {
    const samples = this.#configs.length === 1 ? [leading] : [leading, others];
    if (this.#file !== undefined && independent && this.#isOver(this.#file)) this.#closeFile("segment");
    // A decoder starts at a key frame.
    if (this.#file === undefined && !independent) return;
    const file = this.#file ??= this.#openFile(samples);
    const tracks = file.tracks.map(({ config: { kind }, baseTime }, i): PartTrack<SampleRows> => ({
      ...{ id: i + 1, kind, baseTime },
      samples: samples[i]?.from(baseTime) ?? new SampleRows(),
    }));
    const length = partBytes(tracks);
    const at = this.#held.reserve(length);
    writePart(this.#held.target, at, ++file.fragments, tracks);
    file.index.add({
      bytes: length,
      keyFrame: independent,
      startTimes: tracks.map(({ baseTime, samples }) => timeOf(baseTime, samples.startTime)),
      endTimes: tracks.map(({ baseTime, samples }) => timeOf(baseTime, samples.endTime)),
    });
    if (this.#held.length >= MAX_BUFFER_BYTES) this.#handOver();
  }

  #isOver({ index, tracks }: OpenFile): boolean {
    return index.durationMs(tracks) >= this.#options.maxFileMs;
  }

  #openFile(samples: readonly SampleRows[]): OpenFile {
    const starts = this.#configs.map(({ timeScale }, i) => (samples[i]?.startTime ?? Infinity) / timeScale);
    const startS = Math.min(...starts);
    const tracks = this.#configs.map((config, i): FileTrack => ({
      config,
      timeScale: config.timeScale,
      baseTime: Math.floor(startS * config.timeScale),
      firstOffset: samples[i]?.firstOffset ?? 0,
    }));
    const head = encodeRecordingHead(this.#configs);
    this.#host.open();
    this.#held.append(head);
    return { head, tracks, index: new FragmentIndex(MAX_INDEX_ENTRIES), fragments: 0 };
  }

  #closeFile(because: "segment" | "end"): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#handOver();
    const { head, index, tracks } = file;
    const durationMs = index.durationMs(tracks);
    this.#host.close(
      { durationMs, patches: () => finishRecording(head, index.tracks(tracks), durationMs) },
      because,
    );
  }
}

function timeOf(baseTime: number | undefined, time: number | undefined): number | undefined {
  return time === undefined ? undefined : time - (baseTime ?? 0);
}
