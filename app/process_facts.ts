/**
 * The process and its machine for the API, read from the runtime.
 *
 * @module
 */
import { cpus } from "node:os";
import nodeProcess from "node:process";
import type { Clock } from "../core/mod.ts";
import type { HostFacts, ProcessFacts, ProcessUsage } from "../http/mod.ts";
import { ProcessTimes } from "./process_times.ts";

/** Shares of processors are of at least this long, milliseconds: the kernel counts in steps of 10. */
const SAMPLE_MS = 1000;

/** A counter, and when it was read. */
interface Sample {
  readonly atMs: number;
  readonly used: number;
  readonly possible: number;
}

/** How much of what was possible was used between two reads that are far enough apart. */
class UsedShare {
  #last: Sample;
  #share = 0;

  constructor(first: Sample) {
    this.#last = first;
  }

  /** The share at this read; that of the one before where this comes too early. */
  at(sample: Sample): number {
    const { atMs, used, possible } = this.#last;
    if (sample.atMs - atMs < SAMPLE_MS || sample.possible <= possible) return this.#share;
    this.#last = sample;
    return this.#share = Math.max(0, (sample.used - used) / (sample.possible - possible));
  }
}

/** Reads what the API shows of this process. */
export class ProcessReader implements ProcessFacts {
  readonly cpus: number = navigator.hardwareConcurrency;
  readonly parentPid: number = Deno.ppid;
  readonly commandLine: string;
  readonly directory: string = Deno.cwd();
  readonly #clock: Clock;
  readonly #times: ProcessTimes;
  readonly #processShare: UsedShare;
  readonly #hostShare: UsedShare;

  /**
   * The process from now on.
   *
   * @param mask Takes secrets out of the command line.
   */
  constructor(clock: Clock, mask: (text: string) => string) {
    this.#clock = clock;
    // The monotonic clock began with the process.
    this.#times = new ProcessTimes(clock, clock.now());
    this.commandLine = mask([Deno.execPath(), ...Deno.args].join(" "));
    this.#processShare = new UsedShare(this.#processSample(processCpuMs()));
    this.#hostShare = new UsedShare(this.#hostSample(hostCpuMs()));
  }

  /** @inheritdoc */
  startedAt(): number {
    return this.#times.startedAt();
  }

  /** @inheritdoc */
  uptimeMs(): number {
    return this.#times.uptimeMs();
  }

  /** @inheritdoc */
  memoryBytes(): number {
    return Deno.memoryUsage().rss;
  }

  /** @inheritdoc */
  wallNow(): number {
    return this.#clock.wallNow();
  }

  /** @inheritdoc */
  usage(): ProcessUsage {
    const cpu = processCpuMs();
    return {
      cpuShare: this.#processShare.at(this.#processSample(cpu)),
      userCpuMs: cpu.user,
      systemCpuMs: cpu.system,
      ...kernelUsage(this.memoryBytes()),
    };
  }

  /** @inheritdoc */
  host(): HostFacts {
    const cpuMs = hostCpuMs();
    const [load1 = 0, load5 = 0, load15 = 0] = Deno.loadavg();
    const { total, free, buffers, cached, swapTotal, swapFree } = Deno.systemMemoryInfo();
    return {
      cpuShare: this.#hostShare.at(this.#hostSample(cpuMs)),
      cpuMs,
      loads: [load1, load5, load15],
      memory: { total, free, buffers, cached, swapTotal, swapFree },
      uptimeSeconds: Deno.osUptime(),
    };
  }

  #processSample({ user, system }: { readonly user: number; readonly system: number }): Sample {
    const atMs = this.#clock.now();
    return { atMs, used: user + system, possible: atMs };
  }

  #hostSample({ user, nice, system, idle, interrupts }: HostFacts["cpuMs"]): Sample {
    const used = user + nice + system + interrupts;
    return { atMs: this.#clock.now(), used, possible: used + idle };
  }
}

/** What the kernel alone counts. Deno 2.6 does not tell it: there it is 0, but for the memory, which is that of now. */
function kernelUsage(memoryBytes: number): Omit<ProcessUsage, "cpuShare" | "userCpuMs" | "systemCpuMs"> {
  const usage = typeof nodeProcess.resourceUsage === "function" ? nodeProcess.resourceUsage() : undefined;
  return {
    maxMemoryKib: usage?.maxRSS ?? Math.round(memoryBytes / 1024),
    minorFaults: usage?.minorPageFault ?? 0,
    majorFaults: usage?.majorPageFault ?? 0,
    fileReads: usage?.fsRead ?? 0,
    fileWrites: usage?.fsWrite ?? 0,
    voluntarySwitches: usage?.voluntaryContextSwitches ?? 0,
    involuntarySwitches: usage?.involuntaryContextSwitches ?? 0,
  };
}

function processCpuMs(): { readonly user: number; readonly system: number } {
  const { user, system } = nodeProcess.cpuUsage();
  return { user: user / 1000, system: system / 1000 };
}

function hostCpuMs(): HostFacts["cpuMs"] {
  const all = cpus().map(({ times }) => times);
  const sum = (name: "user" | "nice" | "sys" | "idle" | "irq"): number =>
    all.reduce((total, times) => total + times[name], 0);
  return {
    user: sum("user"),
    nice: sum("nice"),
    system: sum("sys"),
    idle: sum("idle"),
    interrupts: sum("irq"),
  };
}
