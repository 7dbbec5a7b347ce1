/**
 * What media messages say of themselves, and their time: tags, codecs, metadata, time correction. Pure.
 *
 * @module
 */
export { audioCodecName, fourCcName, videoCodecName } from "./codec_names.ts";
export { type DataMessage, type MetadataFacts, readDataMessage, readMetadataFacts } from "./data_message.ts";
export {
  EnhancedAudio,
  EnhancedVideo,
  MultitrackType,
  type PacketType,
  readPacketType,
} from "./enhanced_packet.ts";
export { firstTrackOf } from "./first_track.ts";
export {
  HEADER_CONFIGURATION,
  HEADER_EXTRA,
  type MediaTag,
  readAudioTag,
  readTag,
  readVideoTag,
} from "./media_tag.ts";
export { encodeFlvHeader, FLV_FORMAT, type FlvTracks } from "./flv_format.ts";
export type { LogFormat } from "./log_format.ts";
export { MediaKind, type MediaMessage, type StreamMessage } from "./media_message.ts";
export { repairMetadata } from "./metadata_repair.ts";
export { TimeCorrector, type TimeJitter } from "./time_corrector.ts";
