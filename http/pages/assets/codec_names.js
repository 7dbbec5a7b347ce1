/**
 * What people call a codec.
 *
 * @module
 */

/** By what codec strings (RFC 6381) and FourCCs begin with; an ordinary codec string where HLS carries it. */
const NAMES = [
  [/^avc[13]/, "H.264", "avc1.42c01f"],
  [/^h(?:vc|ev)1/, "HEVC (H.265)", "hvc1.1.6.L93.90"],
  [/^vvc1/, "VVC (H.266)"],
  [/^av01/, "AV1", "av01.0.05M.08"],
  [/^vp09/, "VP9", "vp09.00.31.08"],
  [/^vp08/, "VP8"],
  [/^mp4a\.(?:6b|69)$|^\.?mp3$/i, "MP3", "mp4a.6B"],
  [/^mp4a/, "AAC", "mp4a.40.2"],
  [/^opus$/i, "Opus", "opus"],
  [/^flac$/i, "FLAC", "flac"],
  [/^ac-3$/, "AC-3", "ac-3"],
  [/^ec-3$/, "E-AC-3"],
];
/** Of these a codec string is of pictures. */
const PICTURES = /^(?:avc|hvc|hev|vvc|av01|vp0)/;

/** By their numbers in FLV (Video File Format Specification 10.1, E.4.2.1 and E.4.3.1). */
const AUDIO_NUMBERS = new Map([
  ["0", "PCM"],
  ["1", "ADPCM"],
  ["4", "Nellymoser"],
  ["5", "Nellymoser"],
  ["6", "Nellymoser"],
  ["7", "G.711 A-law"],
  ["8", "G.711 mu-law"],
  ["11", "Speex"],
]);
const VIDEO_NUMBERS = new Map([
  ["2", "Sorenson H.263"],
  ["3", "Screen Video"],
  ["4", "VP6"],
  ["5", "VP6"],
  ["6", "Screen Video 2"],
]);

/**
 * The name of a codec; what is unknown keeps the name that it came with.
 *
 * @param {string} codec A codec string, a FourCC, or a number of FLV.
 * @param {"audio" | "video"} [track] Whose number it is.
 */
export function codecName(codec, track) {
  const numbers = track === "audio" ? AUDIO_NUMBERS : VIDEO_NUMBERS;
  const found = NAMES.find(([pattern]) => pattern instanceof RegExp && pattern.test(codec));
  return numbers.get(codec) ?? String(found?.[1] ?? codec);
}

/**
 * The codec string of a usual stream, for asking what a browser plays in HLS; `undefined` where HLS has no such codec.
 *
 * @param {string} name As `codecName` has it.
 */
export function codecStringOf(name) {
  const found = NAMES.find(([, known]) => known === name);
  return found?.[2] === undefined ? undefined : String(found[2]);
}

/**
 * Whether a codec string is of pictures, not of sound.
 *
 * @param {string} codec
 */
export function isPicture(codec) {
  return PICTURES.test(codec);
}
