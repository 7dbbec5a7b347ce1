/**
 * The front of a recorded MP4: an init segment, and room in which an index is written once the recording is whole. A reader
 * of the finished file finds every key frame by it, and how long the file lasts. ISO/IEC 14496-12 §8.1.2 (`free`),
 * §8.8.2 (`mehd`), §8.16.3 (`sidx`). Pure.
 *
 * @module
 */
import type { TrackConfig } from "../codecs/track_config.ts";
import { box, type BoxPart, fullBox, uint16, uint32, zeros } from "./box.ts";
import type { IndexedTrack } from "./fragment_index.ts";
import { encodeInitSegment } from "./init_segment.ts";
import { join } from "../../../core/mod.ts";

/** Room for the index. */
const INDEX_ROOM = 16 * 1024;
const BOX_HEADER_BYTES = 8;
/** Of `mehd` with 64 bits, and of what keeps its place. */
const MEHD_BYTES = 20;
/** Bytes from the start of the file to the duration in `mvhd`: `ftyp`, the header of `moov`, the box up to there. */
const DURATION_IN_MVHD = 24;
const SIDX_BYTES = 40;
const SIDX_ENTRY_BYTES = 12;
/** starts_with_SAP, SAP_type 1. */
const SAP_1 = 0x9000_0000;
const MVEX = 0x6d76_6578;
const UINT32 = 0x1_0000_0000;
const MAX_UINT32 = 0xffff_ffff;

/** Entries for each of two tracks that have room in front of the media; an even number, of which pairs can be made. */
export const MAX_INDEX_ENTRIES = 2 * Math.floor(
  ((INDEX_ROOM - BOX_HEADER_BYTES) / 2 - SIDX_BYTES) / (2 * SIDX_ENTRY_BYTES),
);

/** Bytes that belong to a place in a file. */
export interface Patch {
  /** From the start of the file. */
  readonly at: number;
  /** They replace as many that are there. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The front of a file: everything before its first fragment.
 *
 * @param tracks As for {@link encodeInitSegment}.
 */
export function encodeRecordingHead(tracks: readonly TrackConfig[]): Uint8Array<ArrayBuffer> {
  const init = encodeInitSegment(tracks, [box("free", zeros(MEHD_BYTES - BOX_HEADER_BYTES))]);
  return join(init, box("free", new Uint8Array(INDEX_ROOM - BOX_HEADER_BYTES)));
}

/**
 * What makes a recording whole.
 *
 * @param head The bytes of its front, as they were encoded.
 * @param tracks Their entries, at most {@link MAX_INDEX_ENTRIES} each; none where there is no fragment.
 * @param durationMs Of the longest track.
 */
export function finishRecording(
  head: Uint8Array,
  tracks: readonly IndexedTrack[],
  durationMs: number,
): readonly Patch[] {
  const roomAt = head.length - INDEX_ROOM;
  const indexes = encodeIndexes(tracks);
  const indexBytes = indexes.reduce((sum, { length }) => sum + length, 0);
  const freeBytes = INDEX_ROOM - BOX_HEADER_BYTES - indexBytes;
  // Players read on from the index to the first fragment: nothing may be between the two.
  const room = indexes.reduce((bytes, index) => join(bytes, index), box("free", new Uint8Array(freeBytes)));
  const duration = Math.round(durationMs);
  return [
    { at: mvhdAt(head) + DURATION_IN_MVHD, bytes: Uint8Array.from(uint32(Math.min(duration, MAX_UINT32))) },
    { at: mehdAt(head), bytes: fullBox("mehd", 1, 0, uint64(duration)) },
    { at: roomAt, bytes: room },
  ];
}

/** One `sidx` a track; each says how far behind it the first fragment is. */
function encodeIndexes(tracks: readonly IndexedTrack[]): Uint8Array<ArrayBuffer>[] {
  const sizes = tracks.map(({ entries }) => SIDX_BYTES + SIDX_ENTRY_BYTES * entries.length);
  return tracks.map(({ id, timeScale, earliestTime, entries }, i) => {
    const firstOffset = sizes.slice(i + 1).reduce((sum, size) => sum + size, 0);
    const references = entries.flatMap(({ bytes, duration }): readonly number[] => [
      ...uint32(bytes),
      ...uint32(duration),
      ...uint32(SAP_1),
    ]);
    const head: BoxPart[] = [uint32(id), uint32(timeScale), uint64(earliestTime), uint64(firstOffset)];
    return fullBox("sidx", 1, 0, ...head, zeros(2), uint16(entries.length), references);
  });
}

function mvhdAt(head: Uint8Array): number {
  const ftypBytes = new DataView(head.buffer, head.byteOffset).getUint32(0);
  return ftypBytes + BOX_HEADER_BYTES;
}

/** `mvex` is the last box of `moov`, and the place of `mehd` its first. */
function mehdAt(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = mvhdAt(head);
  while (at < head.length - INDEX_ROOM) {
    if (view.getUint32(at + 4) === MVEX) return at + BOX_HEADER_BYTES;
    at += view.getUint32(at);
  }
  throw new RangeError("The front of a recording has no mvex box");
}

function uint64(value: number): readonly number[] {
  return [...uint32(Math.floor(value / UINT32)), ...uint32(value % UINT32)];
}
