/**
 * The side of the process that serves: it says who it is, and drains when the other one serves.
 *
 * @module
 */
import { type Clock, errorMessage, type Log } from "../../core/mod.ts";
import {
  DRAIN,
  DRAINING,
  listenAtSocket,
  readLine,
  removeSocket,
  type TakeoverGreeting,
  writeLine,
} from "./takeover_socket.ts";

/** A process that has not begun to serve by then does not, milliseconds. */
const VISIT_MS = 600_000;

/** What the door needs. */
export interface TakeoverDoorDeps {
  /** Where the process's id is, from the current directory. */
  readonly pidPath: string;
  readonly log: Log;
  readonly clock: Clock;
  /** What is said to a process that comes. */
  greeting(): TakeoverGreeting;
  /** Another process serves now: listen no longer. Resolves when that is so. */
  takenOver(by: string): Promise<void>;
}

/** Waits for a process that takes over. */
export class TakeoverDoor implements Disposable {
  readonly #deps: TakeoverDoorDeps;
  readonly #listener: Deno.UnixListener;
  #visitor: Deno.Conn | undefined;
  #isClosed = false;

  private constructor(listener: Deno.UnixListener, deps: TakeoverDoorDeps) {
    this.#listener = listener;
    this.#deps = deps;
    void this.#accept();
  }

  /** @returns `undefined` where it cannot be opened, which is in the log. */
  static async open(deps: TakeoverDoorDeps): Promise<TakeoverDoor | undefined> {
    try {
      return new TakeoverDoor(await listenAtSocket(deps.pidPath), deps);
    } catch (error) {
      deps.log.write("warn", undefined, "No other process can take over", { error: errorMessage(error) });
      return undefined;
    }
  }

  /** Wait no longer. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    removeSocket(this.#deps.pidPath);
    this.#listener.close();
    if (this.#visitor !== undefined) this.#leave(this.#visitor);
  }

  async #accept(): Promise<void> {
    for (;;) {
      let conn: Deno.Conn;
      try {
        conn = await this.#listener.accept();
      } catch (error) {
        if (this.#isClosed) return;
        this.#deps.log.write("warn", undefined, "No other process can take over", {
          error: errorMessage(error),
        });
        return;
      }
      // One at a time: a second one gets no greeting, and says that to its operator.
      if (this.#visitor === undefined) void this.#serve(conn);
      else conn.close();
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    this.#visitor = conn;
    const timer = this.#deps.clock.setTimeout(() => this.#leave(conn), VISIT_MS);
    try {
      await writeLine(conn, JSON.stringify(this.#deps.greeting()));
      const line = await readLine(conn);
      const by = line === undefined ? undefined : takerOf(line);
      if (by === undefined) return;
      await this.#deps.takenOver(by);
      await writeLine(conn, DRAINING);
    } catch (error) {
      // The other process may have failed: this one serves on.
      this.#deps.log.write("info", undefined, "A process did not take over", { error: errorMessage(error) });
    } finally {
      timer.clear();
      this.#leave(conn);
    }
  }

  /** Closed once. */
  #leave(conn: Deno.Conn): void {
    if (this.#visitor !== conn) return;
    this.#visitor = undefined;
    conn.close();
  }
}

/** `drain PID`. */
function takerOf(line: string): string | undefined {
  const [word, pid = ""] = line.split(" ");
  return word === DRAIN && /^\d{1,10}$/.test(pid) ? `takeover by ${pid}` : undefined;
}
