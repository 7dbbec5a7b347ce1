/**
 * Which requests for a playlist are answered at once, which wait, and which are refused. RFC 8216bis §6.2.5.2.
 *
 * @module
 */
import type { PlaylistForm } from "./media_playlist.ts";
import type { PlaylistState } from "./playlist_model.ts";

/** What a request for a playlist asks for. */
export interface ReloadRequest {
  /** Media sequence number that has to be there; `undefined`: whatever is there. */
  readonly sequence: number | undefined;
  /** Part of that segment, from 0; `undefined`: the whole segment. */
  readonly part: number | undefined;
  readonly form: PlaylistForm;
}

/** A request that cannot be answered. */
export interface BadReload {
  /** For the client. */
  readonly bad: string;
}

/** How a request meets a playlist. */
export type ReloadAnswer = "now" | "wait" | BadReload;

/** What a playlist may be waited for, beyond its last segment (§6.2.5.2). */
const MAX_SEGMENTS_AHEAD = 2;
/** Seconds of parts that may be waited for, and the number of them where one is longer than a second. */
const ADVANCE_PARTS = 3;
const INTEGER = /^\d{1,15}$/;
const DIRECTIVE = "_HLS_";
const NO_DIRECTIVES: ReloadRequest = { sequence: undefined, part: undefined, form: "full" };

/**
 * Read the directives of a query.
 *
 * @param search What is behind the path of an address, with its `?`. Directives have no escapes (§6.2.5).
 */
export function readReloadRequest(search: string): ReloadRequest | BadReload {
  if (!search.includes(DIRECTIVE)) return NO_DIRECTIVES;
  const query = new Map(
    search.slice(1).split("&").map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const sequence = readInteger(query, "_HLS_msn");
  const part = readInteger(query, "_HLS_part");
  if (sequence === "bad") return { bad: "_HLS_msn is not a number" };
  if (part === "bad") return { bad: "_HLS_part is not a number" };
  if (part !== undefined && sequence === undefined) return { bad: "_HLS_part needs _HLS_msn" };
  const skip = query.get("_HLS_skip");
  return { sequence, part, form: skip === "YES" || skip === "v2" ? "delta" : "full" };
}

/** Whether a playlist has what is asked for. */
export function answerReload({ sequence, part }: ReloadRequest, state: PlaylistState): ReloadAnswer {
  if (sequence === undefined) return "now";
  const { segments, open, terms } = state;
  const last = segments.at(-1)?.sequence ?? -1;
  if (sequence > last + MAX_SEGMENTS_AHEAD) {
    return { bad: `_HLS_msn ${sequence} is too far ahead: the last segment is ${last}` };
  }
  if (part === undefined || terms.partTargetMs === 0) return sequence <= last ? "now" : "wait";
  const parts = partsOf(state, sequence);
  if (parts === undefined) return "now";
  const limit = terms.partTargetMs < 1000 ? ADVANCE_PARTS * 1000 / terms.partTargetMs : ADVANCE_PARTS;
  if (part - (parts - 1) > limit) return { bad: `_HLS_part ${part} is too far ahead: there are ${parts}` };
  if (part < parts) return "now";
  // Past the last part of a finished segment: the first one of the next.
  if (sequence < last || (sequence === last && (open?.parts.length ?? 0) > 0)) return "now";
  return "wait";
}

/** Parts that a segment has; `undefined` for one whose parts are not listed any more. */
function partsOf({ segments, open }: PlaylistState, sequence: number): number | undefined {
  const first = segments[0]?.sequence ?? 0;
  if (open?.sequence === sequence) return open.parts.length;
  if (sequence - first >= segments.length) return 0;
  const { length } = segments[sequence - first]?.parts ?? [];
  return length === 0 ? undefined : length;
}

function readInteger(query: ReadonlyMap<string, string>, name: string): number | undefined | "bad" {
  const text = query.get(name);
  if (text === undefined) return undefined;
  return INTEGER.test(text) ? Number(text) : "bad";
}
