/**
 * What the first bytes of an audio or video message say: key frame, sequence header, codec, track.
 * FLV 10.1 §E.4.2 and §E.4.3; Enhanced RTMP v1 and v2 for the FourCC forms. Pure; nothing is decoded.
 *
 * @module
 */
import { readDataName } from "./data_name.ts";
import { MediaKind } from "./media_message.ts";
import { audioCodecName, fourCcName, videoCodecName } from "./codec_names.ts";
import { EnhancedAudio, EnhancedVideo, MultitrackType, readPacketType } from "./enhanced_packet.ts";

/** What a relay needs to know of one audio or video message. */
export interface MediaTag {
  /** A decoder can start here: a key frame that carries pictures. Always false for audio. */
  readonly keyFrame: boolean;
  /** Not media itself but what its decoder needs first: joins and jumps begin with it. */
  readonly header: boolean;
  /** The track's sequence is over, as a publisher says that stops: no media. */
  readonly sequenceEnd: boolean;
  /** The codec's name in logs and the API: `H264`, `AAC`, `HEVC`, `codec 9`. `""` where this message does not tell. */
  readonly codec: string;
  /** Enhanced RTMP v2 track, the first of many in one message; 0 for the one track of everything else. */
  readonly trackId: number;
  /** Headers of one track that are in force together have different kinds: configuration, colours, channels. */
  readonly headerKind: number;
}

const KEY_FRAME = 1;
const VIDEO_COMMAND_FRAME = 5;
const AAC = 10;
/** Legacy video codecs whose second byte is a packet type: AVC, and the HEVC, AV1 and VP9 of the field's patches. */
const PACKETED_VIDEO = new Set([7, 12, 13, 14]);
/** Of these packet types. */
const LEGACY_CONFIGURATION = 0;
const LEGACY_SEQUENCE_END = 2;

/** Configuration, or Enhanced RTMP's start of a sequence. */
export const HEADER_CONFIGURATION = 0;
/** Colour information of HDR video, or the channel layout of audio. */
export const HEADER_EXTRA = 1;
/** Added where one message has headers of many tracks: they replace each other as one, and not those of one track. */
const HEADER_OF_MANY = 2;

/** Neither a key frame nor a header. */
const PLAIN_TAG: MediaTag = {
  keyFrame: false,
  header: false,
  sequenceEnd: false,
  codec: "",
  trackId: 0,
  headerKind: HEADER_CONFIGURATION,
};
/** Of `onMetaData`. */
const METADATA_TAG: MediaTag = { ...PLAIN_TAG, header: true };

/** Read the tag of a message of any kind. `onMetaData` counts as a header. */
export function readTag(typeId: number, payload: Uint8Array): MediaTag {
  if (typeId === MediaKind.Audio) return readAudioTag(payload);
  if (typeId === MediaKind.Video) return readVideoTag(payload);
  return readDataName(payload) === "onMetaData" ? METADATA_TAG : PLAIN_TAG;
}

/**
 * Read the tag of a video message.
 *
 * @param payload The message's body; neither kept nor changed. Any bytes are fine.
 */
export function readVideoTag(payload: Uint8Array): MediaTag {
  const first = payload[0];
  if (first === undefined) return PLAIN_TAG;
  const frameType = (first >> 4) & 0b0111;
  if (EnhancedVideo.isEnhanced(payload)) {
    return readEnhanced(payload, EnhancedVideo, frameType);
  }

  const codecId = first & 0b1111;
  const codec = videoCodecName(codecId);
  const packetType = PACKETED_VIDEO.has(codecId) && frameType !== VIDEO_COMMAND_FRAME
    ? payload[1]
    : undefined;
  const header = packetType === LEGACY_CONFIGURATION;
  const sequenceEnd = packetType === LEGACY_SEQUENCE_END;
  return {
    ...PLAIN_TAG,
    keyFrame: frameType === KEY_FRAME && !header && !sequenceEnd,
    header,
    sequenceEnd,
    codec,
  };
}

/**
 * Read the tag of an audio message.
 *
 * @param payload The message's body; neither kept nor changed. Any bytes are fine.
 */
export function readAudioTag(payload: Uint8Array): MediaTag {
  const first = payload[0];
  if (first === undefined) return PLAIN_TAG;
  const format = first >> 4;
  if (EnhancedAudio.isEnhanced(payload)) return readEnhanced(payload, EnhancedAudio, 0);
  const codec = audioCodecName(format);
  return { ...PLAIN_TAG, header: format === AAC && payload[1] === 0, codec };
}

/**
 * Enhanced RTMP: low nibble of the first byte is the packet type, then ModEx prefixes, the multitrack byte, the
 * FourCC and the track id. Audio and video differ in the numbers of ModEx and Multitrack alone.
 */
function readEnhanced(
  payload: Uint8Array,
  kinds: typeof EnhancedVideo | typeof EnhancedAudio,
  frameType: number,
): MediaTag {
  const packet = readPacketType(payload, kinds.ModEx);
  if (packet === undefined) return PLAIN_TAG;
  const isVideo = kinds === EnhancedVideo;
  if (isVideo && EnhancedVideo.isCommand(payload, packet.type)) return PLAIN_TAG;
  let packetType = packet.type;
  let offset = packet.next;
  let trackId = 0;
  let multitrackType: number = MultitrackType.OneTrack;
  let hasTrackId = false;
  if (packetType === kinds.Multitrack) {
    const byte = payload[offset++] ?? 0;
    multitrackType = byte >> 4;
    hasTrackId = true;
    packetType = byte & 0b1111;
  }
  const codec = fourCcName(readFourCc(payload, offset));
  offset += 4;
  if (hasTrackId) trackId = payload[offset] ?? 0;
  const configuration = packetType === kinds.SequenceStart ||
    (isVideo && packetType === EnhancedVideo.TsSequenceStart);
  const extra = packetType === (isVideo ? EnhancedVideo.Metadata : EnhancedAudio.MultichannelConfig);
  const coded = packetType === EnhancedVideo.CodedFrames || packetType === EnhancedVideo.CodedFramesX;
  return {
    keyFrame: isVideo && coded && frameType === KEY_FRAME,
    header: configuration || extra,
    sequenceEnd: packetType === kinds.SequenceEnd,
    codec,
    trackId,
    headerKind: (extra ? HEADER_EXTRA : HEADER_CONFIGURATION) +
      (multitrackType === MultitrackType.OneTrack ? 0 : HEADER_OF_MANY),
  };
}

function readFourCc(payload: Uint8Array, offset: number): string {
  let text = "";
  for (let i = offset; i < offset + 4; i++) {
    const byte = payload[i];
    if (byte === undefined) return "";
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?";
  }
  return text;
}
