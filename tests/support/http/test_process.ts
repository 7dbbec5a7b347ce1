/**
 * The process and the machine of a test, as the API shows them.
 *
 * @module
 */
import type { ApiDeps } from "../../../http/ports.ts";

/** A process whose numbers never change. */
export const TEST_PROCESS: ApiDeps["process"] = {
  startedAt: () => 1_000_000,
  uptimeMs: () => 60_500,
  cpus: 2,
  memoryBytes: () => 1024 * 1024,
  wallNow: () => 1_060_500,
  parentPid: 1,
  commandLine: "srs",
  directory: "/srv",
  usage: () => ({
    cpuShare: 0.25,
    userCpuMs: 1500,
    systemCpuMs: 500,
    maxMemoryKib: 2048,
    minorFaults: 10,
    majorFaults: 1,
    fileReads: 2,
    fileWrites: 3,
    voluntarySwitches: 4,
    involuntarySwitches: 5,
  }),
  host: () => ({
    cpuShare: 0.5,
    cpuMs: { user: 1000, nice: 20, system: 300, idle: 4000, interrupts: 50 },
    loads: [0.1, 0.2, 0.3],
    memory: {
      total: 8 * 1024 ** 2,
      free: 4 * 1024 ** 2,
      buffers: 1024 ** 2,
      cached: 1024 ** 2,
      swapTotal: 1024 ** 2,
      swapFree: 0,
    },
    uptimeSeconds: 100,
  }),
};

/** A machine that says little of itself. */
export const TEST_KERNEL = {
  ...{ sysname: "Linux", nodename: "a", release: "6.1", version: "#1", machine: "x86_64" },
};
