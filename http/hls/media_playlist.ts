/**
 * The text of a media playlist. RFC 8216bis §4.4 and §6.2.5, as players read it.
 *
 * @module
 */
import { initName, partName, segmentName } from "./media_names.ts";
import {
  type ListedPart,
  type ListedSegment,
  partHoldBackMs,
  partsBoundaryMs,
  type PlaylistState,
  type PlaylistTerms,
  skipBoundaryMs,
  versionOf,
} from "./playlist_model.ts";

/** Which text of a playlist. */
export type PlaylistForm = "full" | "delta";

/**
 * Write a playlist.
 *
 * @param form `delta` leaves out old segments, where that is allowed and saves any.
 */
export function writeMediaPlaylist(state: PlaylistState, form: PlaylistForm): string {
  const { terms, segments, open } = state;
  const lines = headLines(state);
  const ends = distancesFromEnd(state);
  const skipped = form === "delta" ? countSkipped(terms, ends) : 0;
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  let initNumber: number | undefined = skipped > 0 ? segments[skipped - 1]?.initNumber : undefined;
  segments.forEach((segment, index) => {
    if (index < skipped) return;
    const { durationMs, sequence } = segment;
    lines.push(...segmentHead(segment, terms, initNumber));
    initNumber = segment.initNumber;
    if ((ends[index] ?? 0) < partsBoundaryMs(terms)) lines.push(...partLines(segment.parts, terms));
    lines.push(`#EXTINF:${seconds(durationMs)},`, `${terms.prefix}${segmentName(sequence, terms.extension)}`);
  });
  if (terms.partTargetMs > 0) {
    if (open !== undefined && open.parts.length > 0) {
      lines.push(...segmentHead(open, terms, initNumber), ...partLines(open.parts, terms));
    }
    const next = `${terms.prefix}${partName(state.nextPart, terms.extension)}`;
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${next}"`);
  }
  return `${lines.join("\n")}\n`;
}

/** What is the same in the full text and the delta. */
function headLines({ terms, segments, discontinuitySequence }: PlaylistState): string[] {
  const control = ["CAN-BLOCK-RELOAD=YES"];
  if (terms.partTargetMs > 0) control.push(`PART-HOLD-BACK=${seconds(partHoldBackMs(terms))}`);
  if (terms.canSkip) control.push(`CAN-SKIP-UNTIL=${seconds(skipBoundaryMs(terms))}`);
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${versionOf(terms)}`,
    `#EXT-X-TARGETDURATION:${terms.targetDurationS}`,
    `#EXT-X-SERVER-CONTROL:${control.join(",")}`,
    ...(terms.partTargetMs > 0 ? [`#EXT-X-PART-INF:PART-TARGET=${seconds(terms.partTargetMs)}`] : []),
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.sequence ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
  ];
}

/** What comes before a segment's first part. */
function segmentHead(
  { discontinuity, initNumber, dateMs }: ListedSegment,
  { prefix }: PlaylistTerms,
  lastInit: number | undefined,
): string[] {
  const lines = discontinuity ? ["#EXT-X-DISCONTINUITY"] : [];
  if (initNumber !== undefined && (discontinuity || initNumber !== lastInit)) {
    lines.push(`#EXT-X-MAP:URI="${prefix}${initName(initNumber)}"`);
  }
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(dateMs).toISOString()}`);
  return lines;
}

function partLines(parts: readonly ListedPart[], { prefix, extension }: PlaylistTerms): string[] {
  return parts.map(({ number, durationMs, independent }) => {
    const flag = independent ? ",INDEPENDENT=YES" : "";
    return `#EXT-X-PART:DURATION=${seconds(durationMs)},URI="${prefix}${partName(number, extension)}"${flag}`;
  });
}

/** From the end of each segment to the end of the list, milliseconds. */
function distancesFromEnd({ segments, open }: PlaylistState): number[] {
  const distances: number[] = [];
  let distance = open?.parts.reduce((sum, { durationMs }) => sum + durationMs, 0) ?? 0;
  for (const { durationMs } of segments.toReversed()) {
    distances.push(distance);
    distance += durationMs;
  }
  return distances.reverse();
}

/** Segments that lie wholly before the skip boundary. */
function countSkipped(terms: PlaylistTerms, ends: readonly number[]): number {
  if (!terms.canSkip) return 0;
  const first = ends.findIndex((distance) => distance <= skipBoundaryMs(terms));
  return Math.max(0, first);
}

/** Milliseconds as decimal seconds. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3).replace(/\.?0+$/, "");
}
