/**
 * The name that this server has for its clients and services, the same over restarts.
 *
 * @module
 */
import { base36, type Clock, errorChain, type Timer } from "../core/mod.ts";
import { resolve } from "node:path";
import type { Config } from "../config/mod.ts";
import { ProcessLock } from "../system/mod.ts";

/** Where the id is kept, from `work_dir`. */
const SERVER_ID_FILE = "objs/srs.server_id";
const LOCK_FILE = `${SERVER_ID_FILE}.lock`;
/** How often the lock of a process that is taken over is tried, milliseconds. */
const LOCK_MS = 1000;
const PATTERN = /^vid-[0-9a-z]{7}$/;

/** The id of a running server, which no other server in the same directory has. */
export class ServerIdentity {
  readonly id: string;
  /** For the log: what went wrong, or why the id is another one than before. */
  readonly notice: string | undefined;
  #lock: ProcessLock | undefined;
  #timer: Timer | undefined;

  private constructor(id: string, notice?: string, lock?: ProcessLock) {
    this.id = id;
    this.notice = notice;
    this.#lock = lock;
  }

  /**
   * Take the id that an earlier start kept in the current directory, or a new one, which is kept. While another server
   * has the kept one, this one takes an id for itself that is not kept. A server without a place for its id serves.
   *
   * @param configured `server_id` of the configuration; `""` for none.
   */
  static claim(configured: string): ServerIdentity {
    if (configured !== "") return new ServerIdentity(configured);
    let lock: ProcessLock | undefined;
    try {
      Deno.mkdirSync("objs", { recursive: true });
      lock = ProcessLock.take(LOCK_FILE);
    } catch (error) {
      return new ServerIdentity(
        keptServerId(".") ?? newServerId(),
        `Cannot lock ${SERVER_ID_FILE}, so another server may have the same server id: ${
          errorChain(error)
        } (set server_id)`,
      );
    }
    if (lock === undefined) {
      const id = newServerId();
      const notice =
        `Another server has the server id of ${SERVER_ID_FILE}: this one is ${id} until it ends, and another at its ` +
        "next start (set server_id, or give each server a work_dir of its own)";
      return new ServerIdentity(id, notice);
    }
    const kept = keptServerId(".");
    if (kept !== undefined) return new ServerIdentity(kept, undefined, lock);
    const id = newServerId();
    return new ServerIdentity(id, keep(id), lock);
  }

  /**
   * Have the id of the process that this one takes over from, and its lock once that process lets go of it.
   *
   * @param configured As in {@link ServerIdentity.claim}.
   */
  static inherit(id: string, configured: string, clock: Clock): ServerIdentity {
    if (configured !== "") return new ServerIdentity(configured);
    const identity = new ServerIdentity(id);
    // Where the id is not the kept one, that one and its lock are another server's.
    if (keptServerId(".") === id) identity.#timer = clock.setInterval(() => identity.#tryLock(), LOCK_MS);
    return identity;
  }

  /** Let another server have it. */
  release(): void {
    this.#timer?.clear();
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** @inheritdoc */
  [Symbol.dispose](): void {
    this.release();
  }

  #tryLock(): void {
    try {
      this.#lock = ProcessLock.take(LOCK_FILE);
    } catch {
      // As at a start: a server without a place for its id serves.
      this.#timer?.clear();
    }
    if (this.#lock !== undefined) this.#timer?.clear();
  }
}

/** The configuration with its server's id. */
export function withServerId(config: Config, serverId: string): Config {
  return Object.freeze({
    ...config,
    rtmp: Object.freeze({ ...config.rtmp, serverId }),
    hooks: Object.freeze({ ...config.hooks, serverId }),
  });
}

/**
 * The configuration with the id that a server would have, for commands that serve nobody.
 *
 * @param directory Where the process was started.
 */
export function withLikelyServerId(config: Config, directory: string): Config {
  if (config.rtmp.serverId !== "") return config;
  const workDir = resolve(directory, config.process.workDir);
  return withServerId(config, keptServerId(workDir) ?? newServerId());
}

/** `vid-` and seven random characters. */
function newServerId(): string {
  return `vid-${base36(crypto.getRandomValues(new Uint8Array(7)))}`;
}

/** The id that was kept by an earlier start, `undefined` when there is none that can be used. */
function keptServerId(directory: string): string | undefined {
  try {
    const id = Deno.readTextFileSync(`${directory}/${SERVER_ID_FILE}`).trim();
    return PATTERN.test(id) ? id : undefined;
  } catch {
    // Whatever it is, keeping a new one meets it too, and says so.
    return undefined;
  }
}

/** @returns What went wrong. */
function keep(id: string): string | undefined {
  try {
    Deno.writeTextFileSync(SERVER_ID_FILE, `${id}\n`);
    return undefined;
  } catch (error) {
    return `Cannot keep the server id in ${SERVER_ID_FILE}, so it changes at every start: ${
      errorChain(error)
    } (set server_id)`;
  }
}
