/**
 * Hostile connections at a rate, many at a time, until they are called off.
 *
 * @module
 */
import { Random } from "../fuzz/random.ts";
import type { HostileKind, Hostility } from "./hostile.ts";

/** The most that are open at a time; the next one waits. */
const MAX_OPEN = 250;
/** How often new ones are made, milliseconds. */
const TICK_MS = 20;
/** How long those stay who stay, milliseconds. */
const STAY_MS = 3000;
const DRIBBLE_MS = 50;
/** Those who leave wait so long for the server's end. */
const PATIENCE_MS = 20_000;

/** What they did. */
export interface AttackFigures {
  /** Connections that were made. */
  readonly made: number;
  /** Connections by kind. */
  readonly byKind: ReadonlyMap<string, number>;
  /** Connections that the server left open although their client was done. */
  readonly stuck: number;
  /** Bytes that were sent. */
  readonly sentBytes: number;
}

/** Everybody who means harm. */
export class Attackers {
  readonly #port: number;
  readonly #kinds: readonly [HostileKind, ...HostileKind[]];
  readonly #random: Random;
  readonly #perSecond: number;
  readonly #open = new Set<Promise<void>>();
  readonly #byKind = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #from = performance.now();
  #begun = 0;
  #made = 0;
  #stuck = 0;
  #sentBytes = 0;
  #fault: unknown;

  /** Begin. */
  constructor(
    port: number,
    kinds: readonly [HostileKind, ...HostileKind[]],
    options: { readonly seed: number; readonly perSecond: number },
  ) {
    this.#port = port;
    this.#kinds = kinds;
    this.#random = new Random(options.seed);
    this.#perSecond = options.perSecond;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** So far. */
  get figures(): AttackFigures {
    const sorted = [...this.#byKind].sort(([a], [b]) => a < b ? -1 : 1);
    return {
      made: this.#made,
      byKind: new Map(sorted),
      stuck: this.#stuck,
      sentBytes: this.#sentBytes,
    };
  }

  /**
   * Call them off, and wait until the last has gone.
   *
   * @throws What went wrong on this side, if anything did.
   */
  async finish(): Promise<AttackFigures> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await Promise.all(this.#open);
    if (this.#fault !== undefined) throw this.#fault;
    return this.figures;
  }

  #tick(): void {
    const due = Math.floor((performance.now() - this.#from) / 1000 * this.#perSecond);
    // Attacks that find no free place are not made up for.
    if (this.#open.size >= MAX_OPEN) this.#begun = due;
    while (this.#begun < due && this.#open.size < MAX_OPEN) {
      this.#begun++;
      const kind = this.#random.pick(this.#kinds);
      const done: Promise<void> = this.#attack({ name: kind.name, ...kind.make(this.#random) })
        .catch((error: unknown) => {
          this.#fault ??= error;
        })
        .then(() => {
          this.#open.delete(done);
        });
      this.#open.add(done);
    }
  }

  async #attack({ name, manner, bytes }: Hostility): Promise<void> {
    using conn = new Caller(await Deno.connect({ hostname: "127.0.0.1", port: this.#port }));
    this.#made++;
    this.#byKind.set(name, (this.#byKind.get(name) ?? 0) + 1);
    if (manner === "dribbles") {
      for (let at = 0; at < STAY_MS / DRIBBLE_MS && !this.#stop.signal.aborted; at++) {
        if (!await conn.say(bytes.subarray(at, at + 1))) return;
        await this.#pause(DRIBBLE_MS);
      }
      return;
    }
    const said = conn.say(bytes);
    this.#sentBytes += bytes.length;
    switch (manner) {
      case "leaves": {
        const answered = conn.readToEnd();
        await said;
        await conn.endWriting();
        const patience = setTimeout(() => {
          this.#stuck++;
          conn.hangUp();
        }, PATIENCE_MS);
        await answered;
        clearTimeout(patience);
        break;
      }
      case "vanishes":
        await Promise.race([said, this.#pause(STAY_MS)]);
        conn.hangUp();
        await said;
        break;
      case "stays": {
        const answered = conn.readToEnd();
        await Promise.race([answered, this.#pause(STAY_MS)]);
        conn.hangUp();
        await Promise.all([answered, said]);
        break;
      }
      case "deaf":
        await this.#pause(STAY_MS);
        conn.hangUp();
        await said;
        break;
    }
  }

  /** A pause that ends when all is called off. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  }
}

/** A connection that may end at any moment, which is fine. */
class Caller implements Disposable {
  readonly #conn: Deno.TcpConn;
  #isOpen = true;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Send all; whether that went well. */
  async say(bytes: Uint8Array): Promise<boolean> {
    return await survives(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    });
  }

  /** Read until the end, whatever it is. */
  async readToEnd(): Promise<boolean> {
    const buffer = new Uint8Array(16 * 1024);
    return await survives(async () => {
      while (await this.#conn.read(buffer) !== null);
    });
  }

  async endWriting(): Promise<boolean> {
    return await survives(() => this.#conn.closeWrite());
  }

  hangUp(): void {
    if (this.#isOpen) this.#conn.close();
    this.#isOpen = false;
  }

  [Symbol.dispose](): void {
    this.hangUp();
  }
}

/** Whether the connection was still there. */
async function survives(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const { errors } = Deno;
    const kinds = [errors.ConnectionReset, errors.BrokenPipe, errors.NotConnected, errors.ConnectionAborted];
    if ([...kinds, errors.BadResource, errors.Interrupted].some((kind) => error instanceof kind)) {
      return false;
    }
    throw error;
  }
}
