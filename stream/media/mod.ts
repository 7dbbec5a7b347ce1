/**
 * What media messages say of themselves, and their time: tags, codecs, metadata, time correction. Pure.
 *
 * @module
 */
export { audioCodecName, fourCcName, videoCodecName } from "./codec_names.ts";
export {
  type DataMessage,
  type MetadataFacts,
  readDataMessage,
  readMetadataFacts,
  readNamedAudioCodec,
} from "./data_message.ts";
export {
  EnhancedAudio,
  EnhancedVideo,
  MultitrackType,
  type PacketType,
  readPacketType,
} from "./enhanced_packet.ts";
export { type ConfigResult, readTrackConfig } from "./codecs/read_track_config.ts";
export {
  type AudioCodec,
  type AudioConfig,
  isSameConfig,
  type NalUnitConfig,
  type PictureFacts,
  type TrackConfig,
  type TrackConfigBase,
  type VideoCodec,
  type VideoConfig,
} from "./codecs/track_config.ts";
export {
  FragmentIndex,
  type IndexedFragment,
  type IndexedTrack,
  type IndexEntry,
  type TrackTimes,
} from "./mp4/fragment_index.ts";
export { encodeInitSegment } from "./mp4/init_segment.ts";
export {
  partBytes,
  partHeadBytes,
  type PartSamples,
  type PartTrack,
  type PlacedTrack,
  writePart,
  writePartHead,
} from "./mp4/part.ts";
export { SampleRows } from "./mp4/sample_rows.ts";
export { BOX_HEADER_BYTES } from "./mp4/read_box.ts";
export { readFragment, readTimeScales, type ReadTrackFragment } from "./mp4/read_fragment.ts";
export { encodeRecordingHead, finishRecording, MAX_INDEX_ENTRIES, type Patch } from "./mp4/recording_head.ts";
export { AudioSampler } from "./samples/audio_sampler.ts";
export { compositionTimeOf, type MediaPacket, readMediaPacket } from "./samples/media_packet.ts";
export type { Sample } from "./samples/sample.ts";
export { SAMPLE_VIEWS, type SampleStore } from "./samples/sample_store.ts";
export { type SampledVideo, VideoSampler } from "./samples/video_sampler.ts";
export { ADTS_HEADER_BYTES, AdtsWriter } from "./ts/adts.ts";
export { TS_FORMAT } from "./ts/ts_format.ts";
export { canCarryInTs, type TsStart, type TsTracks, TsWriter } from "./ts/ts_writer.ts";
export { AAC_FORMAT, MP3_FORMAT } from "./elementary_format.ts";
export { firstTrackOf } from "./first_track.ts";
export {
  HEADER_CONFIGURATION,
  HEADER_EXTRA,
  type MediaTag,
  readAudioTag,
  readTag,
  readVideoTag,
} from "./media_tag.ts";
export { encodeFlvHeader, FLV_FORMAT, type FlvTracks, readFlvTags } from "./flv_format.ts";
export { KnownTracks, MISSING_TRACK_MS, NO_TRACKS, type TracksState } from "./known_tracks.ts";
export type { EncoderContext, LogEncoder, LogFormat, MessageEncoder } from "./log_format.ts";
export { MediaKind, type MediaMessage, type StreamMessage } from "./media_message.ts";
export { encodeAmf0Number, encodeRecordedMetadata, RECORDED_METADATA } from "./recorded_metadata.ts";
export { repairMetadata } from "./metadata_repair.ts";
export { TimeCorrector, type TimeJitter } from "./time_corrector.ts";
