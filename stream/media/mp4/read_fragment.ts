/**
 * What the `moof` of a recorded fragment says, so that the index of a file that was never finished can be made from the
 * file. It reads what `part.ts` writes. ISO/IEC 14496-12 §8.8. Pure.
 *
 * @module
 */
import { findBoxes } from "./read_box.ts";

/** A track of a fragment. */
export interface ReadTrackFragment {
  /** From 1 on. */
  readonly id: number;
  /** Decode time of its first sample, in units of its time scale. */
  readonly startTime: number;
  /** Where its last sample ends. */
  readonly endTime: number;
  /** Presentation minus decode time of its first sample. */
  readonly firstOffset: number;
  /** A decoder can start at its first sample. */
  readonly keyFrame: boolean;
}

/** Version and flags. */
const FULL_BYTES = 4;
const HAS_FLAGS = 0x400;
const HAS_OFFSETS = 0x800;
const NOT_SYNC = 0x0001_0000;
const UINT32 = 0x1_0000_0000;

/** The tracks of a `moof`. */
export function readFragment(moof: Uint8Array): readonly ReadTrackFragment[] {
  const view = new DataView(moof.buffer, moof.byteOffset, moof.byteLength);
  return findBoxes(moof, ["moof", "traf"]).flatMap((traf) => {
    const [tfhd] = findBoxes(moof, ["tfhd"], traf);
    const [tfdt] = findBoxes(moof, ["tfdt"], traf);
    const [trun] = findBoxes(moof, ["trun"], traf);
    if (tfhd === undefined || tfdt === undefined || trun === undefined) return [];
    const startTime = view.getUint32(tfdt.start + FULL_BYTES) * UINT32 +
      view.getUint32(tfdt.start + FULL_BYTES + 4);
    const flags = view.getUint32(trun.start) & 0xff_ffff;
    const hasFlags = (flags & HAS_FLAGS) !== 0;
    const hasOffsets = (flags & HAS_OFFSETS) !== 0;
    const sampleBytes = 8 + (hasFlags ? 4 : 0) + (hasOffsets ? 4 : 0);
    const count = view.getUint32(trun.start + FULL_BYTES);
    const firstAt = trun.start + FULL_BYTES + 8;
    let endTime = startTime;
    for (let i = 0; i < count; i++) endTime += view.getUint32(firstAt + i * sampleBytes);
    return [{
      id: view.getUint32(tfhd.start + FULL_BYTES),
      startTime,
      endTime,
      firstOffset: hasOffsets ? view.getUint32(firstAt + 12) : 0,
      keyFrame: !hasFlags || (view.getUint32(firstAt + 8) & NOT_SYNC) === 0,
    }];
  });
}

/** The time scales of the tracks of a front, in the order of their ids. */
export function readTimeScales(head: Uint8Array): readonly number[] {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  // Version 0: two times of 32 bits before the scale (§8.4.2).
  return findBoxes(head, ["moov", "trak", "mdia", "mdhd"]).map(({ start }) => view.getUint32(start + 12));
}
