/**
 * The first bytes of an audio or video message of Enhanced RTMP v1 and v2: packet types, ModEx prefixes, kinds of
 * multitrack. Pure.
 *
 * @module
 */

const VIDEO_COMMAND_FRAME = 5;
/** FLV's sound format that means Enhanced RTMP. */
const EX_AUDIO = 9;
/** Prefixes of one ModEx chain that are followed; more is nonsense. */
const MAX_MODEX = 8;

/** VideoPacketType, and what tells such a message. */
export const EnhancedVideo = {
  SequenceStart: 0,
  CodedFrames: 1,
  SequenceEnd: 2,
  CodedFramesX: 3,
  Metadata: 4,
  TsSequenceStart: 5,
  Multitrack: 6,
  ModEx: 7,
  /** Audio's alone. */
  MultichannelConfig: -1,
  isEnhanced: (payload: Uint8Array): boolean => ((payload[0] ?? 0) & 0b1000_0000) !== 0,
  /** Metadata's frame type has no meaning; every other packet with that of a command has no body. */
  isCommand: (payload: Uint8Array, packetType: number): boolean =>
    (((payload[0] ?? 0) >> 4) & 0b0111) === VIDEO_COMMAND_FRAME && packetType !== EnhancedVideo.Metadata,
} as const;

/** AudioPacketType, and what tells such a message. */
export const EnhancedAudio = {
  SequenceStart: 0,
  CodedFrames: 1,
  SequenceEnd: 2,
  MultichannelConfig: 4,
  Multitrack: 5,
  ModEx: 7,
  isEnhanced: (payload: Uint8Array): boolean => ((payload[0] ?? 0) >> 4) === EX_AUDIO,
} as const;

/** AvMultitrackType. */
export const MultitrackType = { OneTrack: 0, ManyTracks: 1, ManyTracksManyCodecs: 2 } as const;

/** The packet type of a message, and where it was read. */
export interface PacketType {
  /** 0 to 15. */
  readonly type: number;
  /** The byte whose lower half it is. */
  readonly at: number;
  /** What follows it. */
  readonly next: number;
}

/**
 * The packet type after all ModEx prefixes.
 *
 * @returns `undefined` where the prefixes are cut off or more than anybody sends.
 */
export function readPacketType(payload: Uint8Array, modEx: number): PacketType | undefined {
  let at = 0;
  for (let i = 0; i <= MAX_MODEX; i++) {
    const type = (payload[at] ?? 0) & 0b1111;
    if (type !== modEx) return { type, at, next: at + 1 };
    const last = modExEnd(payload, at + 1);
    if (last === undefined) return undefined;
    at = last;
  }
  return undefined;
}

/** A ModEx prefix: size - 1 in one byte (or 255 and two more), data, then type and the next packet type in one byte. */
function modExEnd(payload: Uint8Array, offset: number): number | undefined {
  const short = payload[offset];
  if (short === undefined) return undefined;
  const size = short === 255 ? ((payload[offset + 1] ?? 0) << 8 | (payload[offset + 2] ?? 0)) + 1 : short + 1;
  const last = offset + (short === 255 ? 3 : 1) + size;
  return last < payload.length ? last : undefined;
}
