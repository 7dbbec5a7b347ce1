/**
 * Init segment of fragmented MP4: `ftyp` and a `moov` without samples. ISO/IEC 14496-12 §8; CMAF ISO/IEC 23000-19 §7.3. Pure.
 *
 * @module
 */
import { join } from "../../../core/mod.ts";
import type { AudioConfig, TrackConfig, VideoConfig } from "../codecs/track_config.ts";
import { box, fourCc, fullBox, uint16, uint32, zeros } from "./box.ts";

/** Identity, 16.16 and 2.30 (§8.2.2). */
const MATRIX = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].flatMap(uint32);
/** Of the movie: milliseconds. Its duration is not known while it is live. */
export const MOVIE_TIME_SCALE = 1000;
const RATE_1 = 0x1_0000;
const VOLUME_1 = 0x100;
/** ISO 639-2 `und`, 5 bits a letter (§8.4.2). */
const UNDETERMINED = 0x55c4;
/** Enabled and in the movie. */
const TRACK_FLAGS = 3;
/** Of `url `: the media is in this file. */
const SELF_CONTAINED = 1;
const DPI_72 = 0x48_0000;
const DEPTH_24 = 0x18;
/** The 16.16 field of a sample entry holds no higher rate; the codec's own configuration counts. */
const MAX_ENTRY_RATE = 0xffff;

/**
 * Encode an init segment.
 *
 * @param tracks At most one of each kind. The first has the track id 1, the second 2.
 * @param extendsHead Boxes before the others in `mvex`.
 */
export function encodeInitSegment(
  tracks: readonly TrackConfig[],
  extendsHead: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const brands = ["iso6", "cmfc", "mp41"].flatMap(fourCc);
  const ftyp = box("ftyp", fourCc("iso6"), uint32(0), brands);
  const boxes = tracks.map((track, i) => encodeTrack(track, i + 1));
  const trex = tracks.map((_, i) => fullBox("trex", 0, 0, uint32(i + 1), uint32(1), zeros(12)));
  const mvex = box("mvex", ...extendsHead, ...trex);
  return join(ftyp, box("moov", encodeMovieHeader(tracks.length + 1), ...boxes, mvex));
}

function encodeMovieHeader(nextTrackId: number): Uint8Array<ArrayBuffer> {
  const times = [...zeros(8), ...uint32(MOVIE_TIME_SCALE), ...uint32(0)];
  const playback = [...uint32(RATE_1), ...uint16(VOLUME_1), ...zeros(10)];
  return fullBox("mvhd", 0, 0, times, playback, MATRIX, zeros(24), uint32(nextTrackId));
}

function encodeTrack(track: TrackConfig, id: number): Uint8Array<ArrayBuffer> {
  const isVideo = track.kind === "video";
  const size = isVideo ? [...uint32(track.width << 16), ...uint32(track.height << 16)] : zeros(8);
  const volume = [...uint16(isVideo ? 0 : VOLUME_1), 0, 0];
  const ids = [...zeros(8), ...uint32(id), ...zeros(8)];
  const tkhd = fullBox("tkhd", 0, TRACK_FLAGS, ids, zeros(12), volume, MATRIX, size);
  const times = [...zeros(8), ...uint32(track.timeScale), ...uint32(0)];
  const mdhd = fullBox("mdhd", 0, 0, times, uint16(UNDETERMINED), zeros(2));
  const handler = fullBox("hdlr", 0, 0, zeros(4), fourCc(isVideo ? "vide" : "soun"), zeros(12), [0]);
  return box("trak", tkhd, box("mdia", mdhd, handler, encodeMedia(track)));
}

function encodeMedia(track: TrackConfig): Uint8Array<ArrayBuffer> {
  const header = track.kind === "video" ? fullBox("vmhd", 0, 1, zeros(8)) : fullBox("smhd", 0, 0, zeros(4));
  const reference = fullBox("dref", 0, 0, uint32(1), fullBox("url ", 0, SELF_CONTAINED));
  const entry = track.kind === "video" ? encodeVideoEntry(track) : encodeAudioEntry(track);
  const empty = ["stts", "stsc"].map((type) => fullBox(type, 0, 0, uint32(0)));
  const sizes = fullBox("stsz", 0, 0, zeros(8));
  const offsets = fullBox("stco", 0, 0, uint32(0));
  const stbl = box("stbl", fullBox("stsd", 0, 0, uint32(1), entry), ...empty, sizes, offsets);
  return box("minf", header, box("dinf", reference), stbl);
}

function encodeVideoEntry(
  { sampleEntry, configurationBox, width, height }: VideoConfig,
): Uint8Array<ArrayBuffer> {
  const size = [...uint16(width), ...uint16(height), ...uint32(DPI_72), ...uint32(DPI_72)];
  // One frame a sample, an empty compressor name, no colour table.
  const rest = [...zeros(4), ...uint16(1), ...zeros(32), ...uint16(DEPTH_24), 0xff, 0xff];
  return box(sampleEntry, entryHeader(), zeros(16), size, rest, configurationBox);
}

function encodeAudioEntry(track: AudioConfig): Uint8Array<ArrayBuffer> {
  const { sampleEntry, configurationBox, channels, sampleRate, sampleBits } = track;
  const rate = sampleRate > MAX_ENTRY_RATE ? 0 : sampleRate;
  const format = [...uint16(channels), ...uint16(sampleBits), ...zeros(4), ...uint16(rate), 0, 0];
  return box(sampleEntry, entryHeader(), zeros(8), format, configurationBox);
}

/** Reserved, and the index of the one data reference (§8.5.2.2). */
function entryHeader(): readonly number[] {
  return [...zeros(6), ...uint16(1)];
}
