/**
 * The payload of an audio or video message as a muxer needs it: configuration or frame, without FLV's header. FLV 10.1
 * §E.4.2 and §E.4.3; Enhanced RTMP v1 and v2 for the FourCC forms, of which the first track is read. Pure.
 *
 * @module
 */
import { audioCodecName, fourCcName, videoCodecName } from "../codec_names.ts";
import { EnhancedAudio, EnhancedVideo, readPacketType } from "../enhanced_packet.ts";
import { firstTrackOf } from "../first_track.ts";
import { MediaKind } from "../media_message.ts";

/** What one message carries. */
export interface MediaPacket {
  /** Whether `data` is a decoder's configuration or a coded frame. */
  readonly kind: "configuration" | "frame";
  /** Which track it belongs to. */
  readonly track: "video" | "audio";
  /** As in {@link MediaTag}: `H264`, `AAC`, `codec 9`. */
  readonly codec: string;
  /** A view of the payload, at least one byte. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Presentation minus decode time, milliseconds, signed 24 bits; 0 for audio. */
  readonly compositionTime: number;
  /** A decoder can start here; true for all frames of audio. */
  readonly keyFrame: boolean;
}

const KEY_FRAME = 1;
const COMMAND_FRAME = 5;
/** Legacy video codecs with packet type and composition time: AVC, and HEVC, AV1, VP9 as the field patched them in. */
const PACKETED_VIDEO: ReadonlySet<number> = new Set([7, 12, 13, 14]);
const VIDEO_HEADER_BYTES = 5;
const AAC = 10;
const FOUR_CC_BYTES = 4;
const COMPOSITION_TIME_BYTES = 3;
/** AVCPacketType and AACPacketType. */
const PacketType = { Configuration: 0, Frame: 1 } as const;
/** FourCC codecs whose CodedFrames have a composition time. */
const REORDERED: ReadonlySet<string> = new Set(["H264", "HEVC", "VVC"]);

/**
 * Read a message.
 *
 * @param payload Neither changed nor copied. Any bytes are fine.
 * @returns `undefined` for what a muxer passes over: commands, colours, ends of sequences, empty frames, other tracks.
 */
export function readMediaPacket(typeId: number, payload: Uint8Array<ArrayBuffer>): MediaPacket | undefined {
  if (typeId !== MediaKind.Video && typeId !== MediaKind.Audio) return undefined;
  const body = firstTrackOf(typeId, payload);
  const packet = body === undefined
    ? undefined
    : typeId === MediaKind.Video
    ? readVideo(body)
    : readAudio(body);
  return packet === undefined || packet.data.length === 0 ? undefined : packet;
}

/**
 * When a picture is shown less when it is decoded, milliseconds.
 *
 * @param payload Of a video message, at least its first 16 bytes.
 */
export function compositionTimeOf(payload: Uint8Array<ArrayBuffer>): number {
  // For each frame of a recording: the packet itself is not made where it need not be.
  if (EnhancedVideo.isEnhanced(payload)) {
    return readMediaPacket(MediaKind.Video, payload)?.compositionTime ?? 0;
  }
  const isPacketed = PACKETED_VIDEO.has((payload[0] ?? 0) & 0b1111) && payload[1] === PacketType.Frame;
  return isPacketed ? readInt24(payload, 2) : 0;
}

function readVideo(payload: Uint8Array<ArrayBuffer>): MediaPacket | undefined {
  const first = payload[0] ?? 0;
  const frameType = first >> 4 & 0b0111;
  if (EnhancedVideo.isEnhanced(payload)) return readEnhancedVideo(payload, frameType);
  const codecId = first & 0b1111;
  if (frameType === COMMAND_FRAME || !PACKETED_VIDEO.has(codecId)) return undefined;
  const kind = kindOf(payload[1]);
  return kind === undefined ? undefined : {
    kind,
    track: "video",
    codec: videoCodecName(codecId),
    data: payload.subarray(VIDEO_HEADER_BYTES),
    compositionTime: kind === "frame" ? readInt24(payload, 2) : 0,
    keyFrame: frameType === KEY_FRAME,
  };
}

function readAudio(payload: Uint8Array<ArrayBuffer>): MediaPacket | undefined {
  if (EnhancedAudio.isEnhanced(payload)) return readEnhancedAudio(payload);
  const format = (payload[0] ?? 0) >> 4;
  const kind = format === AAC ? kindOf(payload[1]) : "frame";
  const data = payload.subarray(format === AAC ? 2 : 1);
  return kind === undefined ? undefined : audioPacket(kind, audioCodecName(format), data);
}

function readEnhancedVideo(payload: Uint8Array<ArrayBuffer>, frameType: number): MediaPacket | undefined {
  const packet = readPacketType(payload, EnhancedVideo.ModEx);
  if (packet === undefined || EnhancedVideo.isCommand(payload, packet.type)) return undefined;
  const codec = fourCcName(readFourCc(payload, packet.next));
  const { type } = packet;
  const isFrame = type === EnhancedVideo.CodedFrames || type === EnhancedVideo.CodedFramesX;
  if (!isFrame && type !== EnhancedVideo.SequenceStart) return undefined;
  const start = packet.next + FOUR_CC_BYTES;
  const hasTime = type === EnhancedVideo.CodedFrames && REORDERED.has(codec);
  return {
    kind: isFrame ? "frame" : "configuration",
    track: "video",
    codec,
    data: payload.subarray(hasTime ? start + COMPOSITION_TIME_BYTES : start),
    compositionTime: hasTime ? readInt24(payload, start) : 0,
    keyFrame: frameType === KEY_FRAME,
  };
}

function readEnhancedAudio(payload: Uint8Array<ArrayBuffer>): MediaPacket | undefined {
  const packet = readPacketType(payload, EnhancedAudio.ModEx);
  const kind = packet === undefined ? undefined : kindOf(packet.type);
  if (packet === undefined || kind === undefined) return undefined;
  const data = payload.subarray(packet.next + FOUR_CC_BYTES);
  return audioPacket(kind, fourCcName(readFourCc(payload, packet.next)), data);
}

function audioPacket(kind: MediaPacket["kind"], codec: string, data: Uint8Array<ArrayBuffer>): MediaPacket {
  return { kind, track: "audio", codec, data, compositionTime: 0, keyFrame: true };
}

/** The packet types of AVC, AAC and Enhanced RTMP's audio agree in these two. */
function kindOf(packetType: number | undefined): MediaPacket["kind"] | undefined {
  if (packetType === PacketType.Configuration) return "configuration";
  return packetType === PacketType.Frame ? "frame" : undefined;
}

function readFourCc(payload: Uint8Array, offset: number): string {
  return String.fromCharCode(...payload.subarray(offset, offset + FOUR_CC_BYTES));
}

function readInt24(bytes: Uint8Array, offset: number): number {
  const value = (bytes[offset] ?? 0) << 16 | (bytes[offset + 1] ?? 0) << 8 | (bytes[offset + 2] ?? 0);
  return value << 8 >> 8;
}
