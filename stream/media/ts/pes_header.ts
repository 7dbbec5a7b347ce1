/**
 * Header of a PES packet with its times. ISO/IEC 13818-1 §2.4.3.6. Pure.
 *
 * @module
 */

const WITH_PTS = 14;
const WITH_BOTH = 19;
/** Bytes of the packet after its length field that do not count as optional header. */
const FIXED_BYTES = 6;
const MAX_LENGTH = 0xffff;
/** Marker bits `10`, data_alignment_indicator. */
const ALIGNED = 0x84;
/** Modulus of PTS and DTS. */
export const TICK_RANGE = 2 ** 33;

/** What a header says. */
export interface PesTimes {
  readonly streamId: number;
  /** 90 kHz, 33 bits. */
  readonly pts: number;
  /** 90 kHz, 33 bits; left out where it is the same as `pts`. */
  readonly dts: number;
  /** Bytes after the header. */
  readonly payloadBytes: number;
}

/** Bytes of the header. */
export function pesHeaderBytes({ pts, dts }: Pick<PesTimes, "pts" | "dts">): number {
  return pts === dts ? WITH_PTS : WITH_BOTH;
}

/** Encode the header. The length is 0, unlimited, where it does not fit. */
export function encodePesHeader(times: PesTimes): Uint8Array<ArrayBuffer> {
  const { streamId, pts, dts, payloadBytes } = times;
  const header = new Uint8Array(pesHeaderBytes(times));
  const length = header.length - FIXED_BYTES + payloadBytes;
  header[2] = 1;
  header[3] = streamId;
  if (length <= MAX_LENGTH) {
    header[4] = length >> 8;
    header[5] = length & 0xff;
  }
  header[6] = ALIGNED;
  header[7] = pts === dts ? 0x80 : 0xc0;
  header[8] = header.length - 9;
  writeTicks(header, 9, pts === dts ? 0x20 : 0x30, pts);
  if (pts !== dts) writeTicks(header, 14, 0x10, dts);
  return header;
}

/** 3, 15 and 15 bits with a marker bit after each. */
function writeTicks(target: Uint8Array, at: number, prefix: number, ticks: number): void {
  const low = ticks % 0x4000_0000;
  target[at] = prefix | Math.floor(ticks / 0x4000_0000) << 1 | 1;
  target[at + 1] = low >>> 22;
  target[at + 2] = low >>> 14 | 1;
  target[at + 3] = low >>> 7;
  target[at + 4] = low << 1 | 1;
}
