/**
 * Checks a sequence of media playlists of one stream: every rule of RFC 8216bis that a live list has to obey, and what
 * players need beyond it.
 *
 * @module
 */
import type { ReadPart, ReadPlaylist, ReadSegment } from "./playlist_reader.ts";

/** What a part may be shorter than its target, as a share (§4.4.3.7). */
const MIN_PART_SHARE = 0.85;
/** Durations are listed in whole milliseconds. */
const ROUNDING_S = 0.0015;

/** Sees one playlist after another. Skipped segments have to be put back before. */
export class PlaylistValidator {
  /** What is wrong, in the order in which it was found. */
  readonly violations: string[] = [];
  /** Playlists seen. */
  count = 0;
  #last: ReadPlaylist | undefined;
  /** Everything ever listed, by sequence number. */
  readonly #segments = new Map<number, ReadSegment>();
  /** URIs ever listed and what they were. */
  readonly #uris = new Map<string, string>();
  #hint: string | undefined;

  /** Check the next playlist. */
  add(playlist: ReadPlaylist): void {
    this.count++;
    this.#checkTerms(playlist);
    if (this.#last !== undefined) this.#checkChange(this.#last, playlist);
    for (const segment of playlist.segments) this.#checkSegment(segment, playlist);
    this.#checkParts(playlist);
    this.#checkDiscontinuities(playlist);
    this.#last = playlist;
    this.#hint = playlist.hint;
  }

  #fail(rule: string, detail: string): void {
    this.violations.push(`playlist ${this.count}: ${rule}: ${detail}`);
  }

