/**
 * How one row of the client matrix was tested, as the tests of clients leave it in a file.
 *
 * @module
 */

/** What a row is tested for. */
export type ClientCheck = "publish" | "play" | "HTTP-FLV" | "HLS" | "refused publish" | "more";

/** A row as it was tested. */
export interface ClientResult {
  readonly client: string;
  /** `scripted` where no program could be run. */
  readonly version: string;
  /** Per check and per test: what was shown, and whether it held. */
  readonly tests: readonly {
    readonly check: ClientCheck;
    readonly shows: string;
    readonly passed: boolean;
  }[];
}
