/**
 * How far a socket has been read, to distinguish what arrives after a moment from what was waiting in it.
 *
 * @module
 */

/** The reads of one socket at one moment; plain data. */
export interface ReadMark {
  /** Reads that brought bytes. */
  readonly reads: number;
  /** Those of them that left the socket empty: they returned less than their buffer. */
  readonly drains: number;
  /** Whether the last of them did. */
  readonly drained: boolean;
  /** Whether another read waits for bytes. */
  readonly waiting: boolean;
}

/** Before the first read. */
export const NOTHING_READ: ReadMark = Object.freeze({ reads: 0, drains: 0, drained: false, waiting: false });
