/**
 * A part of a fragmented MP4: `moof` and `mdat`. ISO/IEC 14496-12 §8.8; ISO/IEC 23000-19 §7.3.3. Pure.
 *
 * Its size is known before its first byte, so it is written in one pass into a buffer that has room for a whole
 * segment. Composition offsets are unsigned (`trun` version 0): several players read the others one frame late.
 *
 * @module
 */
import type { Sample } from "../samples/sample.ts";
import { SampleRows } from "./sample_rows.ts";

/** Samples in one of their two forms. */
export type PartSamples = readonly Sample[] | SampleRows;

/** The samples of one track in a part. */
export interface PartTrack<S extends PartSamples = readonly Sample[]> {
  /** Its place in the list that the init segment was made from, from 1 on. */
  readonly id: number;
  /** What its samples carry besides duration and size. */
  readonly kind: "video" | "audio";
  /** In decode order. A track without samples is left out. */
  readonly samples: S;
  /** Subtracted from the times of all samples, none of which is before it; 0 by default. */
  readonly baseTime?: number;
}

const BOX_HEADER_BYTES = 8;
/** `moof`, and `mfhd` in it. */
const MOOF_BYTES = BOX_HEADER_BYTES + 16;
const TFHD_BYTES = 16;
const TFDT_BYTES = 20;
const TRUN_BYTES = 20;
const TRAF_BYTES = BOX_HEADER_BYTES + TFHD_BYTES + TFDT_BYTES + TRUN_BYTES;
/** Duration, size, flags, composition offset; audio has the first two. */
const SAMPLE_BYTES = { video: 16, audio: 8 } as const;

const DEFAULT_BASE_IS_MOOF = 0x02_0000;
/** Data offset, and which members each sample has (§8.8.8). */
const TRUN_FLAGS = { video: 0xf01, audio: 0x301 } as const;
/** tfdt's version with 64 bits of time. */
const VERSION_1 = 0x0100_0000;
/** sample_depends_on 2: on no other. */
const KEY_SAMPLE = 0x0200_0000;
/** sample_depends_on 1, sample_is_non_sync_sample. */
const OTHER_SAMPLE = 0x0101_0000;

const MOOF = typeOf("moof");
const MFHD = typeOf("mfhd");
const TRAF = typeOf("traf");
const TFHD = typeOf("tfhd");
const TFDT = typeOf("tfdt");
const TRUN = typeOf("trun");
const MDAT = typeOf("mdat");

/** Bytes that {@link writePart} needs. */
export function partBytes(tracks: readonly PartTrack[]): number {
  let bytes = partHeadBytes(tracks);
  for (const { samples } of tracks) for (const { data } of samples) bytes += data.length;
  return bytes;
}

/** Bytes that {@link writePartHead} needs: all of a part before its data. */
export function partHeadBytes(tracks: readonly PartTrack<PartSamples>[]): number {
  return moofBytes(tracks) + BOX_HEADER_BYTES;
}

/**
 * Write a part.
 *
 * @param target Has {@link partBytes} from `offset` on.
 * @param sequence 1 for the first part, one more for each that follows.
 * @returns Where it ended.
 * @throws {RangeError} `target` is too short.
 */
export function writePart(
  target: Uint8Array<ArrayBufferLike>,
  offset: number,
  sequence: number,
  tracks: readonly PartTrack[],
): number {
  const size = partBytes(tracks);
  if (offset + size > target.length) {
    throw new RangeError(`A part of ${size} bytes does not fit at ${offset} of ${target.length}`);
  }
  const view = new DataView(target.buffer, target.byteOffset + offset, size);
  let at = writeBoxes(view, moofBytes(tracks), size, sequence);
  let dataAt = partHeadBytes(tracks);
  for (const track of tracks) {
    const { samples } = track;
    if (samples.length === 0) continue;
    at = writeTrackFragment(view, at, track, dataAt);
    for (const { data } of samples) {
      target.set(data, offset + dataAt);
      dataAt += data.length;
    }
  }
  return offset + size;
}

/** A track whose data are in their place already. */
export interface PlacedTrack extends PartTrack<SampleRows> {
  /** Where its data begin, from the first byte of the part on. */
  readonly dataAt: number;
}

/**
 * Write what a part has before its data.
 *
 * @param target Has {@link partHeadBytes} from `offset` on; the data are right behind it or further on.
 * @param size Of the whole part.
 * @param sequence As for {@link writePart}.
 */
