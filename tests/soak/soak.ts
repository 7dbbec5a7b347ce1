/**
 * Hostile clients and honest ones at the same time: the server as a process of its own, a publisher with players who look at every
 * frame, and attackers by the hundred a second. Needs Linux, whose `/proc` tells the memory of a process.
 *
 * @module
 */
import type { Recordings } from "../fuzz/recordings.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { Attackers, type AttackFigures } from "./attackers.ts";
import { HonestCrowd, type HonestFigures } from "./honest_crowd.ts";
import { hostileKinds } from "./hostile.ts";

/** Honest clients alone, before and after, milliseconds. */
const QUIET_MS = 3000;
const SAMPLE_MS = 500;

/** Errors alone are logged: there has to be none. */
const toml = (workers: number): string =>
  `listen = "127.0.0.1:0"
workers = ${workers}
srs_log_tank = "file"
srs_log_file = "./srs.log"
srs_log_level = "error"
[http_api]
enabled = false
[http_server]
enabled = false
[hooks.outbox]
path = ""
`;

/** How long and how hard. */
export interface SoakOptions {
  readonly recordings: Recordings;
  /** Of a first attack, after which code is compiled and buffers are there, milliseconds. */
  readonly warmUpMs: number;
  /** Of the attack, milliseconds. */
  readonly attackMs: number;
  /** The most that memory is given to come back, milliseconds. */
  readonly restMs: number;
  readonly players: number;
  /** Threads that serve. */
  readonly workers: number;
  /** Hostile connections. */
  readonly perSecond: number;
  readonly seed: number;
  /** Called now and then. */
  readonly progress?: (text: string) => void;
}

/** What a soak found. Memory is the server's resident set, bytes. */
export interface SoakFigures {
  readonly honest: HonestFigures;
  readonly attack: AttackFigures;
  /** With the honest clients alone, before the first hostile one ever. */
  readonly freshBytes: number;
  /** With the honest clients alone, after the warm-up and a rest. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
  /** With the honest clients alone, after the attack and a rest. */
  readonly afterBytes: number;
  /** Lines that the server logged as errors. */
  readonly errors: readonly string[];
}

/** Run one. */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const { recordings, attackMs, restMs, players, perSecond, seed, workers, progress } = options;
  await using server = await ServerProcess.start({ toml: toml(workers), listening: /ffplay rtmp:/ });
  await using crowd = await HonestCrowd.start(server.port, players);
  const memory = new Memory(server.pid);
  await memory.watch(QUIET_MS);
  const freshBytes = await residentBytes(server.pid);
  const kinds = hostileKinds(recordings);
  const warmUp = new Attackers(server.port, kinds, { seed: seed + 1, perSecond });
  await memory.watch(options.warmUpMs);
  await warmUp.finish();
  const beforeBytes = await memory.leastOf(restMs, freshBytes);
  progress?.(`fresh: ${megabytes(freshBytes)}, before: ${megabytes(beforeBytes)}`);

  const attackers = new Attackers(server.port, kinds, { seed, perSecond });
  for (let tenth = 1; tenth <= 10; tenth++) {
    await memory.watch(attackMs / 10);
    const { made } = attackers.figures;
    const { published, lost, wrong, ended } = crowd.figures();
    progress?.(
      `${tenth}0 %: ${made} hostile connections, ${published} frames published, ${lost} on their way, ` +
        `${wrong} wrong, ${ended.length} ended, ${megabytes(memory.lastBytes)}`,
    );
  }
  const attack = await attackers.finish();
  const { peakBytes } = memory;
  const afterBytes = await memory.leastOf(restMs, freshBytes);
  const honest = await crowd.finish();
  const errors = (await Deno.readTextFile(`${server.directory}/srs.log`)).split("\n").filter((line) =>
    line !== ""
  );
  return { honest, attack, freshBytes, beforeBytes, peakBytes, afterBytes, errors };
}

/** Bytes for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The memory of a process over time. */
class Memory {
  readonly #pid: number;
  peakBytes = 0;
  lastBytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Look for so long. */
  async watch(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, Math.min(SAMPLE_MS, end - performance.now())))
      );
      this.lastBytes = await residentBytes(this.#pid);
      this.peakBytes = Math.max(this.peakBytes, this.lastBytes);
    }
  }

  /** The least within so long; earlier when it is down to what is wanted. */
  async leastOf(ms: number, wantedBytes: number): Promise<number> {
    let least = Infinity;
    for (const end = performance.now() + ms; performance.now() < end && least > wantedBytes;) {
      await this.watch(SAMPLE_MS);
      least = Math.min(least, this.lastBytes);
    }
    return least;
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024;
}
