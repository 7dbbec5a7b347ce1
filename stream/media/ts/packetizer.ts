/**
 * Cuts a PES packet into packets of 188 bytes, with the clock in the first and stuffing in the last. ISO/IEC 13818-1
 * §2.4.3. Pure.
 *
 * @module
 */

/** Bytes of a packet. */
export const PACKET_BYTES = 188;
/** Its first byte. */
export const SYNC_BYTE = 0x47;
const HEADER_BYTES = 4;
const PAYLOAD_BYTES = PACKET_BYTES - HEADER_BYTES;
/** Adaptation field with a PCR: length, flags, 6 bytes. */
const PCR_FIELD_BYTES = 8;
/** Adaptation field with flags alone. */
const FLAGS_FIELD_BYTES = 2;
const DISCONTINUITY = 0x80;
const RANDOM_ACCESS = 0x40;
const HAS_PCR = 0x10;
/** 6 reserved bits, ones, between base and extension of a PCR. */
const PCR_RESERVED = 0x7e;

/** A PES packet that is about to be cut. */
export interface PesHead {
  readonly pid: number;
  /** Of the first packet, 0 to 15. */
  readonly counter: number;
  /** Bytes of the PES packet. */
  readonly size: number;
  /** Program clock in units of 90 kHz, 33 bits; `undefined` for none. */
  readonly pcr: number | undefined;
  /** A decoder can start here. Said where there is a clock. */
  readonly keyFrame: boolean;
  /** Neither the counter nor the clock goes on from what was before. */
  readonly discontinuity?: boolean;
}

/** Packets that a PES packet needs. */
export function packetCount(head: PesHead): number {
  return Math.ceil((head.size + firstFieldBytes(head)) / PAYLOAD_BYTES);
}

/** The adaptation field of the first packet, without stuffing. */
function firstFieldBytes({ pcr, discontinuity = false }: PesHead): number {
  return pcr !== undefined ? PCR_FIELD_BYTES : discontinuity ? FLAGS_FIELD_BYTES : 0;
}

/** Takes the bytes of one PES packet, piece by piece. */
export class Packetizer {
  readonly #target: Uint8Array<ArrayBufferLike>;
  readonly #head: PesHead;
  /** Where the next byte goes. */
  #at: number;
  /** Where the packet that is being filled ends. */
  #packetEnd: number;
  #counter: number;
  /** Of the PES packet. */
  #left: number;

  /** Begin at `offset`. */
  constructor(target: Uint8Array<ArrayBufferLike>, offset: number, head: PesHead) {
    this.#target = target;
    this.#head = head;
    this.#at = offset;
    this.#packetEnd = offset;
    this.#counter = head.counter;
    this.#left = head.size;
  }

  /** Where the last packet ends, once all bytes are put. */
  get end(): number {
    return this.#packetEnd;
  }

  /** Put the next bytes. */
  put(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      if (this.#at === this.#packetEnd) this.#beginPacket();
      const to = Math.min(bytes.length, from + this.#packetEnd - this.#at);
      this.#target.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#at);
      this.#at += to - from;
      this.#left -= to - from;
      from = to;
    }
  }

  #beginPacket(): void {
    const { pid, pcr, size, keyFrame, discontinuity = false } = this.#head;
    const target = this.#target;
    const isFirst = this.#left === size;
    const clock = isFirst ? pcr : undefined;
    const neededBytes = isFirst ? firstFieldBytes(this.#head) : 0;
    const fieldBytes = neededBytes + Math.max(0, PAYLOAD_BYTES - neededBytes - this.#left);
    const at = this.#at;
    target[at] = SYNC_BYTE;
    target[at + 1] = (isFirst ? 0x40 : 0) | pid >> 8;
    target[at + 2] = pid & 0xff;
    target[at + 3] = (fieldBytes > 0 ? 0x30 : 0x10) | this.#counter;
    this.#counter = this.#counter + 1 & 0xf;
    this.#at = at + HEADER_BYTES + fieldBytes;
    this.#packetEnd = at + PACKET_BYTES;
    if (fieldBytes === 0) return;
    target[at + 4] = fieldBytes - 1;
    if (fieldBytes === 1) return;
    target[at + 5] = (clock === undefined ? 0 : HAS_PCR | (keyFrame ? RANDOM_ACCESS : 0)) |
      (isFirst && discontinuity ? DISCONTINUITY : 0);
    if (clock !== undefined) this.#writeClock(at + 6, clock);
    target.fill(0xff, at + HEADER_BYTES + Math.max(FLAGS_FIELD_BYTES, neededBytes), this.#at);
  }

  /** 33 bits of base, 6 reserved, 9 of extension (§2.4.3.5). */
  #writeClock(at: number, clock: number): void {
    const high = Math.floor(clock / 2);
    this.#target[at] = high >>> 24;
    this.#target[at + 1] = high >>> 16;
    this.#target[at + 2] = high >>> 8;
    this.#target[at + 3] = high;
    this.#target[at + 4] = clock % 2 << 7 | PCR_RESERVED;
    this.#target[at + 5] = 0;
  }
}
