/**
 * The text of a playlist on disk: whole segments, for servers that know nothing of HLS. RFC 8216bis §4.4.
 *
 * @module
 */
import type { DiskSegment } from "./disk_list.ts";
import { pathUrl, relativeUrl } from "./file_pattern.ts";

/** EXT-X-MAP needs the higher one, decimals in EXTINF the other (§8). */
const VERSION_MAP = 6;
const VERSION_DECIMALS = 3;

/** How a playlist names files. */
export interface PlaylistPlace {
  /** Its own path, below the directory of all files. */
  readonly path: string;
  /** In front of paths below that directory; `""`: names are relative to the playlist. */
  readonly entryPrefix: string;
}

/**
 * Write a playlist.
 *
 * @param segments At least one, oldest first.
 */
export function writeDiskPlaylist(segments: readonly DiskSegment[], place: PlaylistPlace): string {
  const [first] = segments;
  const newest = segments.at(-1);
  const hasInit = segments.some(({ initPath }) => initPath !== undefined);
  const left = (first?.discontinuities ?? 0) - (first?.discontinuity ? 1 : 0);
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${hasInit ? VERSION_MAP : VERSION_DECIMALS}`,
    `#EXT-X-TARGETDURATION:${newest?.targetDurationS ?? 1}`,
    `#EXT-X-MEDIA-SEQUENCE:${first?.sequence ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${left}`,
  ];
  let init: string | undefined;
  for (const { path, initPath, durationMs, startMs, discontinuity } of segments) {
    if (discontinuity) lines.push("#EXT-X-DISCONTINUITY");
    if (initPath !== undefined && (discontinuity || initPath !== init)) {
      lines.push(`#EXT-X-MAP:URI="${entryUrl(initPath, place)}"`);
    }
    init = initPath;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(startMs).toISOString()}`);
    lines.push(`#EXTINF:${(durationMs / 1000).toFixed(3)},`, entryUrl(path, place));
  }
  return `${lines.join("\n")}\n`;
}

/** The address of a file as `on_hls` reports it: with the prefix, or below the directory of all files. */
export function fileUrl(path: string, entryPrefix: string): string {
  const url = pathUrl(path);
  return entryPrefix === "" ? url : `${entryPrefix.replace(/\/$/, "")}/${url}`;
}

function entryUrl(path: string, { path: playlist, entryPrefix }: PlaylistPlace): string {
  return entryPrefix === "" ? relativeUrl(playlist, path) : fileUrl(path, entryPrefix);
}
