/**
 * Program association and program map tables, a packet each. ISO/IEC 13818-1 §2.4.4.3 and §2.4.4.8. Pure.
 *
 * @module
 */
import { uint16, uint32 } from "../mp4/box.ts";
import { crc32Mpeg } from "./crc32.ts";
import { PACKET_BYTES, SYNC_BYTE } from "./packetizer.ts";
import type { TsTrack } from "./ts_track.ts";

/** A track and where it is. */
export interface MappedTrack extends TsTrack {
  /** Its packets' id. */
  readonly pid: number;
}

const PAT_PID = 0;
const PMT_PID = 0x1000;
const PROGRAM = 1;
const TableId = { Pat: 0, Pmt: 2 };
/** Version 0, in force now (§2.4.4.4). */
const IN_FORCE = 0xc1;
/** Number of a section, and of the last one. */
const NUMBERS = [0, 0];
/** Versions of a table. */
export const TABLE_VERSIONS = 32;
const CRC_BYTES = 4;

/**
 * Both tables as two packets with the continuity counter 0; {@link setTableCounter} sets it.
 *
 * @param pcrPid Of the track that carries the clock.
 * @param version Of the program map, 0 to 31.
 */
export function encodeTables(
  tracks: readonly MappedTrack[],
  pcrPid: number,
  version = 0,
): Uint8Array<ArrayBuffer> {
  const packets = new Uint8Array(2 * PACKET_BYTES).fill(0xff);
  const program = [...uint16(PROGRAM), ...uint16(0xe000 | PMT_PID)];
  packets.set(packet(PAT_PID, section(TableId.Pat, 1, 0, program)));
  const streams = tracks.flatMap(({ streamType, pid, descriptors }) => [
    streamType,
    ...uint16(0xe000 | pid),
    ...uint16(0xf000 | descriptors.length),
    ...descriptors,
  ]);
  const map = [...uint16(0xe000 | pcrPid), ...uint16(0xf000), ...streams];
  packets.set(packet(PMT_PID, section(TableId.Pmt, PROGRAM, version, map)), PACKET_BYTES);
  return packets;
}

/** Set the continuity counter of both tables, 0 to 15. */
export function setTableCounter(tables: Uint8Array<ArrayBufferLike>, offset: number, counter: number): void {
  tables[offset + 3] = 0x10 | counter;
  tables[offset + PACKET_BYTES + 3] = 0x10 | counter;
}

/** Header with payload_unit_start_indicator, then a pointer to the section that follows at once. */
function packet(pid: number, bytes: Uint8Array): readonly number[] {
  return [SYNC_BYTE, ...uint16(0x4000 | pid), 0x10, 0, ...bytes];
}

function section(
  tableId: number,
  id: number,
  version: number,
  content: readonly number[],
): Uint8Array<ArrayBuffer> {
  const state = [...uint16(id), IN_FORCE | version << 1, ...NUMBERS];
  const length = state.length + content.length + CRC_BYTES;
  const body = Uint8Array.of(tableId, ...uint16(0xb000 | length), ...state, ...content);
  return Uint8Array.of(...body, ...uint32(crc32Mpeg(body)));
}
