/**
 * How an accepted connection is to be run: what the vhost's configuration says.
 *
 * @module
 */

/** Settings that an acceptance puts in force. */
export interface SessionSettings {
  /** Outgoing chunk size, 128 to 65,536 bytes. */
  readonly chunkSize: number;
  /** The window that is sent to the peer, bytes; 0 for none. */
  readonly outAckSize: number;
  /** Acknowledge each time that this many bytes have come, whatever the peer requested; 0 obeys the peer. */
  readonly inAckSize: number;
  /** Members of the `data` array in the reply to `connect`, in this order. */
  readonly data: Readonly<Record<string, string | number>>;
}

/** What is in force for whatever an acceptance leaves out: SRS's values. */
export const DEFAULT_SESSION_SETTINGS: SessionSettings = Object.freeze({
  chunkSize: 60_000,
  outAckSize: 2_500_000,
  inAckSize: 0,
  data: Object.freeze({}),
});
