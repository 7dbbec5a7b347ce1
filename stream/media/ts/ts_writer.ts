/**
 * MPEG-TS of one program: tables, then a PES packet for each video frame and each group of audio frames. ISO/IEC 13818-1. Pure.
 *
 * @module
 */
import type { AudioConfig, TrackConfig, VideoConfig } from "../codecs/track_config.ts";
import type { Sample } from "../samples/sample.ts";
import { AnnexBWriter } from "./annex_b.ts";
import { audioCodingOf } from "./audio_coding.ts";
import type { FrameCoding, PutBytes } from "./frame_coding.ts";
import { PACKET_BYTES, packetCount, Packetizer, type PesHead } from "./packetizer.ts";
import { encodePesHeader, pesHeaderBytes, type PesTimes, TICK_RANGE } from "./pes_header.ts";
import { encodeTables, type MappedTrack, setTableCounter, TABLE_VERSIONS } from "./tables.ts";
import { tsTrackOf } from "./ts_track.ts";

/** Units of PTS, DTS and PCR a second. */
const TICKS = 90_000;
/** How far times are ahead of the clock, ticks: what a decoder may buffer. */
const DELAY_TICKS = 63_000;
const VIDEO_PID = 0x100;
const AUDIO_PID = 0x101;
/** PCR_PID of a program without a clock (§2.4.4.9). */
const NO_PID = 0x1fff;
const COUNTER_MASK = 0xf;
/** Tables come again after this much stream, ticks. */
const TABLE_TICKS = 36_000;

interface TsStream extends MappedTrack {
  readonly timeScale: number;
  readonly coding: FrameCoding;
}

/** A PES packet that can be written. */
interface PesPlan extends PesHead, PesTimes {
  readonly stream: TsStream;
  /** Decode time in ticks, not wrapped. */
  readonly ticks: number;
  /** Tables come before it. */
  readonly withTables: boolean;
}

/** Tracks of a program; one of each kind at most. */
export interface TsTracks {
  /** H.264 or HEVC. */
  readonly video?: VideoConfig;
  /** AAC, MP3, Opus or AC-3. */
  readonly audio?: AudioConfig;
}

/** How a program begins. */
export interface TsStart {
  /** Version of the first program map, 0 to 31. */
  readonly version?: number;
  /** It may follow another program with the same ids: the first packet of each track says so. */
  readonly discontinuity?: boolean;
}

/** Whether MPEG-TS can carry a track. */
export function canCarryInTs(config: TrackConfig): boolean {
  return tsTrackOf(config) !== undefined;
}

/** Writes one program into buffers of its caller. */
export class TsWriter {
  #video: TsStream | undefined;
  #audio: TsStream | undefined;
  #tables: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Continuity counters of the next packets, by their ids: a track that comes back goes on. */
  readonly #counters = new Map<number, number>();
  #tableCounter = 0;
  #version: number;
  readonly #discontinuity: boolean;
  /** Ticks of the frame that the newest tables were written before. */
  #tablesAt = -Infinity;

  /** A writer; tracks that {@link canCarryInTs} refuses are left out. */
  constructor(tracks: TsTracks, { version = 0, discontinuity = false }: TsStart = {}) {
    this.#version = version;
    this.#discontinuity = discontinuity;
    this.#map(tracks);
  }

  /** What follows has these tracks: the next frame comes after tables that say so, and counters go on. */
  change(tracks: TsTracks): void {
    this.#version = (this.#version + 1) % TABLE_VERSIONS;
    this.#map(tracks);
    this.beginSegment();
  }

  /** The next frame comes after tables: a segment, or a file, begins with it. */
  beginSegment(): void {
    this.#tablesAt = -Infinity;
  }

