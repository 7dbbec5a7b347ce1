/**
 * What the API needs of a drain; `app/` has it.
 *
 * @module
 */

/** A drain under way. */
export interface DrainFacts {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Clients that were left within the last second; `undefined` before they are counted. */
  readonly connections: number | undefined;
  /** How long they may stay, milliseconds; 0: as long as they like. */
  readonly graceMs: number;
}

/** Has the server accept nobody more. */
export interface DrainControl {
  /** How far it is; `undefined` while the server accepts clients. */
  facts(): DrainFacts | undefined;
  /** Begin; nothing happens where it has begun. `by`: the caller, for the log. */
  start(by: string): void;
}
