/**
 * The events of a server for all who listen to them over HTTP. Each event is encoded once; every
 * {@link BATCH_MS} the listeners at the same place and with the same filter are sent the same bytes, one write each.
 *
 * @module
 */
import type { ActivityEvent, ActivitySink, Clock, Timer } from "../../core/mod.ts";
import type { HttpHandler } from "../server/exchange.ts";
import { encodeResponseHead } from "../server/response_head.ts";
import type { EventFilter } from "./event_filter.ts";
import { EventListener, type ListenerEvents } from "./event_listener.ts";
import { type EventBatch, EventRing } from "./event_ring.ts";
import { encodeEvent, encodeLost, encodePing, encodeRetry, type EventId } from "./event_text.ts";

/** Events are collected for this long after the last batch, milliseconds: writes are what a listener costs. */
const BATCH_MS = 100;
/** The same while a listener catches up, milliseconds. */
const CATCH_UP_MS = 10;
/** The most that one listener is given at a time, bytes, and so what one that does not read holds. */
const MAX_BATCH_BYTES = 64 * 1024;
/** A listener without events gets a sign of life this often, milliseconds: routers forget connections that are quiet. */
const PING_MS = 15_000;
/** How often listeners are looked at, milliseconds. */
const SWEEP_MS = 1000;
/** A listener that takes nothing for this long is ended, milliseconds. */
const STALL_MS = 10_000;
/** How soon a listener is to come back, milliseconds. */
const RETRY_MS = 1000;

/** What a feed needs. */
export interface EventFeedDeps {
  /** Of all pauses. */
  readonly clock: Clock;
  /** Of this process; part of every id. */
  readonly serviceId: string;
  /** A text with the values of secrets replaced. */
  mask(text: string): string;
}

/** How a listener listens. */
export interface ListenOptions {
  /** What it wants. */
  readonly filter: EventFilter;
  /** The last event that it has; absent: it begins with the next one. */
  readonly after?: EventId;
  /** Headers of the answer besides those of any stream of events. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it may go on; asked before each batch, and each second. */
  isStillAdmitted(): boolean;
  /** It took nothing for too long, and was ended. */
  stalled(ip: string): void;
}

interface Entry {
  /** Whether it may go on. */
  readonly isStillAdmitted: () => boolean;
  /** Called when it takes nothing for too long. */
  readonly stalled: () => void;
  /** Ends the answer. */
  readonly gone: () => void;
}

/** Keeps the newest events, and sends them to listeners. */
export class EventFeed implements ActivitySink {
  readonly #deps: EventFeedDeps;
  readonly #ring: EventRing;
  readonly #listeners = new Map<EventListener, Entry>();
  readonly #listenerEvents: ListenerEvents = {
    idle: (listener) => {
      if (this.#isDue(listener)) this.#wake(CATCH_UP_MS);
    },
    gone: (listener) => this.#forget(listener),
  };
  #timer: Timer | undefined;
  #sweeper: Timer | undefined;
  #tickedMs = -Infinity;
  #closed = false;

  /**
   * Nothing has happened yet.
   *
   * @param kept Events that are kept, at least 1.
   */
  constructor(kept: number, deps: EventFeedDeps) {
    this.#deps = deps;
    this.#ring = new EventRing(kept);
  }

  /** Listeners now. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Bytes of the events that are kept. */
  get heldBytes(): number {
    return this.#ring.heldBytes;
  }

  /** Keep an event, and send it. Never throws. */
  emit(event: ActivityEvent): void {
    const { kind, vhost, app, stream } = event;
    const facts = stream === undefined ? { kind, vhost, app } : { kind, vhost, app, stream };
    this.#ring.push(facts, encodeEvent(this.#id(this.#ring.next), event, (text) => this.#deps.mask(text)));
    this.#wake(BATCH_MS);
  }

