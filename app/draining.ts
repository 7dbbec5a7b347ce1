/**
 * Draining: nobody more is accepted, and the server waits until the last client has gone.
 *
 * @module
 */
import { type Clock, errorMessage, type Log, type Timer } from "../core/mod.ts";
import type { DrainFacts } from "../http/mod.ts";
import type { MediaServer } from "./media_server.ts";

/** How often clients are counted, milliseconds. */
const COUNT_MS = 1000;
/** How often the log says how many are left, milliseconds. */
const SAY_MS = 10_000;

/** What is drained, and how. */
export interface DrainingDeps {
  readonly media: Pick<MediaServer, "stopAccepting" | "totals">;
  readonly log: Log;
  readonly clock: Clock;
  /** How long clients may stay, milliseconds; 0: as long as they like. */
  readonly graceMs: number;
  /** Called when it begins: another server may take what only one that accepts clients has. */
  started?(): void;
}

/** At most one drain of a server. */
export class Draining implements Disposable {
  readonly #deps: DrainingDeps;
  readonly #over = Promise.withResolvers<void>();
  #timer: Timer | undefined;
  #closed: Promise<void> = Promise.resolve();
  #startedMs = 0;
  #saidMs = 0;
  #facts: DrainFacts | undefined;
  #isCounting = false;

  /** Nothing drains yet. */
  constructor(deps: DrainingDeps) {
    this.#deps = deps;
  }

  /** How far it is; `undefined` while the server accepts clients. */
  get facts(): DrainFacts | undefined {
    return this.#facts;
  }

  /** Settles when the last client has gone, or the time for that is up; not before {@link Draining.start}. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Settles when nothing listens any more; at once before {@link Draining.start}. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /**
   * Accept nobody more.
   *
   * @param by The signal, or the caller of the API, for the log.
   * @returns Whether that is new.
   */
  start(by: string): boolean {
    if (this.#facts !== undefined) return false;
    const { media, log, clock, graceMs } = this.#deps;
    this.#startedMs = this.#saidMs = clock.now();
    this.#facts = { startedAt: clock.wallNow(), connections: undefined, graceMs };
    log.write("trace", undefined, "Draining", { by, grace_ms: graceMs });
    this.#closed = media.stopAccepting();
    this.#deps.started?.();
    this.#timer = clock.setInterval(() => void this.#look(), COUNT_MS);
    void this.#look();
    return true;
  }

  /** Look no longer. */
  [Symbol.dispose](): void {
    this.#timer?.clear();
  }

  async #look(): Promise<void> {
    const facts = this.#facts;
    if (facts === undefined || this.#timer === undefined) return;
    // A media thread that hangs gives no count: the time is up all the same.
    if (this.#isCounting) return this.#isLate() ? this.#leave(facts.connections) : undefined;
    this.#isCounting = true;
    try {
      this.#judge(facts, (await this.#deps.media.totals()).connections);
    } catch (error) {
      this.#deps.log.write("warn", undefined, "Cannot count the clients that are left", {
        error: errorMessage(error),
      });
      if (this.#isLate()) this.#leave(facts.connections);
    } finally {
      this.#isCounting = false;
    }
  }

  #judge(facts: DrainFacts, connections: number): void {
    if (this.#timer === undefined) return;
    const { log, clock } = this.#deps;
    this.#facts = { ...facts, connections };
    // Those that were accepted at the last moment are counted a moment later.
    if (connections === 0 && this.#ms >= COUNT_MS) {
      log.write("trace", undefined, "Drained", { ms: Math.round(this.#ms), connections });
      this.#finish();
    } else if (this.#isLate()) {
      this.#leave(connections);
    } else if (clock.now() - this.#saidMs >= SAY_MS) {
      this.#saidMs = clock.now();
      log.write("trace", undefined, "Still draining", { ms: Math.round(this.#ms), connections });
    }
  }

  /** Since its start. */
  get #ms(): number {
    return this.#deps.clock.now() - this.#startedMs;
  }

  #isLate(): boolean {
    const { graceMs } = this.#deps;
    return graceMs > 0 && this.#ms >= graceMs;
  }

  /** @param connections As far as they were counted. */
  #leave(connections: number | undefined): void {
    const fields = { ms: Math.round(this.#ms), connections };
    this.#deps.log.write("warn", undefined, "Clients left after grace_drain", fields);
    this.#finish();
  }

  #finish(): void {
    this.#timer?.clear();
    this.#timer = undefined;
    this.#over.resolve();
  }
}
