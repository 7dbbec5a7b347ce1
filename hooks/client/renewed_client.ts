/**
 * The runtime's HTTP client, replaced regularly so that no kept connection becomes old: a busy one would otherwise stay
 * open after its host name has moved to another address.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";

/** Of a client. Its last call may keep a connection somewhat longer; the contract promises 60 s. */
export const MAX_CLIENT_AGE_MS = 50_000;

/** A client for one call, from its connection to the last byte that is read: to be disposed then. */
export interface LentClient extends Disposable {
  readonly client: Deno.HttpClient;
}

interface Used {
  readonly client: Deno.HttpClient;
  readonly madeAt: number;
  calls: number;
}

/** Lends each call a client below the maximum age. */
export class RenewedClient {
  readonly #make: () => Deno.HttpClient;
  readonly #clock: Clock;
  /** The newest, and older ones whose calls are not over. */
  readonly #open = new Set<Used>();
  #newest: Used;
  #isRetired = false;

  /** @param make Called at once, and again for each later client; what it throws at once is thrown here. */
  constructor(make: () => Deno.HttpClient, clock: Clock) {
    this.#make = make;
    this.#clock = clock;
    this.#newest = this.#add();
  }

  /** For one call. */
  lend(): LentClient {
    const used = this.#young();
    used.calls++;
    return {
      client: used.client,
      [Symbol.dispose]: () => {
        used.calls--;
        this.#closeUnused(used);
      },
    };
  }

  /** Keep no connection after the calls under way; a later call makes one of its own. */
  retire(): void {
    this.#isRetired = true;
    this.#closeUnused(this.#newest);
  }

  /** Close all connections. */
  close(): void {
    for (const { client } of this.#open) client.close();
    this.#open.clear();
  }

  #young(): Used {
    const old = this.#newest;
    if (this.#open.has(old) && this.#clock.now() - old.madeAt < MAX_CLIENT_AGE_MS) return old;
    this.#newest = this.#add();
    this.#closeUnused(old);
    return this.#newest;
  }

  #add(): Used {
    const used = { client: this.#make(), madeAt: this.#clock.now(), calls: 0 };
    this.#open.add(used);
    return used;
  }

  #closeUnused(used: Used): void {
    if ((used === this.#newest && !this.#isRetired) || used.calls > 0) return;
    // Already gone where all were closed meanwhile.
    if (this.#open.delete(used)) used.client.close();
  }
}
