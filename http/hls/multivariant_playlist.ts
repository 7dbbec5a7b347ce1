/**
 * The text of a multivariant playlist: one rendition, and what a player has to know of it before it loads any.
 * RFC 8216bis §4.4.6. EXT-X-INDEPENDENT-SEGMENTS is never promised: a GOP that grows is cut without a key frame.
 *
 * @module
 */

/** The one rendition. */
export interface Variant {
  /** Codec strings, comma between them; `""` where they are not known. */
  readonly codecs: string;
  /** Highest bit rate of a segment. */
  readonly peakBps: number;
  /** Over all listed segments. */
  readonly averageBps: number;
  /** `undefined` without pictures, or where the codec does not tell. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Frames a second; `undefined` without pictures. */
  readonly frameRate: number | undefined;
}

/**
 * Write it.
 *
 * @param uri Of the media playlist.
 * @param version EXT-X-VERSION of that.
 */
export function writeMultivariantPlaylist(variant: Variant, uri: string, version: number): string {
  const { codecs, peakBps, averageBps, width, height, frameRate } = variant;
  const attributes = [
    `BANDWIDTH=${Math.max(1, Math.ceil(peakBps))}`,
    `AVERAGE-BANDWIDTH=${Math.max(1, Math.ceil(averageBps))}`,
  ];
  if (codecs !== "") attributes.push(`CODECS="${codecs}"`);
  if (width && height) attributes.push(`RESOLUTION=${width}x${height}`);
  if (frameRate) attributes.push(`FRAME-RATE=${frameRate.toFixed(3)}`);
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-STREAM-INF:${attributes.join(",")}`,
    uri,
  ];
  return `${lines.join("\n")}\n`;
}
