/**
 * Who publishes under a name, as those who want the name see it.
 *
 * @module
 */

/** Who holds a source's name, from the reservation to the end of the publish. */
export interface Holder {
  /** Canonical address of its client. */
  readonly ip: string;
  /** Its publish was accepted; before, it waits for an answer and is rightly silent. */
  readonly live: boolean;
  /** It is on its way out: its ending is being recorded, then the name is free. */
  readonly leaving: boolean;
  /** When its client was last heard, monotonic milliseconds. */
  readonly heardMs: number;
  /** Settled when its ending is recorded and the name is free. */
  readonly ended: Promise<void>;
  /** Somebody takes the name over: end, and tell so. */
  replace(): void;
}
