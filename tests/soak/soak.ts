/**
 * Hostile clients beside honest ones: the server as a process of its own, a publisher with players who look at every
 * frame, and attackers by the hundred a second. Needs Linux, whose `/proc` tells the memory of a process.
 *
 * @module
 */
import type { Recordings } from "../fuzz/recordings.ts";
import { ServerProcess } from "../support/server_process.ts";
import { Attackers, type AttackFigures } from "./attackers.ts";
import { HonestCrowd, type HonestFigures } from "./honest_crowd.ts";
import { hostileKinds } from "./hostile.ts";

/** Honest clients alone, before and after, milliseconds. */
const QUIET_MS = 3000;
const SAMPLE_MS = 500;

/** Errors alone are logged: there has to be none. */
const TOML = `listen = "127.0.0.1:0"
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
  /** Of the attack, milliseconds. */
  readonly attackMs: number;
  /** The most that memory is given to come back, milliseconds. */
  readonly restMs: number;
  readonly players: number;
  /** Hostile connections. */
  readonly perSecond: number;
  readonly seed: number;
  /** Told now and then. */
  readonly progress?: (text: string) => void;
}

/** What a soak found. Memory is the server's resident set, bytes. */
export interface SoakFigures {
  readonly honest: HonestFigures;
  readonly attack: AttackFigures;
  /** With the honest clients alone, before the first attack. */
  readonly beforeBytes: number;
  /** After a tenth of the attack: code is compiled, the heap has the size that the work needs. */
  readonly warmBytes: number;
  readonly peakBytes: number;
  /** The least after the last attack, honest clients still there. */
  readonly afterBytes: number;
  /** Lines that the server logged as errors. */
  readonly errors: readonly string[];
}

/** Run one. */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const { recordings, attackMs, restMs, players, perSecond, seed, progress } = options;
  await using server = await ServerProcess.start({ toml: TOML, listening: /ffplay rtmp:/ });
  await using crowd = await HonestCrowd.start(server.port, players);
  const memory = new Memory(server.pid);
  await memory.watch(QUIET_MS);
  const beforeBytes = await residentBytes(server.pid);
  progress?.(`before: ${megabytes(beforeBytes)}`);

  const attackers = new Attackers(server.port, hostileKinds(recordings), { seed, perSecond });
  await memory.watch(attackMs / 10);
  const warmBytes = await residentBytes(server.pid);
  for (let tenth = 1; tenth < 10; tenth++) {
    const { made } = attackers.figures;
    const { published, lost, wrong, ended } = crowd.figures();
    progress?.(
      `${tenth}0 %: ${made} hostile connections, ${published} frames published, ${lost} not yet there, ` +
        `${wrong} wrong, ${ended.length} ended, ${megabytes(memory.lastBytes)}`,
    );
    await memory.watch(attackMs / 10);
  }
  const attack = await attackers.finish();
  const peakBytes = memory.peakBytes;
  const afterBytes = await memory.leastOf(restMs, beforeBytes);
  const honest = await crowd.finish();
  const errors = (await Deno.readTextFile(`${server.directory}/srs.log`)).split("\n").filter((line) =>
    line !== ""
  );
  return { honest, attack, beforeBytes, warmBytes, peakBytes, afterBytes, errors };
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
      await new Promise((resolve) => setTimeout(resolve, Math.min(SAMPLE_MS, end - performance.now())));
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