export function writePartHead(
  target: Uint8Array<ArrayBuffer>,
  offset: number,
  size: number,
  sequence: number,
  tracks: readonly PlacedTrack[],
): void {
  const view = new DataView(target.buffer, target.byteOffset + offset, partHeadBytes(tracks));
  let at = writeBoxes(view, moofBytes(tracks), size, sequence);
  for (const track of tracks) {
    if (track.samples.length > 0) at = writeTrackFragment(view, at, track, track.dataAt);
  }
}

/** `moof` with `mfhd`, and the header of `mdat`. Returns where the first track fragment goes. */
function writeBoxes(view: DataView, moof: number, size: number, sequence: number): number {
  writeBox(view, 0, moof, MOOF);
  writeBox(view, BOX_HEADER_BYTES, MOOF_BYTES - BOX_HEADER_BYTES, MFHD);
  view.setUint32(16, 0);
  view.setUint32(20, sequence);
  writeBox(view, moof, size - moof, MDAT);
  return MOOF_BYTES;
}

function moofBytes(tracks: readonly PartTrack<PartSamples>[]): number {
  let bytes = MOOF_BYTES;
  for (const track of tracks) if (track.samples.length > 0) bytes += trafBytes(track);
  return bytes;
}

function trafBytes({ kind, samples }: PartTrack<PartSamples>): number {
  return TRAF_BYTES + SAMPLE_BYTES[kind] * samples.length;
}

function writeTrackFragment(
  view: DataView,
  start: number,
  track: PartTrack<PartSamples>,
  dataAt: number,
): number {
  const { id, kind, samples, baseTime = 0 } = track;
  const trafEnd = start + trafBytes(track);
  let at = start;
  writeBox(view, at, trafEnd - start, TRAF);
  at += BOX_HEADER_BYTES;
  writeBox(view, at, TFHD_BYTES, TFHD);
  view.setUint32(at + 8, DEFAULT_BASE_IS_MOOF);
  view.setUint32(at + 12, id);
  at += TFHD_BYTES;
  writeBox(view, at, TFDT_BYTES, TFDT);
  view.setUint32(at + 8, VERSION_1);
  writeUint64(view, at + 12, (startTimeOf(samples) ?? baseTime) - baseTime);
  at += TFDT_BYTES;
  writeBox(view, at, trafEnd - at, TRUN);
  view.setUint32(at + 8, TRUN_FLAGS[kind]);
  view.setUint32(at + 12, samples.length);
  view.setUint32(at + 16, dataAt);
  at += TRUN_BYTES;
  if (samples instanceof SampleRows) writeRows(view, at, kind, samples);
  else writeSamples(view, at, kind, samples);
  return trafEnd;
}

function startTimeOf(samples: PartSamples): number | undefined {
  return samples instanceof SampleRows ? samples.startTime : samples[0]?.time;
}

function writeSamples(
  view: DataView,
  start: number,
  kind: PartTrack["kind"],
  samples: readonly Sample[],
): void {
  let at = start;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i];
    if (sample === undefined) continue;
    // Between two samples their times count: a clock that was corrected leaves a gap that only durations can show.
    const next = samples[i + 1];
    view.setUint32(at, next === undefined ? sample.duration : next.time - sample.time);
    view.setUint32(at + 4, sample.data.length);
    if (kind === "video") {
      view.setUint32(at + 8, sample.keyFrame ? KEY_SAMPLE : OTHER_SAMPLE);
      view.setUint32(at + 12, sample.compositionOffset);
    }
    at += SAMPLE_BYTES[kind];
  }
}

function writeRows(view: DataView, start: number, kind: PartTrack["kind"], rows: SampleRows): void {
  let at = start;
  for (let i = 0; i < rows.length; i++) {
    view.setUint32(at, rows.duration(i));
    view.setUint32(at + 4, rows.size(i));
    if (kind === "video") {
      view.setUint32(at + 8, rows.isKeyFrame(i) ? KEY_SAMPLE : OTHER_SAMPLE);
      view.setUint32(at + 12, rows.compositionOffset(i));
    }
    at += SAMPLE_BYTES[kind];
  }
}

function writeBox(view: DataView, at: number, size: number, type: number): void {
  view.setUint32(at, size);
  view.setUint32(at + 4, type);
}

function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value >>> 0);
}

/** Four characters as a number. */
function typeOf(type: string): number {
  return Array.from(type).reduce((value, character) => value * 0x100 + character.charCodeAt(0), 0);
}
