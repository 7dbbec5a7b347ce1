/**
 * Who wants a pulled stream: what each of them learns of the other server's answer, and how long the stream is kept
 * after the last.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import type { FetchedStream, Refusal, WantedStream } from "../../stream/admission/mod.ts";

/** What the wishes of a pull decide. */
export interface WishEvents {
  /** How long to keep the stream now that nobody wants it, milliseconds. */
  lingerMs(): number;
  /** Another thread needs it. */
  isNeeded(): boolean;
  /** Nobody wants it any more. */
  over(): void;
}

/** How often it is looked whether others still need it, milliseconds. */
const LOOK_MS = 1000;
/** A server that has accepted, and has the stream, sends media within this, milliseconds. */
const MEDIA_MS = 2000;

/** The wishes of one pull. */
export class PullWishes {
  readonly #clock: Clock;
  readonly #events: WishEvents;
  readonly #wanted = new Set<Pick<WantedStream, "lost">>();
  readonly #answered = Promise.withResolvers<Refusal | undefined>();
  #isAnswered = false;
  /** When it was first answered, or last accepted, monotonic milliseconds. */
  #answeredMs = 0;
  #linger: Timer | undefined;
  #closed = false;

  /** Nobody wants it yet. */
  constructor(clock: Clock, events: WishEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Somebody wants it. */
  add(wanted: Pick<WantedStream, "lost">): FetchedStream {
    this.#linger?.clear();
    this.#wanted.add(wanted);
    return {
      answered: this.#answered.promise,
      mayCome: () => !this.#isAnswered || this.#clock.now() - this.#answeredMs < MEDIA_MS,
      release: () => {
        if (this.#wanted.delete(wanted) && this.#wanted.size === 0) this.#wait(this.#events.lingerMs());
      },
    };
  }

  /** The other server has answered; `undefined`: it does not refuse, or is not there. */
  answer(refusal: Refusal | undefined): void {
    if (!this.#isAnswered) this.#answeredMs = this.#clock.now();
    this.#isAnswered = true;
    this.#answered.resolve(refusal);
  }

  /** The other server has accepted, the first time or again. */
  accepted(): void {
    this.answer(undefined);
    this.#answeredMs = this.#clock.now();
  }

  /** The other server refuses: those who wait learn why, and those who play are ended. */
  refuse(refusal: Refusal): void {
    if (this.#isAnswered) { for (const wanted of [...this.#wanted]) wanted.lost(refusal); }
    this.answer(refusal);
  }

  /** The pull is over. */
  close(): void {
    this.#closed = true;
    this.#linger?.clear();
    this.answer(undefined);
  }

  #wait(forMs: number): void {
    this.#linger?.clear();
    if (this.#closed) return;
    if (forMs <= 0 && !this.#events.isNeeded()) return this.#events.over();
    this.#linger = this.#clock.setTimeout(() => {
      if (this.#wanted.size > 0) return;
      if (this.#events.isNeeded()) this.#wait(LOOK_MS);
      else this.#events.over();
    }, forMs <= 0 ? LOOK_MS : forMs);
  }
}
