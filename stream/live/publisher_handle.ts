/**
 * A publisher, as a claimant of its name sees it.
 *
 * @module
 */
import type { ReadMark } from "./read_mark.ts";

/** The publisher that holds a source's name, from the reservation to the end of the publish. */
export interface PublisherHandle {
  /** Number of its connection. */
  readonly id: number;
  /** Canonical address of its client. */
  readonly ip: string;
  /** Its publish was accepted; until then it waits for an answer and sends nothing. */
  readonly live: boolean;
  /** It has ended: once its ending is recorded, the name is free. */
  readonly leaving: boolean;
  /** How far its client's socket has been read. */
  readonly reads: ReadMark;
  /** Settled when its ending is recorded and the name is free. */
  readonly ended: Promise<void>;
  /** Another publisher takes the name over: end with the reason `replaced`. */
  replace(): void;
}
