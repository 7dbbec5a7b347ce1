/**
 * What a service manager is notified of: the protocol of sd_notify(3), as systemd's `Type=notify` and `WatchdogSec` use
 * it.
 *
 * @module
 */
import { type Clock, errorMessage, type Log, type Timer } from "../core/mod.ts";
import { NotifySocket } from "../system/mod.ts";

/** How often the status is renewed, milliseconds. */
const STATUS_MS = 10_000;
const US_PER_MS = 1000;

/** What the environment says of the service manager. */
export interface ServiceManagerFacts {
  /** Where it listens. */
  readonly socket: string;
  /** A directory of this service, as `RUNTIME_DIRECTORY`; absent: a temporary one is made. */
  readonly directory?: string;
  /** How long it waits for a sign of life, milliseconds; absent: it does not. */
  readonly watchdogMs?: number;
}

/** What the notifications are made with. */
export interface ServiceManagerDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** A line for people, now. */
  status(): string;
}

/**
 * Read what systemd has put into the environment.
 *
 * @param pid Of this process: a watchdog may be meant for another one.
 * @returns `undefined` where nobody wants to be notified.
 */
export function readServiceManager(
  get: (name: string) => string | undefined,
  pid: number,
): ServiceManagerFacts | undefined {
  const socket = get("NOTIFY_SOCKET") ?? "";
  if (!/^[/@]./.test(socket)) return undefined;
  // There may be several, with colons between them.
  const [directory = ""] = (get("RUNTIME_DIRECTORY") ?? "").split(":");
  const watchdogMs = Number(get("WATCHDOG_USEC") ?? NaN) / US_PER_MS;
  const isOurs = [undefined, "", String(pid)].includes(get("WATCHDOG_PID"));
  return {
    socket,
    ...(directory === "" ? {} : { directory }),
    ...(isOurs && watchdogMs > 0 ? { watchdogMs } : {}),
  };
}

/** Notifies the service manager, from the loop that serves: one that hangs sends no sign of life. */
export class ServiceManager implements Disposable {
  readonly #socket: NotifySocket;
  readonly #deps: ServiceManagerDeps;
  readonly #timers: Timer[] = [];
  #hasFailed = false;
  #isStopping = false;
  #sending: Promise<void> = Promise.resolve();

  private constructor(socket: NotifySocket, { watchdogMs }: ServiceManagerFacts, deps: ServiceManagerDeps) {
    this.#socket = socket;
    this.#deps = deps;
    const { clock } = deps;
    if (watchdogMs !== undefined) {
      this.#timers.push(clock.setInterval(() => this.#send("WATCHDOG=1"), watchdogMs / 2));
    }
    this.#timers.push(clock.setInterval(() => this.#serving(), STATUS_MS));
  }

  /** @returns `undefined` where nobody wants to be notified, or cannot be, which is in the log. */
  static open(
    facts: ServiceManagerFacts | undefined,
    deps: ServiceManagerDeps,
  ): ServiceManager | undefined {
    if (facts === undefined) return undefined;
    try {
      return new ServiceManager(NotifySocket.open(facts.socket, facts.directory), facts, deps);
    } catch (error) {
      sayFailed(deps.log, error);
      return undefined;
    }
  }

  /** It serves, for the first time or after {@link ServiceManager.reloading}. */
  ready(): void {
    this.#serving("READY=1");
  }

  /** Its configuration is read again; {@link ServiceManager.ready} is the end of that. */
  reloading(): void {
    if (!this.#isStopping) this.#send("RELOADING=1");
  }

  /** Its configuration is read again by `reload`. Gives what that gives. */
  async during<T>(reload: () => Promise<T>): Promise<T> {
    this.reloading();
    try {
      return await reload();
    } finally {
      this.ready();
    }
  }

  /** It ends. Settles when that is sent. */
  stopping(): Promise<void> {
    this.#isStopping = true;
    this.#send("STOPPING=1", "STATUS=Stopping");
    return this.#sending;
  }

  /** Notify of nothing more. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer.clear();
    this.#socket[Symbol.dispose]();
  }

  /** Nothing of this is true any more once it stops. */
  #serving(...lines: readonly string[]): void {
    if (!this.#isStopping) this.#send(...lines, `STATUS=${this.#deps.status()}`);
  }

  #send(...lines: readonly string[]): void {
    this.#sending = this.#sending.then(() => this.#socket.send(lines.join("\n"))).catch((error: unknown) => {
      // Once: a manager that is gone does not come back.
      if (!this.#hasFailed) sayFailed(this.#deps.log, error);
      this.#hasFailed = true;
    });
  }
}

function sayFailed(log: Log, error: unknown): void {
  log.write("warn", undefined, "Cannot notify the service manager", { error: errorMessage(error) });
}
