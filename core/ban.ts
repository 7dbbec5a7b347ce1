/**
 * Who or what an operator keeps away.
 *
 * @module
 */

/** What a ban is about. */
export type BanKind = "ip" | "network" | "stream";

/** One address, a network of them, or a stream that is neither published nor played. */
export interface Ban {
  /** Which of them. */
  readonly kind: BanKind;
  /** `192.0.2.1`, `192.0.2.0/24`, or a stream as lists have its `url`: `/live/livestream`, `video.example.com/live/a`. */
  readonly value: string;
}
