/**
 * What the handshakes of both sides share. RTMP 1.0 §5.2. Pure.
 *
 * @module
 */

/** Protocol version in C0 and S0 (§5.2.2). */
export const RTMP_VERSION = 3;

/** Bytes of C1, S1, C2 and S2 (§5.2.3, §5.2.4). */
export const PACKET_BYTES = 1536;

/** Bytes of C0 and C1, or S0 and S1, together. */
export const OPENING_BYTES = 1 + PACKET_BYTES;

/** Where the random part of a packet begins, after the time and four bytes that say zero or a version. */
export const RANDOM_OFFSET = 8;

/** One side of a handshake: takes bytes until it is done, gives bytes to send. */
export interface Handshake {
  /** Whether nothing more has to arrive. */
  readonly done: boolean;
  /**
   * Take what belongs to the handshake.
   *
   * @param bytes Neither kept nor changed.
   * @returns How many bytes it took: all of them, but for those after the handshake's end.
   * @throws {ProtocolError} `Handshake` when the peer does not speak RTMP.
   */
  receive(bytes: Uint8Array): number;
  /** Bytes to send, once each; `undefined` when there are none. */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined;
}

/** Collects an exact number of bytes over any number of reads. */
export class ByteCollector {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #filled = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  /** Whether all bytes are there. */
  get full(): boolean {
    return this.#filled === this.#bytes.length;
  }

  /** The bytes so far, in place. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#filled);
  }

  /** Copy what is missing from the front of `source`; how many bytes that were. */
  take(source: Uint8Array): number {
    const taken = Math.min(source.length, this.#bytes.length - this.#filled);
    this.#bytes.set(source.subarray(0, taken), this.#filled);
    this.#filled += taken;
    return taken;
  }
}
