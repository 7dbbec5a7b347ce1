/**
 * One name for each codec, whichever way a publisher signals it: FLV 10.1 §E.4.2.1 and §E.4.3.1 with the numbers that the
 * field added, and the FourCCs of Enhanced RTMP. SRS's name where SRS has one. Pure.
 *
 * @module
 */

const VIDEO_IDS: Readonly<Record<number, string>> = {
  2: "H263",
  3: "Screen",
  4: "VP6",
  5: "VP6A",
  6: "Screen2",
  7: "H264",
  8: "VP8",
  12: "HEVC",
  13: "AV1",
  14: "VP9",
};

const AUDIO_FORMATS: Readonly<Record<number, string>> = {
  0: "PCM",
  1: "ADPCM",
  2: "MP3",
  3: "PCM",
  4: "Nellymoser",
  5: "Nellymoser",
  6: "Nellymoser",
  7: "G711A",
  8: "G711U",
  10: "AAC",
  11: "Speex",
  13: "Opus",
  14: "MP3",
};

const FOUR_CCS: ReadonlyMap<string, string> = new Map([
  ["avc1", "H264"],
  ["hvc1", "HEVC"],
  ["hev1", "HEVC"],
  ["vvc1", "VVC"],
  ["av01", "AV1"],
  ["vp08", "VP8"],
  ["vp09", "VP9"],
  ["mp4a", "AAC"],
  ["Opus", "Opus"],
  ["fLaC", "FLAC"],
  [".mp3", "MP3"],
  ["ac-3", "AC-3"],
  ["ec-3", "E-AC-3"],
]);

/** The name of an FLV video codec id, 0 to 15; `codec 9` for one that has none. */
export function videoCodecName(codecId: number): string {
  return VIDEO_IDS[codecId] ?? `codec ${codecId}`;
}

/** The name of an FLV sound format, 0 to 15; `codec 12` for one that has none. */
export function audioCodecName(format: number): string {
  return AUDIO_FORMATS[format] ?? `codec ${format}`;
}

/** The name of a FourCC; an unknown one is its own name. */
export function fourCcName(fourCc: string): string {
  return FOUR_CCS.get(fourCc) ?? fourCc;
}
