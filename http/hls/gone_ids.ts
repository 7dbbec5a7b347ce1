/**
 * Ids of viewers that may not come back. Pure.
 *
 * @module
 */

/** Ids of one kind that are remembered; the oldest are forgotten first. */
const MAX_IDS = 20_000;

/** How a viewer ended that may not come back. */
export interface GoneViewer {
  /** Its id was given to a client before: it came back with it. */
  readonly returned: boolean;
  /** It was admitted. */
  readonly admitted: boolean;
}

/**
 * Remembers ids that clients have: of sessions that were ended, and apart from them of those that came back and were refused.
 * Refusals are as many as anybody likes, so they make none of the others forgotten.
 */
export class GoneIds {
  readonly #ended = new Set<string>();
  readonly #refused = new Set<string>();

  /** A session is over. The id of a first request that was refused is known to nobody. */
  add(id: string, { returned, admitted }: GoneViewer): void {
    if (admitted) remember(this.#ended, id);
    else if (returned) remember(this.#refused, id);
  }

  /** Whether the session of an id was ended for good. */
  has(id: string): boolean {
    return this.#ended.has(id) || this.#refused.has(id);
  }
}

function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  for (const oldest of ids) {
    if (ids.size <= MAX_IDS) return;
    ids.delete(oldest);
  }
}
