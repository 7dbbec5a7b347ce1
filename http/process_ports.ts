/**
 * What the API shows of the process and its machine.
 *
 * @module
 */

/** The process itself. */
export interface ProcessFacts {
  /** When it began, milliseconds since 1970. */
  startedAt(): number;
  /** How long it has run, by a clock that nobody sets. */
  uptimeMs(): number;
  /** Processor cores. */
  readonly cpus: number;
  /** Memory in use, bytes. */
  memoryBytes(): number;
  /** Milliseconds since 1970. */
  wallNow(): number;
  /** The process that started it. */
  readonly parentPid: number;
  /** Its command line, as one text. */
  readonly commandLine: string;
  /** Its directory. */
  readonly directory: string;
  /** What it has used since its start, and in the latest seconds. */
  usage(): ProcessUsage;
  /** The machine at this moment. */
  host(): HostFacts;
}

/** What a process has used since its start. */
export interface ProcessUsage {
  /** Share of one core in the latest seconds: 0.5 is half of it. */
  readonly cpuShare: number;
  /** Time of processors outside of the kernel. */
  readonly userCpuMs: number;
  /** And in it. */
  readonly systemCpuMs: number;
  /** The most memory at a time, KiB. */
  readonly maxMemoryKib: number;
  /** Page faults without a read of the disk. */
  readonly minorFaults: number;
  /** And with one. */
  readonly majorFaults: number;
  /** Reads of the file system. */
  readonly fileReads: number;
  /** Writes to it. */
  readonly fileWrites: number;
  /** Times that it waited. */
  readonly voluntarySwitches: number;
  /** Times that others were let go first. */
  readonly involuntarySwitches: number;
}

/** A machine. */
export interface HostFacts {
  /** Share of all cores in the latest seconds: 0.5 is half of them. */
  readonly cpuShare: number;
  /** Of all cores since the start of the machine, milliseconds. */
  readonly cpuMs: {
    readonly user: number;
    readonly nice: number;
    readonly system: number;
    readonly idle: number;
    readonly interrupts: number;
  };
  /** Runnable processes, on average over 1, 5 and 15 minutes. */
  readonly loads: readonly [number, number, number];
  /** Bytes. */
  readonly memory: {
    readonly total: number;
    readonly free: number;
    readonly buffers: number;
    readonly cached: number;
    readonly swapTotal: number;
    readonly swapFree: number;
  };
  /** Since its start. */
  readonly uptimeSeconds: number;
}
