/**
 * MPEG-TS for tests: packets checked one by one, PES packets put together again.
 *
 * @module
 */

/** A PES packet. */
export interface Pes {
  readonly pid: number;
  readonly streamId: number;
  /** 90 kHz. */
  readonly pts: number;
  /** 90 kHz. */
  readonly dts: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** 90 kHz, of its first packet. */
  readonly pcr: number | undefined;
  /** random_access_indicator of its first packet. */
  readonly randomAccess: boolean;
}

/** What a stream holds, in the order of the first packets. */
export interface TsContent {
  /** PAT and PMT sections from table_id to CRC, as they come. */
  readonly sections: readonly Uint8Array<ArrayBuffer>[];
  readonly pes: readonly Pes[];
}

const PACKET_BYTES = 188;
const TABLE_PIDS: ReadonlySet<number> = new Set([0, 0x1000]);

/** What a stream may have. */
export interface DemuxOptions {
  /** Another program may follow, which begins with tables and marks the first packet of each track. */
  readonly restarts?: boolean;
}

/** Read a stream of whole packets; throws where sync bytes, continuity counters, lengths or stuffing are wrong. */
export function demuxTs(
  bytes: Uint8Array<ArrayBuffer>,
  { restarts = false }: DemuxOptions = {},
): TsContent {
  if (bytes.length % PACKET_BYTES !== 0) throw new Error(`${bytes.length} bytes are not whole packets`);
  const counters = new Map<number, number>();
  const sections: Uint8Array<ArrayBuffer>[] = [];
  const groups: { pid: number; first: Packet; pieces: Uint8Array[] }[] = [];
  for (let at = 0; at < bytes.length; at += PACKET_BYTES) {
    const packet = readPacket(bytes.subarray(at, at + PACKET_BYTES));
    const { pid, counter } = packet;
    const last = counters.get(pid);
    const mayRestart = restarts && (packet.discontinuity || TABLE_PIDS.has(pid));
    if (last !== undefined && counter !== (last + 1 & 0xf) && !mayRestart) {
      throw new Error(`PID ${pid} goes from ${last} to ${counter}`);
    }
    counters.set(pid, counter);
    if (TABLE_PIDS.has(pid)) {
      const length = ((packet.payload[2] ?? 0) & 0xf) << 8 | (packet.payload[3] ?? 0);
      sections.push(packet.payload.slice(1, 4 + length));
    } else if (packet.isStart) {
      groups.push({ pid, first: packet, pieces: [packet.payload] });
    } else {
      const open = groups.findLast((group) => group.pid === pid);
      if (open === undefined) throw new Error(`PID ${pid} begins in the middle of a PES packet`);
      open.pieces.push(packet.payload);
    }
  }
  return { sections, pes: groups.map(({ pid, first, pieces }) => readPes(pid, first, joined(pieces))) };
}

interface Packet {
  readonly pid: number;
  readonly counter: number;
  readonly isStart: boolean;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly pcr: number | undefined;
  readonly randomAccess: boolean;
  readonly discontinuity: boolean;
}

function readPacket(packet: Uint8Array<ArrayBuffer>): Packet {
  const [sync = 0, high = 0, low = 0, flags = 0, fieldLength = 0, fieldFlags = 0] = packet;
  if (sync !== 0x47) throw new Error(`A packet begins with ${sync}`);
  const hasField = (flags & 0x20) !== 0;
  const hasFlags = hasField && fieldLength > 0;
  const hasClock = hasFlags && (fieldFlags & 0x10) !== 0;
  const start = hasField ? 5 + fieldLength : 4;
  if (start >= PACKET_BYTES) throw new Error("A packet has no payload");
  if (hasFlags && packet.subarray(hasClock ? 12 : 6, start).some((byte) => byte !== 0xff)) {
    throw new Error("Stuffing is not 0xff");
  }
  const view = new DataView(packet.buffer, packet.byteOffset);
  return {
    pid: (high & 0x1f) << 8 | low,
    counter: flags & 0xf,
    isStart: (high & 0x40) !== 0,
    payload: packet.slice(start),
    pcr: hasClock
      ? view.getUint32(6) * 2 + view.getUint8(10) / 128 - view.getUint8(10) % 128 / 128
      : undefined,
    randomAccess: hasFlags && (fieldFlags & 0x40) !== 0,
    discontinuity: hasFlags && (fieldFlags & 0x80) !== 0,
  };
}

function readPes(pid: number, { pcr, randomAccess }: Packet, bytes: Uint8Array<ArrayBuffer>): Pes {
  const length = (bytes[4] ?? 0) << 8 | (bytes[5] ?? 0);
  const prefix = bytes.slice(0, 3);
  if (prefix.toHex() !== "000001") throw new Error(`A PES packet begins with ${prefix.toHex()}`);
  if (length !== 0 && length !== bytes.length - 6) {
    throw new Error(`A PES packet of ${bytes.length} says ${length}`);
  }
  const headerEnd = 9 + (bytes[8] ?? 0);
  const hasDts = ((bytes[7] ?? 0) & 0x40) !== 0;
  const pts = readTicks(bytes, 9, hasDts ? 3 : 2);
  const dts = hasDts ? readTicks(bytes, 14, 1) : pts;
  return { pid, streamId: bytes[3] ?? 0, pts, dts, payload: bytes.slice(headerEnd), pcr, randomAccess };
}

function readTicks(bytes: Uint8Array, at: number, prefix: number): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5);
  if (a >> 4 !== prefix || (a & c & e & 1) === 0) throw new Error("Markers of a time are wrong");
  return (a >> 1 & 7) * 2 ** 30 + (b << 22 | c >> 1 << 15 | d << 7 | e >> 1);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
