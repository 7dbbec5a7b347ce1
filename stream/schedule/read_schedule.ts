/**
 * When a publisher's socket is read: with the ticks of its stream's flushes, since no player gets the media earlier.
 *
 * A read for every packet wakes the process 70 times a second for 1 Mbit/s, and a wake-up out of idleness costs more
 * than the work it brings: measured, 0.2 ms of CPU against 0.01.
 *
 * A publisher that nobody plays is read at every third tick, where its bitrate permits.
 *
 * @module
 */

/**
 * What may come between two ticks before the socket is read at once again: half of the window that the system grants
 * a new connection, so that no sender ever waits for a tick.
 */
const MAX_TICK_BYTES = 32 * 1024;
/** The most ticks between two reads where nobody but the publisher uses the stream: a third of the reads, and of their cost. */
const MAX_REST_TICKS = 3;
/** What may come in that time, and between two ticks: somewhat less than the window, since no player waits for it. */
const MAX_REST_BYTES = 48 * 1024;

/** What reads are scheduled for. */
export interface ReadScheduleEvents {
  /** All that had arrived has been read: what was read may be flushed. */
  emptied(): void;
  /** Whether what arrives is wanted at once: no tick is waited for. */
  isUrgent(): boolean;
  /** Whether anybody plays it: recordings have time. */
  isWatched(): boolean;
}

/** The pace of one publisher's reads. */
export class ReadSchedule {
  readonly #events: ReadScheduleEvents;
  /** Read since the last tick at which it was read. */
  #bytes = 0;
  /** Ticks that those bytes took to come. */
  #ticks = 1;
  /** Ticks since then. */
  #rested = 0;
  #ended = false;
  #resume: (() => void) | undefined;

  /** A publisher whose socket is read at once. */
  constructor(events: ReadScheduleEvents) {
    this.#events = events;
  }

  /** Nothing is being read: the next read comes with the next tick. */
  get resting(): boolean {
    return this.#resume !== undefined;
  }

  /**
   * A read brought `length` bytes and left nothing in the socket.
   *
   * @returns To be waited for before the next read; `undefined`: read on.
   */
  onSocketEmpty(length: number): Promise<void> | undefined {
    this.#bytes += length;
    this.#events.emptied();
    const most = this.#events.isWatched() ? MAX_TICK_BYTES : MAX_REST_BYTES;
    if (this.#ended || this.#bytes > most * this.#ticks || this.#events.isUrgent()) return undefined;
    return new Promise((resolve) => this.#resume = resolve);
  }

  /**
   * It is time for the next read.
   *
   * @param mayRest It can wait for another tick, as long as the system has room for what comes meanwhile.
   */
  tick({ mayRest = false }: { readonly mayRest?: boolean } = {}): void {
    this.#rested++;
    if (mayRest && this.resting && this.#hasRoom()) return;
    this.#ticks = this.#rested;
    this.#rested = this.#bytes = 0;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /** The publish is over: read at once from now on. */
  end(): void {
    this.#ended = true;
    this.tick();
  }

  #hasRoom(): boolean {
    const next = this.#rested + 1;
    return next <= MAX_REST_TICKS && this.#bytes / this.#ticks * next <= MAX_REST_BYTES;
  }
}