  #checkTerms(playlist: ReadPlaylist): void {
    const { targetDurationS, partTargetS, control, version, segments } = playlist;
    if (!Number.isInteger(targetDurationS) || targetDurationS < 1) {
      this.#fail("TARGETDURATION is a whole number", String(targetDurationS));
    }
    if (!Number.isSafeInteger(playlist.mediaSequence)) this.#fail("MEDIA-SEQUENCE", "none");
    if (segments.length === 0) this.#fail("a list has a whole segment", "none");
    if (playlist.hasEnd) this.#fail("a live list has no end", "EXT-X-ENDLIST");
    if (control.get("CAN-BLOCK-RELOAD") !== "YES") this.#fail("CAN-BLOCK-RELOAD", "absent");
    const skipUntil = control.get("CAN-SKIP-UNTIL");
    if (skipUntil !== undefined && Number(skipUntil) < 6 * targetDurationS) {
      this.#fail("CAN-SKIP-UNTIL is at least 6 target durations", skipUntil);
    }
    if (skipUntil !== undefined && version < 9) this.#fail("EXT-X-SKIP needs version 9", String(version));
    if (segments.some(({ map }) => map !== undefined) && version < 6) {
      this.#fail("EXT-X-MAP needs version 6", String(version));
    }
    const holdBack = control.get("HOLD-BACK");
    if (holdBack !== undefined && Number(holdBack) < 3 * targetDurationS) {
      this.#fail("HOLD-BACK is at least 3 target durations", holdBack);
    }
    const partHoldBack = control.get("PART-HOLD-BACK");
    if (partTargetS !== undefined && !(Number(partHoldBack) >= 3 * partTargetS)) {
      this.#fail("PART-HOLD-BACK is at least 3 part targets", String(partHoldBack));
    }
    if (partTargetS !== undefined && playlist.hint === undefined) this.#fail("a next part is hinted", "none");
    const hasParts = [...segments, playlist.open].some((segment) => (segment?.parts.length ?? 0) > 0);
    if (partTargetS === undefined && hasParts) this.#fail("parts need EXT-X-PART-INF", "none");
  }

  #checkChange(last: ReadPlaylist, next: ReadPlaylist): void {
    const same: readonly [string, unknown, unknown][] = [
      ["TARGETDURATION", last.targetDurationS, next.targetDurationS],
      ["PART-TARGET", last.partTargetS, next.partTargetS],
      ["PART-HOLD-BACK", last.control.get("PART-HOLD-BACK"), next.control.get("PART-HOLD-BACK")],
      ["CAN-SKIP-UNTIL", last.control.get("CAN-SKIP-UNTIL"), next.control.get("CAN-SKIP-UNTIL")],
      ["VERSION", last.version, next.version],
    ];
    for (const [name, before, after] of same) {
      if (before !== after) this.#fail(`${name} never changes`, `${before} became ${after}`);
    }
    if (next.mediaSequence < last.mediaSequence) {
      this.#fail("MEDIA-SEQUENCE never goes back", `${last.mediaSequence} became ${next.mediaSequence}`);
    }
    if (endOf(next) < endOf(last)) this.#fail("the end never goes back", `${endOf(last)} to ${endOf(next)}`);
    const left = last.segments.filter(({ sequence }) => sequence < next.mediaSequence);
    if (left.length === last.segments.length && next.mediaSequence > endOf(last)) {
      this.#fail("a list continues the one before", `${endOf(last)} to ${next.mediaSequence}`);
    }
    const listedS = next.segments.reduce((sum, { durationS }) => sum + durationS, 0);
    if (left.length > 0 && listedS < 3 * next.targetDurationS) {
      this.#fail("3 target durations stay listed", `${listedS} s`);
    }
    const gone = left.filter(({ discontinuity }) => discontinuity).length;
    if (next.discontinuitySequence !== last.discontinuitySequence + gone) {
      this.#fail(
        "DISCONTINUITY-SEQUENCE counts the discontinuities that left",
        `${last.discontinuitySequence} became ${next.discontinuitySequence}, ${gone} left`,
      );
    }
  }

  #checkSegment(segment: ReadSegment, { targetDurationS }: ReadPlaylist): void {
    const { sequence, uri, durationS, dateMs } = segment;
    if (!(durationS > 0)) this.#fail("EXTINF is positive", `${uri} ${durationS}`);
    if (Math.round(durationS) > targetDurationS) {
      this.#fail("EXTINF rounds to the target duration at most", `${uri} ${durationS}`);
    }
    if (dateMs === undefined || Number.isNaN(dateMs)) {
      this.#fail("PROGRAM-DATE-TIME on each segment", String(uri));
    }
    const known = this.#segments.get(sequence);
    this.#segments.set(sequence, known ?? segment);
    this.#claim(uri ?? "", `segment ${sequence}`);
    if (known === undefined) return;
    for (const name of ["uri", "durationS", "discontinuity", "map", "dateMs"] as const) {
      if (known[name] !== segment[name]) {
        this.#fail(
          `a listed segment keeps its ${name}`,
          `${sequence}: ${known[name]} became ${segment[name]}`,
        );
      }
    }
  }

  #checkParts(playlist: ReadPlaylist): void {
    const { partTargetS, segments, open, targetDurationS } = playlist;
    if (partTargetS === undefined) return;
    let distanceS = open?.durationS ?? 0;
    for (const segment of [open, ...segments.toReversed()]) {
      if (segment === undefined) continue;
      if (segment !== open && segment.parts.length > 0 && distanceS > 3 * targetDurationS) {
        this.#fail("parts within 3 target durations of the end alone", `segment ${segment.sequence}`);
      }
      segment.parts.forEach((part, index) => {
        this.#claim(part.uri, `part ${index} of ${segment.sequence}`);
        const isLast = segment !== open && index === segment.parts.length - 1;
        this.#checkPart(part, partTargetS, isLast);
      });
      if (segment === open) continue;
      distanceS += segment.durationS;
      const sum = segment.parts.reduce((total, { durationS }) => total + durationS, 0);
      if (segment.parts.length > 0 && Math.abs(sum - segment.durationS) > ROUNDING_S * segment.parts.length) {
        this.#fail("parts add up to their segment", `${segment.uri}: ${sum} for ${segment.durationS}`);
      }
    }
    this.#checkHint(playlist);
  }

  #checkPart({ uri, durationS, independent }: ReadPart, targetS: number, isLast: boolean): void {
    if (!(durationS > 0)) this.#fail("a part's DURATION is positive", `${uri} ${durationS}`);
    if (durationS > targetS + 1e-9) this.#fail("a part is at most PART-TARGET", `${uri} ${durationS}`);
    if (durationS < MIN_PART_SHARE * targetS - 1e-9 && !independent && !isLast) {
      this.#fail("a part is at least 85 % of PART-TARGET", `${uri} ${durationS}`);
    }
  }

  /**
   * The hint of the last list is the first part that is new in this one, where any is; after a discontinuity there is no
   * such part: players would take it for a continuation.
   */
  #checkHint({ segments, open, hint }: ReadPlaylist): void {
    const last = this.#last;
    const all = [...segments.flatMap(({ parts }) => parts), ...(open?.parts ?? [])].map(({ uri }) => uri);
    if (hint !== undefined && all.includes(hint)) this.#fail("a hinted part is not there yet", hint);
    if (last === undefined || this.#hint === undefined || this.#hint === hint) return;
    const known = new Set([...last.segments, ...(last.open === undefined ? [] : [last.open])]
      .flatMap(({ parts }) => parts.map(({ uri }) => uri)));
    const fresh = all.find((uri) => !known.has(uri));
    const overlaps = all.some((uri) => known.has(uri));
    const begins = [...segments, ...(open === undefined ? [] : [open])]
      .filter(({ discontinuity }) => discontinuity).map(({ parts }) => parts[0]?.uri);
    if (begins.includes(this.#hint)) {
      this.#fail("no hinted part comes after a discontinuity", `${this.#hint} was hinted`);
    }
    if (overlaps && fresh !== undefined && fresh !== this.#hint && !begins.includes(fresh)) {
      this.#fail("the hinted part comes next", `${this.#hint} was hinted, ${fresh} came`);
    }
  }

  #checkDiscontinuities({ segments, open }: ReadPlaylist): void {
    let last: ReadSegment | undefined;
    for (const segment of [...segments, ...(open === undefined ? [] : [open])]) {
      if (last !== undefined && !segment.discontinuity && last.map !== segment.map) {
        this.#fail("another EXT-X-MAP comes after a discontinuity", `segment ${segment.sequence}`);
      }
      if (last?.dateMs !== undefined && segment.dateMs !== undefined) {
        const gapMs = segment.dateMs - (last.dateMs + last.durationS * 1000);
        if (gapMs < -2 || (gapMs > 2 && !segment.discontinuity)) {
          this.#fail("dates follow the durations", `segment ${segment.sequence}: ${gapMs} ms`);
        }
      }
      last = segment;
    }
  }

  #claim(uri: string, what: string): void {
    const known = this.#uris.get(uri);
    if (known !== undefined && known !== what) {
      this.#fail("a name is never used again", `${uri}: ${known}, ${what}`);
    }
    this.#uris.set(uri, what);
  }
}

function endOf({ segments }: ReadPlaylist): number {
  return segments.at(-1)?.sequence ?? 0;
}