  /** Why nobody can listen from there on: an id of this process that it has not given; `undefined` where it can. */
  faultOf(after: EventId): string | undefined {
    if (after.service !== this.#deps.serviceId || after.number < this.#ring.next) return undefined;
    return `Event ${after.number} has not been yet: the newest one is ${this.#ring.next - 1}`;
  }

  /**
   * Answers a request with events until the client leaves, its credentials are revoked or the server ends.
   *
   * @internal
   */
  listen(options: ListenOptions): HttpHandler {
    return (exchange) => {
      const response = new Response(null, { headers: { ...HEADERS, ...options.headers } });
      if (exchange.head.method === "HEAD" || this.#closed) return exchange.respond(response);
      const terms = { body: { kind: "close" }, keepAlive: false, wallMs: exchange.wallNow() } as const;
      const { promise, resolve } = Promise.withResolvers<void>();
      // What a listener sends says nothing; that it leaves may show before it is made.
      let hasLeft = false;
      let left = (): void => {
        hasLeft = true;
      };
      const listener = new EventListener(
        exchange.takeOver({ received: () => {}, left: () => left() }),
        options.filter,
        this.#startOf(options.after),
        this.#listenerEvents,
        () => this.#deps.clock.now(),
      );
      left = () => listener.end();
      const { isStillAdmitted } = options;
      const stalled = () => options.stalled(exchange.ip);
      this.#listeners.set(listener, { isStillAdmitted, stalled, gone: resolve });
      this.#sweeper ??= this.#deps.clock.setInterval(() => this.#sweep(), SWEEP_MS);
      if (listener.position === this.#ring.next) listener.gapCause = "slow";
      if (hasLeft) listener.end();
      else listener.write(joined(encodeResponseHead(response, terms), encodeRetry(RETRY_MS)));
      return promise;
    };
  }

  /** Send what is left to those who can take it, and end all. */
  close(): void {
    this.#closed = true;
    this.#tick();
    for (const listener of [...this.#listeners.keys()]) listener.finish();
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #startOf(after: EventId | undefined): { readonly position: number; readonly restarted: boolean } {
    if (after === undefined) return { position: this.#ring.next, restarted: false };
    if (after.service === this.#deps.serviceId) return { position: after.number + 1, restarted: false };
    return { position: this.#ring.first, restarted: true };
  }

  #wake(pauseMs: number): void {
    if (this.#timer !== undefined || this.#listeners.size === 0) return;
    const { clock } = this.#deps;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#tick();
    }, Math.max(0, this.#tickedMs + pauseMs - clock.now()));
  }

  /** Give every listener that is not busy what follows for it; those at one place share it. */
  #tick(): void {
    this.#tickedMs = this.#deps.clock.now();
    const batches = new Map<string, EventBatch>();
    for (const [listener, { isStillAdmitted }] of this.#listeners) {
      if (listener.busy || !this.#isDue(listener)) continue;
      if (!isStillAdmitted()) {
        listener.end();
        continue;
      }
      const { position, filter, gapCause, restarted } = listener;
      const key = `${position} ${restarted} ${gapCause} ${filter.key}`;
      const batch = batches.get(key) ?? this.#batchFor(listener);
      batches.set(key, batch);
      listener.position = batch.next;
      listener.restarted = false;
      if (batch.next === this.#ring.next) listener.gapCause = "slow";
      listener.write(batch.bytes);
      // What its filter leaves out is written at once.
      if (!listener.busy && this.#isDue(listener)) this.#wake(CATCH_UP_MS);
    }
  }

  #isDue({ position, restarted }: EventListener): boolean {
    return restarted || position < this.#ring.next;
  }

  /** What follows for a listener: where events are gone, how many, and on from the first that is kept. */
  #batchFor({ position, filter, gapCause, restarted }: EventListener): EventBatch {
    const { first } = this.#ring;
    const missing = first - position;
    const batch = this.#ring.read(Math.max(first, position), filter, MAX_BATCH_BYTES);
    if (missing <= 0 && !restarted) return batch;
    const count = restarted ? undefined : missing;
    const lost = encodeLost(this.#id(first - 1), count, restarted ? "restart" : gapCause);
    return { bytes: joined(lost, batch.bytes), next: batch.next };
  }

  #sweep(): void {
    const now = this.#deps.clock.now();
    for (const [listener, { isStillAdmitted, stalled }] of this.#listeners) {
      const quietMs = now - listener.progressMs;
      if (!isStillAdmitted()) listener.end();
      else if (listener.busy && quietMs > STALL_MS) {
        stalled();
        listener.end();
      } else if (!listener.busy && quietMs > PING_MS) {
        listener.write(encodePing(this.#id(listener.position - 1)));
      }
    }
  }

  #forget(listener: EventListener): void {
    const entry = this.#listeners.get(listener);
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) {
      this.#sweeper?.clear();
      this.#sweeper = undefined;
      this.#timer?.clear();
      this.#timer = undefined;
    }
    entry?.gone();
  }

  #id(number: number): EventId {
    return { service: this.#deps.serviceId, number };
  }
}

/** A proxy that collects what it passes on would hold events back. */
const HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
