/**
 * What is left at the end.
 *
 * @module
 */

/** An event that was not delivered when the server stopped. */
export interface Undelivered {
  /** Event name. */
  readonly event: string;
  /** Where it was to go. */
  readonly url: string;
  /** The session it belongs to. */
  readonly sessionId: string;
  /** The connection it belongs to. */
  readonly clientId: number;
  /** Since it became due. */
  readonly ageMs: number;
  /** The last failure, `""` when it was never attempted. */
  readonly cause: string;
}