  /**
   * Bytes that {@link TsWriter.write} needs for the same samples when it is the next call; a multiple of 188.
   *
   * @throws {RangeError} As {@link TsWriter.write}.
   */
  bytes(kind: "video" | "audio", samples: readonly Sample[]): number {
    const plan = this.#plan(kind, samples);
    if (plan === undefined) return 0;
    return (plan.withTables ? this.#tables.length : 0) + packetCount(plan) * PACKET_BYTES;
  }

  /**
   * Write one PES packet, with the tables before it where they are due: at the start, before each key frame and every
   * 0.4 s.
   *
   * @param samples One of video, or any number of audio that follow each other; about 0.1 s of audio keeps the overhead of
   * packets low. Frames that cannot be carried are left out.
   * @returns Where it ended.
   * @throws {RangeError} More or fewer than one sample of video.
   */
  write(
    target: Uint8Array<ArrayBufferLike>,
    offset: number,
    kind: "video" | "audio",
    samples: readonly Sample[],
  ): number {
    const plan = this.#plan(kind, samples);
    if (plan === undefined) return offset;
    const { coding } = plan.stream;
    const start = plan.withTables ? this.#writeTables(target, offset, plan.ticks) : offset;
    const packets = new Packetizer(target, start, plan);
    const put: PutBytes = (bytes) => packets.put(bytes);
    put(encodePesHeader(plan));
    for (const sample of samples) if (coding.frameBytes(sample) > 0) coding.writeFrame(sample, put);
    this.#counters.set(plan.pid, plan.counter + packetCount(plan) & COUNTER_MASK);
    return packets.end;
  }

  #map({ video, audio }: TsTracks): void {
    this.#video = video && streamOf(video, VIDEO_PID, AnnexBWriter.for(video));
    this.#audio = audio && streamOf(audio, AUDIO_PID, audioCodingOf(audio));
    const streams = [this.#video, this.#audio].filter((stream) => stream !== undefined);
    this.#tables = encodeTables(streams, streams[0]?.pid ?? NO_PID, this.#version);
  }

  #plan(kind: "video" | "audio", samples: readonly Sample[]): PesPlan | undefined {
    if (kind === "video" && samples.length !== 1) {
      throw new RangeError(`Cannot write ${samples.length} video frames`);
    }
    const stream = kind === "video" ? this.#video : this.#audio;
    const first = samples[0];
    if (stream === undefined || first === undefined) return undefined;
    let payloadBytes = 0;
    for (const sample of samples) payloadBytes += stream.coding.frameBytes(sample);
    if (payloadBytes === 0) return undefined;
    const { pid, streamId, timeScale } = stream;
    const last = this.#counters.get(pid);
    const counter = last ?? 0;
    const discontinuity = this.#discontinuity && last === undefined;
    const ticks = Math.round(first.time * TICKS / timeScale);
    const dts = (ticks + DELAY_TICKS) % TICK_RANGE;
    const pts = Math.round((first.time + first.compositionOffset) * TICKS / timeScale + DELAY_TICKS) %
      TICK_RANGE;
    const hasClock = stream === (this.#video ?? this.#audio);
    return {
      ...{ stream, ticks, pid, counter, discontinuity, streamId, pts, dts, payloadBytes },
      size: pesHeaderBytes({ pts, dts }) + payloadBytes,
      pcr: hasClock ? ticks % TICK_RANGE : undefined,
      keyFrame: first.keyFrame,
      withTables: (kind === "video" && first.keyFrame) || ticks - this.#tablesAt >= TABLE_TICKS,
    };
  }

  #writeTables(target: Uint8Array<ArrayBufferLike>, offset: number, ticks: number): number {
    target.set(this.#tables, offset);
    setTableCounter(target, offset, this.#tableCounter);
    this.#tableCounter = this.#tableCounter + 1 & COUNTER_MASK;
    this.#tablesAt = ticks;
    return offset + this.#tables.length;
  }
}

function streamOf(config: TrackConfig, pid: number, coding: FrameCoding | undefined): TsStream | undefined {
  const track = tsTrackOf(config);
  if (track === undefined || coding === undefined) return undefined;
  return { ...track, pid, timeScale: config.timeScale, coding };
}
