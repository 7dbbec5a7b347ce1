/**
 * Reads a media playlist as a player does: tags and what they apply to, delta updates put together with the playlist
 * before them. RFC 8216bis §4.
 *
 * @module
 */

/** A part as it is listed. */
export interface ReadPart {
  readonly uri: string;
  readonly durationS: number;
  readonly independent: boolean;
}

/** A segment, or the open one, which has no URI. */
export interface ReadSegment {
  readonly sequence: number;
  /** `undefined` while it grows. */
  readonly uri: string | undefined;
  readonly durationS: number;
  readonly discontinuity: boolean;
  /** In force for it. */
  readonly map: string | undefined;
  /** EXT-X-PROGRAM-DATE-TIME, milliseconds since 1970. */
  readonly dateMs: number | undefined;
  readonly parts: readonly ReadPart[];
}

/** A media playlist. */
export interface ReadPlaylist {
  readonly version: number;
  readonly targetDurationS: number;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  /** Attributes of EXT-X-SERVER-CONTROL. */
  readonly control: ReadonlyMap<string, string>;
  /** PART-TARGET; `undefined` without EXT-X-PART-INF. */
  readonly partTargetS: number | undefined;
  readonly skipped: number;
  /** Finished; without the skipped ones. */
  readonly segments: readonly ReadSegment[];
  /** Parts after the last segment. */
  readonly open: ReadSegment | undefined;
  /** Of EXT-X-PRELOAD-HINT. */
  readonly hint: string | undefined;
  readonly hasEnd: boolean;
}

/** @throws {Error} For text that is not a media playlist. */
export function readPlaylist(text: string): ReadPlaylist {
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines[0] !== "#EXTM3U") throw new Error(`A playlist begins with ${lines[0]}`);
  const valueOf = (tag: string): string | undefined =>
    lines.find((line) => line.startsWith(`#${tag}:`))?.slice(tag.length + 2);
  const mediaSequence = Number(valueOf("EXT-X-MEDIA-SEQUENCE"));
  const skipped = Number(readAttributes(valueOf("EXT-X-SKIP") ?? "").get("SKIPPED-SEGMENTS") ?? 0);
  const partTarget = readAttributes(valueOf("EXT-X-PART-INF") ?? "").get("PART-TARGET");
  const { segments, open } = readSegments(lines, mediaSequence + skipped);
  return {
    version: Number(valueOf("EXT-X-VERSION")),
    targetDurationS: Number(valueOf("EXT-X-TARGETDURATION")),
    mediaSequence,
    discontinuitySequence: Number(valueOf("EXT-X-DISCONTINUITY-SEQUENCE") ?? 0),
    control: readAttributes(valueOf("EXT-X-SERVER-CONTROL") ?? ""),
    partTargetS: partTarget === undefined ? undefined : Number(partTarget),
    skipped,
    segments,
    open,
    hint: readAttributes(valueOf("EXT-X-PRELOAD-HINT") ?? "").get("URI"),
    hasEnd: lines.includes("#EXT-X-ENDLIST"),
  };
}

function readSegments(
  lines: readonly string[],
  first: number,
): { segments: ReadSegment[]; open: ReadSegment | undefined } {
  const segments: ReadSegment[] = [];
  let map: string | undefined;
  let discontinuity = false;
  let dateMs: number | undefined;
  let durationS = NaN;
  let parts: ReadPart[] = [];
  const segment = (uri: string | undefined): ReadSegment => ({
    ...{ sequence: first + segments.length, uri, discontinuity, map, dateMs, parts },
    durationS: uri === undefined ? parts.reduce((sum, part) => sum + part.durationS, 0) : durationS,
  });
  for (const line of lines) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1);
    if (line === "#EXT-X-DISCONTINUITY") discontinuity = true;
    else if (line.startsWith("#EXT-X-MAP:")) map = readAttributes(value).get("URI");
    else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) dateMs = Date.parse(value);
    else if (line.startsWith("#EXTINF:")) durationS = Number(value.split(",")[0]);
    else if (line.startsWith("#EXT-X-PART:")) parts.push(readPart(value));
    else if (!line.startsWith("#")) {
      segments.push(segment(line));
      [discontinuity, dateMs, durationS, parts] = [false, undefined, NaN, []];
    }
  }
  return { segments, open: parts.length > 0 ? segment(undefined) : undefined };
}

function readPart(value: string): ReadPart {
  const attributes = readAttributes(value);
  return {
    uri: attributes.get("URI") ?? "",
    durationS: Number(attributes.get("DURATION")),
    independent: attributes.get("INDEPENDENT") === "YES",
  };
}

/** An attribute list (§4.2), quotes taken off. */
export function readAttributes(text: string): ReadonlyMap<string, string> {
  const pairs = text.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g);
  return new Map(Array.from(pairs, ([, name = "", value = ""]) => [name, value.replaceAll('"', "")]));
}

/** A playlist with the segments that a delta update left out, taken from the one before it. */
export function completePlaylist(delta: ReadPlaylist, last: ReadPlaylist): ReadPlaylist {
  if (delta.skipped === 0) return delta;
  const until = delta.mediaSequence + delta.skipped;
  const kept = last.segments.filter(({ sequence }) => sequence >= delta.mediaSequence && sequence < until);
  if (kept.length !== delta.skipped) {
    throw new Error(`A delta skips ${delta.skipped} segments of which ${kept.length} are known`);
  }
  let map = kept.at(-1)?.map;
  const segments = delta.segments.map((segment) => {
    map = segment.map ?? map;
    return { ...segment, map };
  });
  const open = delta.open === undefined ? undefined : { ...delta.open, map: delta.open.map ?? map };
  return { ...delta, skipped: 0, segments: [...kept, ...segments], open };
}
