/**
 * The side of the process that serves: it says who it is, and drains when the other one serves.
 *
 * @module
 */
import { type Clock, errorMessage, type Log } from "../../core/mod.ts";
import {
  busyLine,
  DRAIN,
  DRAINING,
  LATE,
  listenAtSocket,
  parseTake,
  readLine,
  removeSocket,
  type TakeoverBusy,
  type TakeoverGreeting,
  writeLine,
} from "./takeover_socket.ts";

/** A process that does not say who it is by then is none that takes over, milliseconds. */
const NAME_MS = 5000;
/** A process that has not begun to serve by then does not, milliseconds: others may take over. */
const VISIT_MS = 60_000;
const MS_PER_S = 1000;

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

/** A process that takes over. */
interface Visitor {
  readonly pid: number;
  readonly conn: Deno.Conn;
  /** When its time is up, by the monotonic clock. */
  readonly untilMs: number;
}

/** Waits for a process that takes over. */
export class TakeoverDoor implements Disposable {
  readonly #deps: TakeoverDoorDeps;
  readonly #listener: Deno.UnixListener;
  /** Those that have connected. */
  readonly #conns = new Set<Deno.Conn>();
  /** The one that takes over. */
  #visitor: Visitor | undefined;
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
    for (const conn of this.#conns) this.#leave(conn);
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
      void this.#receive(conn);
    }
  }

  /** Never rejects. */
  async #receive(conn: Deno.Conn): Promise<void> {
    this.#conns.add(conn);
    const nameless = this.#deps.clock.setTimeout(() => this.#leave(conn), NAME_MS);
    try {
      const pid = parseTake(await readLine(conn) ?? "");
      nameless.clear();
      if (pid === undefined) return;
      // One at a time.
      if (this.#visitor !== undefined) await writeLine(conn, busyLine(this.#busy(this.#visitor)));
      else await this.#serve(conn, pid);
    } catch (error) {
      // The other process may have failed: this one serves on.
      if (this.#conns.has(conn)) this.#failed(errorMessage(error));
    } finally {
      nameless.clear();
      this.#leave(conn);
    }
  }

  async #serve(conn: Deno.Conn, pid: number): Promise<void> {
    const { clock, greeting, takenOver } = this.#deps;
    const visitor = this.#visitor = { pid, conn, untilMs: clock.now() + VISIT_MS };
    const timer = clock.setTimeout(() => void this.#dismiss(visitor), VISIT_MS);
    try {
      await writeLine(conn, JSON.stringify(greeting()));
      const line = await readLine(conn);
      timer.clear();
      if (this.#visitor !== visitor || line !== DRAIN) return;
      await takenOver(`takeover by ${pid}`);
      await writeLine(conn, DRAINING);
    } finally {
      timer.clear();
    }
  }

  #busy({ pid, untilMs }: Visitor): TakeoverBusy {
    return { pid, seconds: Math.max(1, Math.ceil((untilMs - this.#deps.clock.now()) / MS_PER_S)) };
  }

  /** Its time is up: it learns that, should it go on after all. Never rejects. */
  async #dismiss({ pid, conn }: Visitor): Promise<void> {
    this.#visitor = undefined;
    this.#failed(`Process ${pid} has not begun to serve within ${VISIT_MS / MS_PER_S} s`);
    try {
      await writeLine(conn, LATE);
    } catch (error) {
      this.#failed(errorMessage(error));
    }
    this.#leave(conn);
  }

  #failed(error: string): void {
    this.#deps.log.write("warn", undefined, "A process did not take over", { error });
  }

  /** Closed once. */
  #leave(conn: Deno.Conn): void {
    if (!this.#conns.delete(conn)) return;
    if (this.#visitor?.conn === conn) this.#visitor = undefined;
    conn.close();
  }
}
