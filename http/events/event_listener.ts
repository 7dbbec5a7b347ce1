/**
 * One listener: where it is in the events, and the one write that is under way. It keeps no events of its own.
 *
 * @module
 */
import type { TakenConnection } from "../server/exchange.ts";
import type { EventFilter } from "./event_filter.ts";
import type { LostCause } from "./event_text.ts";

/** What happens to a listener. */
export interface ListenerEvents {
  /** All that it was given is written. */
  idle(listener: EventListener): void;
  /** It is gone. */
  gone(listener: EventListener): void;
}

/** Where a listener begins. */
export interface ListenerStart {
  /** Number of the event that it gets next. */
  readonly position: number;
  /** It was with another process: what it missed is not known. */
  readonly restarted: boolean;
}

/** A listener's connection. */
export class EventListener {
  readonly filter: EventFilter;
  /** Number of the event that it gets next. */
  position: number;
  /** It is yet to be informed that it missed what an earlier process had. */
  restarted: boolean;
  /** Why events are gone that it has yet to get: it is slow once it was up to date. */
  gapCause: LostCause = "absent";
  readonly #connection: TakenConnection;
  readonly #events: ListenerEvents;
  readonly #onWritten = (length: number): void => this.#written(length);
  readonly #onFailed = (): void => this.end();
  #pending: Uint8Array | undefined;
  #progressMs: number;
  #nowMs: () => number;
  #closing = false;
  #gone = false;

  /** @param nowMs The monotonic clock. */
  constructor(
    connection: TakenConnection,
    filter: EventFilter,
    start: ListenerStart,
    events: ListenerEvents,
    nowMs: () => number,
  ) {
    this.filter = filter;
    this.position = start.position;
    this.restarted = start.restarted;
    this.#connection = connection;
    this.#events = events;
    this.#nowMs = nowMs;
    this.#progressMs = nowMs();
  }

  /** A write is under way. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** When the client last took anything, by the monotonic clock. */
  get progressMs(): number {
    return this.#progressMs;
  }

  /** Write bytes that many listeners share; not while it is busy. */
  write(bytes: Uint8Array): void {
    if (this.#gone || bytes.length === 0) return;
    this.#pending = bytes;
    this.#progressMs = this.#nowMs();
    this.#connection.write(bytes).then(this.#onWritten, this.#onFailed);
  }

  /** End it when what is under way is written. */
  finish(): void {
    this.#closing = true;
    if (!this.busy) this.end();
  }

  /** End it at once. */
  end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#pending = undefined;
    this.#connection.close();
    this.#events.gone(this);
  }

  #written(length: number): void {
    if (this.#gone || this.#pending === undefined) return;
    this.#progressMs = this.#nowMs();
    if (length < this.#pending.length) {
      this.#pending = this.#pending.subarray(length);
      this.#connection.write(this.#pending).then(this.#onWritten, this.#onFailed);
      return;
    }
    this.#pending = undefined;
    if (this.#closing) this.end();
    else this.#events.idle(this);
  }
}
