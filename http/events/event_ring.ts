/**
 * The newest events, encoded, for listeners that come back or fall behind: bounded in number and in bytes. Pure.
 *
 * @module
 */
import type { EventFilter, FilteredFacts } from "./event_filter.ts";

/** On average an event may have this many bytes; where events are larger, fewer are kept. */
const BYTES_PER_EVENT = 1024;

/** An encoded event. */
interface KeptEvent {
  readonly facts: FilteredFacts;
  readonly bytes: Uint8Array;
}

/** What a listener is sent next. */
export interface EventBatch {
  readonly bytes: Uint8Array;
  /** The number of the event that follows. */
  readonly next: number;
}

/** Keeps events; the oldest ones go first. */
export class EventRing {
  readonly #events: (KeptEvent | undefined)[];
  readonly #maxBytes: number;
  #first = 1;
  #next = 1;
  #bytes = 0;

  /** @param maxEvents At least 1. */
  constructor(maxEvents: number) {
    this.#events = new Array(maxEvents).fill(undefined);
    this.#maxBytes = maxEvents * BYTES_PER_EVENT;
  }

  /** Number of the oldest event that is kept, {@link EventRing.next} where there is none. */
  get first(): number {
    return this.#first;
  }

  /** Number of the event that will come next; they are numbered from 1. */
  get next(): number {
    return this.#next;
  }

  /** Bytes of all that is kept. */
  get heldBytes(): number {
    return this.#bytes;
  }

  /** Keep the newest event. It is kept however large it is. */
  push(facts: FilteredFacts, bytes: Uint8Array): void {
    if (this.#next - this.#first === this.#events.length) this.#shift();
    this.#events[this.#next % this.#events.length] = { facts, bytes };
    this.#next++;
    this.#bytes += bytes.length;
    while (this.#bytes > this.#maxBytes && this.#next - this.#first > 1) this.#shift();
  }

  /**
   * What a listener wants of the events from number `from` on, which has to be kept.
   *
   * @param maxBytes Stop before there are more, unless the first event alone has more.
   */
  read(from: number, filter: EventFilter, maxBytes: number): EventBatch {
    const parts: Uint8Array[] = [];
    let size = 0;
    let next = from;
    for (; next < this.#next; next++) {
      const event = this.#events[next % this.#events.length];
      if (event === undefined || !filter.accepts(event.facts)) continue;
      if (size > 0 && size + event.bytes.length > maxBytes) break;
      parts.push(event.bytes);
      size += event.bytes.length;
    }
    return { bytes: joined(parts, size), next };
  }

  #shift(): void {
    const at = this.#first % this.#events.length;
    this.#bytes -= this.#events[at]?.bytes.length ?? 0;
    this.#events[at] = undefined;
    this.#first++;
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
