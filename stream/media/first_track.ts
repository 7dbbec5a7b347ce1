/**
 * The first track of a stream, as players get it that know one track of each kind. Enhanced RTMP v2, "Multitrack
 * Streaming". Pure; nothing is decoded.
 *
 * @module
 */
import { EnhancedAudio, EnhancedVideo, MultitrackType, readPacketType } from "./enhanced_packet.ts";
import { MediaKind } from "./media_message.ts";

const FOUR_CC_BYTES = 4;
const TRACK_ID_BYTES = 1;
const SIZE_BYTES = 3;
const FIRST_TRACK = 0;

/**
 * What of an audio or video message belongs to the first track.
 *
 * @param payload The message's body; neither kept nor changed. Any bytes are fine.
 * @returns `payload` itself where it has no track number; the first track without its wrapper where it has one;
 * `undefined` for other tracks and for the layout of audio channels, which players that do not know it take for a track.
 */
export function firstTrackOf(
  typeId: number,
  payload: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | undefined {
  const kinds = typeId === MediaKind.Video ? EnhancedVideo : EnhancedAudio;
  if (!kinds.isEnhanced(payload)) return payload;
  const packet = readPacketType(payload, kinds.ModEx);
  if (packet === undefined) return payload;
  if (packet.type === kinds.MultichannelConfig) return undefined;
  const isCommand = kinds === EnhancedVideo && EnhancedVideo.isCommand(payload, packet.type);
  if (packet.type !== kinds.Multitrack || isCommand) return payload;

  const wrapper = payload[packet.next];
  if (wrapper === undefined) return undefined;
  const type = wrapper & 0b1111;
  if (type === kinds.Multitrack || type === kinds.ModEx || type === kinds.MultichannelConfig) {
    return undefined;
  }
  const track = findFirstTrack(payload, packet.next + 1, wrapper >> 4);
  if (track === undefined) return undefined;

  const start = packet.next;
  const unwrapped = new Uint8Array(start + FOUR_CC_BYTES + track.to - track.from);
  unwrapped.set(payload.subarray(0, start));
  unwrapped[packet.at] = ((payload[packet.at] ?? 0) & 0b1111_0000) | type;
  unwrapped.set(payload.subarray(track.fourCc, track.fourCc + FOUR_CC_BYTES), start);
  unwrapped.set(payload.subarray(track.from, track.to), start + FOUR_CC_BYTES);
  return unwrapped;
}

/** Where the first track's FourCC is, and its body. `at` is after the byte that says which kind of multitrack it is. */
function findFirstTrack(
  payload: Uint8Array,
  at: number,
  multitrackType: number,
): { fourCc: number; from: number; to: number } | undefined {
  const ownCodecs = multitrackType === MultitrackType.ManyTracksManyCodecs;
  let fourCc = at;
  let offset = ownCodecs ? at : at + FOUR_CC_BYTES;
  while (offset < payload.length) {
    if (ownCodecs) {
      fourCc = offset;
      offset += FOUR_CC_BYTES;
    }
    const id = payload[offset];
    offset += TRACK_ID_BYTES;
    if (multitrackType === MultitrackType.OneTrack) {
      return id === FIRST_TRACK ? { fourCc, from: offset, to: payload.length } : undefined;
    }
    const from = offset + SIZE_BYTES;
    const to = from + readUint24(payload, offset);
    if (to > payload.length) return undefined;
    if (id === FIRST_TRACK) return { fourCc, from, to };
    offset = to;
  }
  return undefined;
}

function readUint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 16 | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0);
}
