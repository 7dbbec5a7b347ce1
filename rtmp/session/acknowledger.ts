/**
 * When received bytes are acknowledged, and how. RTMP 1.0 §5.4.3. Pure.
 *
 * @module
 */

/**
 * The window of a peer that announces none, bytes: the bandwidth that this server grants it. Some encoders send no more
 * than that unacknowledged and wait.
 */
const UNSPOKEN_WINDOW = 2_500_000;

/** Counts what arrived and says when an acknowledgement is due. */
export class Acknowledger {
  #peerWindow = UNSPOKEN_WINDOW;
  #fixedSize = 0;
  #acknowledged = 0;

  /** The window that the peer announced, bytes, 2,500,000 until it does; 0 wants no acknowledgement. It is served at half its size. */
  set peerWindow(bytes: number) {
    this.#peerWindow = bytes;
  }

  /** Acknowledge each time that this many bytes have come, whatever the peer announced; 0 obeys the peer. */
  set fixedSize(bytes: number) {
    this.#fixedSize = bytes;
  }

  /**
   * Take note of what has arrived.
   *
   * @param totalBytes All bytes since the connection began, handshake included.
   * @returns The sequence number to acknowledge now, or `undefined` when none is due.
   */
  count(totalBytes: number): number | undefined {
    // Half the window, as SRS does it: some boxes stop sending when a whole one is unacknowledged.
    const size = this.#fixedSize || this.#peerWindow / 2;
    if (size === 0 || totalBytes - this.#acknowledged < size) return undefined;
    this.#acknowledged = totalBytes;
    return totalBytes >>> 0;
  }
}
