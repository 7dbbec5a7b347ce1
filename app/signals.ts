/**
 * The signals of a service manager and of a terminal.
 *
 * @module
 */

/** What each signal leads to. */
export interface SignalActions {
  /** SIGINT or SIGTERM came for the first time, or SIGQUIT during a drain. */
  stop(signal: Deno.Signal): void;
  /** SIGQUIT came for the first time. @returns Whether that is news: what drains already is to stop. */
  drain(signal: Deno.Signal): boolean;
  /** A signal to stop came again: do not wait any longer. */
  abort(signal: Deno.Signal): void;
  /** SIGUSR1: the log file was moved away. */
  reopenLog(): void;
  /** SIGHUP: the configuration file may have changed. */
  reload(): void;
}

/** Listens to signals while it exists. */
export class Signals {
  readonly #listeners: ReadonlyMap<Deno.Signal, () => void>;
  #stopping = false;

  /** Starts listening. */
  constructor(actions: SignalActions) {
    const stop = (signal: Deno.Signal) => () => {
      if (this.#stopping) return actions.abort(signal);
      this.#stopping = true;
      actions.stop(signal);
    };
    const stopByQuit = stop("SIGQUIT");
    this.#listeners = new Map<Deno.Signal, () => void>([
      ["SIGINT", stop("SIGINT")],
      ["SIGTERM", stop("SIGTERM")],
      ["SIGQUIT", () => {
        if (this.#stopping || !actions.drain("SIGQUIT")) stopByQuit();
      }],
      ["SIGUSR1", () => actions.reopenLog()],
      ["SIGHUP", () => actions.reload()],
    ]);
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** Stop listening. */
  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
  }
}
