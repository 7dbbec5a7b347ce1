/**
 * Paths of files by patterns such as `[app]/[stream]-[seq].ts`. Names come from publishers: whatever they are, a path stays
 * below the directory of all files. Pure.
 *
 * @module
 */
import type { StreamName } from "../hls_threads.ts";

/** What names a segment besides its stream. */
export interface SegmentMoment {
  readonly sequence: number;
  /** Wall clock of its first frame, milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
}

const VARIABLE = /\[(vhost|app|stream|2006|01|02|15|04|05|999|timestamp|seq|duration)\]/g;

/** Bytes of UTF-8 that file systems take for one name, less what is added to names of our own. */
const MAX_PART_BYTES = 240;

/** Path of a stream's playlist, below the directory of all files; `undefined` where the names make none. */
export function playlistPath(pattern: string, name: StreamName): string | undefined {
  return safe(expand(pattern, { ...name }));
}

/**
 * Path of a segment; date and time are local.
 *
 * @param extension Instead of the pattern's own.
 */
export function segmentPath(
  pattern: string,
  name: StreamName,
  { sequence, startMs, durationMs }: SegmentMoment,
  extension: string,
): string | undefined {
  const date = new Date(startMs);
  const path = expand(pattern, {
    ...name,
    "2006": String(date.getFullYear()),
    "01": padded(date.getMonth() + 1),
    "02": padded(date.getDate()),
    "15": padded(date.getHours()),
    "04": padded(date.getMinutes()),
    "05": padded(date.getSeconds()),
    "999": padded(date.getMilliseconds(), 3),
    timestamp: String(Math.floor(startMs)),
    seq: String(sequence),
    duration: String(Math.round(durationMs)),
  });
  return safe(path.replace(/\.[^./]*$/, `.${extension}`));
}

/** Path of the initialization section that begins with this segment. */
export function initPath(segment: string): string {
  return segment.replace(/\.[^./]*$/, "-init.mp4");
}

/** The folder of a path, `""` for none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A path as a relative URL that begins at the folder of another path. */
export function relativeUrl(from: string, path: string): string {
  const base = folderOf(from).split("/").filter((part) => part !== "");
  const parts = path.split("/");
  let common = 0;
  while (common < base.length && common < parts.length - 1 && base[common] === parts[common]) common++;
  return [...base.slice(common).map(() => ".."), ...parts.slice(common).map(encodeURIComponent)].join("/");
}

/** A path with each part encoded for a URL. */
export function pathUrl(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Each variable once, from left to right: what a publisher chose is not looked at again. */
function expand(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(VARIABLE, (variable, name: string) => values[name] ?? variable);
}

function safe(path: string): string | undefined {
  const encoder = new TextEncoder();
  const isSafe = path.split("/").every((part) =>
    part !== "" && part !== "." && part !== ".." && !/[\\\p{Cc}]/u.test(part) && part.isWellFormed() &&
    encoder.encode(part).length <= MAX_PART_BYTES
  );
  return isSafe ? path : undefined;
}

function padded(value: number, digits = 2): string {
  return String(value).padStart(digits, "0");
}
