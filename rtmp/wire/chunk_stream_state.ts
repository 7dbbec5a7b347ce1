/**
 * What a receiver remembers of one chunk stream: the header that the next one may leave out, and the message in
 * progress. RTMP 1.0 §5.3.1.2. Pure.
 *
 * @module
 */

/** State of one chunk stream; the decoder that owns it sets its header fields. */
export class ChunkStreamState {
  readonly id: number;
  /** Of the newest message, milliseconds, unsigned 32 bits. */
  timestamp = 0;
  /** What a fmt 3 header adds for a new message, milliseconds. */
  delta = 0;
  /** Of the newest message's payload, bytes. */
  length = 0;
  typeId = 0;
  streamId = 0;
  /** The extended timestamp field of the newest fmt 0 to 2 header, `undefined` when it had none. */
  extended: number | undefined = undefined;
  /** Whether a message has begun and not ended. */
  partial = false;
  /** Room for the message in progress, as far as it is needed so far. */
  payload: Uint8Array<ArrayBuffer> | undefined = undefined;
  /** Bytes of the message in progress that have arrived. */
  filled = 0;

  constructor(id: number) {
    this.id = id;
  }

  /**
   * A message begins `delta` after the one before. After a fmt 0 header the delta of a fmt 3 is that header's whole
   * timestamp (§5.3.1.2.4).
   */
  begin(delta: number): void {
    this.delta = delta;
    this.timestamp = (this.timestamp + delta) >>> 0;
    this.partial = true;
  }

  /** The message in progress is whole, or given up. */
  end(): void {
    this.partial = false;
    this.payload = undefined;
    this.filled = 0;
  }
}
