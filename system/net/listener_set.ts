/**
 * The listeners of one kind, which come and go while a server runs.
 *
 * @module
 */
import type { ListenAddress } from "../../core/mod.ts";

/** A listener and its loop. */
export interface RunningListener {
  /** Where it listens, with the port that the system chose. */
  readonly address: ListenAddress;
  /** Listen no longer. Settles when no connection is accepted any more. */
  stop(): Promise<void>;
  /** The same, at a moment at which nobody waits to be accepted. */
  stopWhenIdle(): Promise<void>;
}

/** Listeners by the address that was wanted, in which port 0 lets the system choose. */
export class ListenerSet<Running extends RunningListener> {
  readonly #listen: (address: ListenAddress) => Running;
  #running = new Map<string, Running>();

  /**
   * Nothing listens yet.
   *
   * @param listen Throws where it cannot.
   */
  constructor(listen: (address: ListenAddress) => Running) {
    this.#listen = listen;
  }

  /** Where they listen, with the ports that the system chose. */
  get addresses(): ListenAddress[] {
    return Array.from(this.#running.values(), ({ address }) => address);
  }

  /** All of them. */
  get all(): readonly Running[] {
    return [...this.#running.values()];
  }

  /**
   * Listen where nothing listens yet; what listens elsewhere stays.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`: none of these addresses was opened then.
   */
  open(wanted: readonly ListenAddress[]): void {
    const opened: Running[] = [];
    const running = new Map<string, Running>();
    try {
      for (const address of wanted) {
        const known = this.#running.get(nameOf(address));
        const listener = known ?? this.#listen(address);
        if (known === undefined) opened.push(listener);
        running.set(nameOf(address), listener);
      }
    } catch (error) {
      for (const listener of opened) void listener.stop();
      throw error;
    }
    // In the order that is wanted, and after it what stays.
    for (const [name, listener] of this.#running) if (!running.has(name)) running.set(name, listener);
    this.#running = running;
  }

  /** Close all others. Settles when they accept no connection any more: their addresses are free then. */
  async keep(wanted: readonly ListenAddress[]): Promise<void> {
    const names = new Set(wanted.map(nameOf));
    const others = [...this.#running].filter(([name]) => !names.has(name));
    for (const [name] of others) this.#running.delete(name);
    await Promise.all(others.map(([, listener]) => listener.stopWhenIdle()));
  }

  /** Close all of them at once. Settles when no connection is accepted any more. */
  async stop(): Promise<void> {
    const { all } = this;
    this.#running.clear();
    await Promise.all(all.map((listener) => listener.stop()));
  }
}

function nameOf({ hostname, port }: ListenAddress): string {
  return `${hostname} ${port}`;
}
