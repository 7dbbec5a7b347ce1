/**
 * Who publishes under a name, as those who want the name see it.
 *
 * @module
 */
import type { ReadMark } from "./read_mark.ts";

/** Who holds a source's name, from the reservation to the end of the publish. */
export interface Holder {
  /** Number of its connection. */
  readonly id: number;
  /** Canonical address of its client. */
  readonly ip: string;
  /** Its publish was accepted; before, it waits for an answer and is rightly silent. */
  readonly live: boolean;
  /** It is on its way out: its ending is being recorded, then the name is free. */
  readonly leaving: boolean;
  /** How far its client's socket has been read. */
  readonly reads: ReadMark;
  /** Settled when its ending is recorded and the name is free. */
  readonly ended: Promise<void>;
  /** Somebody takes the name over: end, and tell so. */
  replace(): void;
}
