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
  type MediaTag,
  readMediaPacket,
  readMetadataFacts,
  SampleRows,
  type StreamMessage,
  type TrackConfig,
  type TrackTimes,
} from "../media/mod.ts";
import {
  type PartFrames,
  type PublishHost,
  PublishMuxer,
  type SegmenterPlans,
  type SegmentRules,
  type SegmentTracks,
} from "../mux/mod.ts";
import { FragmentBuffer, type FragmentTrack } from "./fragment_buffer.ts";
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
  #muxer: PublishMuxer<SampleRows, number> | undefined;
  #configs: readonly TrackConfig[] = [];
  #file: OpenFile | undefined;
  /** Used again: made for each fragment, they would be old garbage when it is written. */
  readonly #freeRows: SampleRows[] = [];
  readonly #held: FragmentBuffer;
  readonly #pace = new WritePace();

  /** No file yet. */
  constructor(host: PackagerHost, options: PackagerOptions) {
    this.#host = host;
    this.#options = options;
    this.#held = new FragmentBuffer(host);
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
    this.#muxer.take(packet, time);
    if (!header) this.#pace.hold(time, { keyFrame: typeId === MediaKind.Video && keyFrame });
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

  #muxing(): PublishHost<SampleRows, number> {
    return {
      store: this.#held,
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
      },
      end: () => {},
    };
  }

  #beginTracks({ video, audio }: SegmentTracks): void {
    this.#held.drop();
    const configs = [video, audio].filter((config) => config !== undefined);
    const isSame = configs.length === this.#configs.length &&
      configs.every((config, i) => isSameConfig(config, this.#configs[i]));
    if (!isSame) this.#closeFile("segment");
    this.#configs = configs;
  }

  /** A fragment is whole. The first one of a file begins with a key frame: the muxer begins with one. */
  #add({ leading, others, independent }: PartFrames<SampleRows>): void {
    const samples = this.#configs.length === 1 ? [leading] : [leading, others];
    if (this.#file !== undefined && independent && this.#isOver(this.#file)) this.#closeFile("segment");
    const file = this.#file ??= this.#openFile(samples);
    const tracks = file.tracks.map(({ config: { kind }, baseTime }, i): FragmentTrack => {
      const rows = samples[i] ?? new SampleRows();
      const skippedBytes = rows.dropBefore(baseTime);
      return { id: i + 1, kind, baseTime, samples: rows, skippedBytes };
    });
    file.index.add({
      bytes: this.#held.add(++file.fragments, tracks),
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
    const startMs = 1000 * startS;
    this.#host.open(this.#muxer?.streamMs(startMs) ?? startMs);
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
