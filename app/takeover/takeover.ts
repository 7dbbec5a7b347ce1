/**
 * The side of the process that takes over: `srs --takeover`.
 *
 * @module
 */
import type { ProcessOptions } from "../../config/mod.ts";
import { type Clock, errorMessage } from "../../core/mod.ts";
import { connectUnix, deadline } from "../../system/mod.ts";
import {
  DRAIN,
  DRAINING,
  LATE,
  parseBusy,
  parseGreeting,
  readLine,
  socketPath,
  TAKE,
  type TakeoverGreeting,
  writeLine,
} from "./takeover_socket.ts";

/** A process that serves answers at once, milliseconds. */
const ANSWER_MS = 5000;
/** Closing the listeners of busy threads takes a moment, milliseconds. */
const DRAIN_MS = 10_000;
/** Numbers that the other process may still give to connections, where no outbox numbers them for both. */
const SPARE_CLIENT_IDS = 100_000;

/**
 * What the other process has said at the end: that it drains, nothing, so that it may be gone, or that it serves on
 * because this one has taken too long.
 */
export type TakeoverEnd = "draining" | "silent" | "late";

/** A takeover that has begun: the other process still serves. */
export class ProcessTakeover implements Disposable {
  /** The process that serves. */
  readonly from: TakeoverGreeting;
  readonly #conn: Deno.Conn;
  readonly #clock: Clock;

  private constructor(conn: Deno.Conn, from: TakeoverGreeting, clock: Clock) {
    this.#conn = conn;
    this.from = from;
    this.#clock = clock;
  }

  /**
   * Find the process whose id is in the pid file, in the current directory.
   *
   * @throws {Error} There is none, or it cannot be taken over from, with the way out.
   */
  static async begin({ pid: pidPath, reusePort }: ProcessOptions, clock: Clock): Promise<ProcessTakeover> {
    if (pidPath === "") throw refusal("it names no pid file", "set pid for both processes");
    if (!reusePort) throw refusal("reuse_port is off", "set reuse_port for both processes");
    const pid = readPid(pidPath);
    const conn = await connect(pidPath, pid);
    try {
      const line = await deadline(clock, ask(conn), { maxMs: ANSWER_MS }) ?? "";
      const busy = parseBusy(line);
      if (busy !== undefined) {
        const wayOut = `end that one, or try again in ${busy.seconds} s, when its time is up`;
        throw refusal(`process ${busy.pid} is taking over from process ${pid}`, wayOut);
      }
      const from = parseGreeting(line);
      if (from === undefined || from.pid !== pid) {
        throw refusal(
          `process ${pid} does not answer`,
          "it is stopped or overloaded: start without --takeover",
        );
      }
      return new ProcessTakeover(conn, from, clock);
    } catch (error) {
      conn.close();
      throw error;
    }
  }

  /** Connections of this process have numbers from here on. */
  get firstClientId(): number {
    return this.from.nextClientId + SPARE_CLIENT_IDS;
  }

  /** This process serves: the other one is to drain. Never rejects. */
  async finish(): Promise<TakeoverEnd> {
    // Where it has closed the connection it may have said why, which is still there to read.
    await Promise.allSettled([writeLine(this.#conn, DRAIN)]);
    try {
      const line = await deadline(this.#clock, readLine(this.#conn), { maxMs: DRAIN_MS });
      return line === DRAINING ? "draining" : line === LATE ? "late" : "silent";
    } catch {
      return "silent";
    }
  }

  /** For the operator of a process that was {@link TakeoverEnd | late}. */
  get tooLate(): Error {
    const why = `process ${this.from.pid} has waited too long for this one, and serves on`;
    return refusal(why, "see what kept it, and try again");
  }

  /** The other process serves on, unless it drains already. */
  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

function readPid(path: string): number {
  let text: string;
  try {
    text = Deno.readTextFileSync(path).trim();
  } catch (error) {
    throw refusal(errorMessage(error), "does the server run, with the same pid and work_dir?");
  }
  if (!/^\d{1,10}$/.test(text)) throw refusal(`${path} has no process id`, "start without --takeover");
  try {
    // When this process serves its own id has to go there.
    Deno.openSync(path, { append: true }).close();
  } catch (error) {
    throw refusal(errorMessage(error), "both processes need the same user");
  }
  return Number(text);
}

async function ask(conn: Deno.Conn): Promise<string | undefined> {
  await writeLine(conn, `${TAKE} ${Deno.pid}`);
  return await readLine(conn);
}

async function connect(pidPath: string, pid: number): Promise<Deno.Conn> {
  const path = socketPath(pidPath, pid);
  try {
    return await connectUnix(path);
  } catch (error) {
    const wayOut = "it has ended, or cannot be taken over from: start without --takeover";
    throw refusal(`process ${pid} does not answer at ${path}: ${errorMessage(error)}`, wayOut);
  }
}

function refusal(why: string, wayOut: string): Error {
  return new Error(`Cannot take over: ${why} (${wayOut})`);
}
