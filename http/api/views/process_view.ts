/**
 * The process as SRS's `rusages` and `self_proc_stats` show it: getrusage(2) and /proc/self/stat of proc(5). Of these
 * the runtime tells a part; the rest is 0. Pure.
 *
 * @module
 */
import type { Identity, ProcessFacts } from "../../ports.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, number, object, type Schema, text } from "../schema/json_schema.ts";
import { numbers, zeros } from "../schema/names.ts";

/** Ticks a second in which the kernel counts, of every Linux that this runs on. */
const TICKS = 100;
const PAGE_BYTES = 4096;

const UNKNOWN_USAGE = [
  ...["ru_ixrss", "ru_idrss", "ru_isrss", "ru_nswap", "ru_msgsnd", "ru_msgrcv", "ru_nsignals"],
];
const KNOWN_USAGE = [
  ...["ru_utime", "ru_stime", "ru_maxrss", "ru_minflt", "ru_majflt", "ru_inblock", "ru_oublock"],
  ...["ru_nvcsw", "ru_nivcsw"],
];

/** `data` of rusages. */
export const RUSAGES: Schema = object({
  ok: flag("Whether the numbers are there."),
  sample_time: count("When they were read, milliseconds since 1970."),
  ...numbers(KNOWN_USAGE, "As in getrusage(2): seconds, KiB or times."),
  ...numbers(UNKNOWN_USAGE, "0: the kernel or the runtime does not tell it."),
});

/** What the process has used. */
export function rusagesView(process: ProcessFacts): JsonObject {
  const usage = process.usage();
  return {
    ok: true,
    sample_time: process.wallNow(),
    ru_utime: usage.userCpuMs / 1000,
    ru_stime: usage.systemCpuMs / 1000,
    ru_maxrss: usage.maxMemoryKib,
    ru_minflt: usage.minorFaults,
    ru_majflt: usage.majorFaults,
    ru_inblock: usage.fileReads,
    ru_oublock: usage.fileWrites,
    ru_nvcsw: usage.voluntarySwitches,
    ru_nivcsw: usage.involuntarySwitches,
    ...zeros(UNKNOWN_USAGE),
  };
}

const KNOWN_STATS = ["percent", "pid", "ppid", "minflt", "majflt", "utime", "stime", "starttime", "rss"];
const UNKNOWN_STATS = [
  ...["pgrp", "session", "tty_nr", "tpgid", "flags", "cminflt", "cmajflt", "cutime", "cstime", "priority"],
  ...["nice", "num_threads", "itrealvalue", "vsize", "rsslim", "startcode", "endcode", "startstack"],
  ...["kstkesp", "kstkeip", "signal", "blocked", "sigignore", "sigcatch", "wchan", "nswap", "cnswap"],
  ...["exit_signal", "processor", "rt_priority", "policy", "delayacct_blkio_ticks", "guest_time"],
  "cguest_time",
];

/** `data` of self_proc_stats. */
export const SELF_PROC_STATS: Schema = object({
  ok: flag("Whether the numbers are there."),
  sample_time: count("When they were read, milliseconds since 1970."),
  comm: text("The name of the program."),
  state: text("R: it runs."),
  ...numbers(KNOWN_STATS, "As in /proc/self/stat: ticks of 10 ms, pages of 4096 bytes, or times."),
  ...numbers(UNKNOWN_STATS, "0: the runtime does not tell it."),
});

/** The process as the kernel counts. */
export function selfProcStatsView({ pid }: Identity, process: ProcessFacts): JsonObject {
  const usage = process.usage();
  const ticks = (ms: number): number => Math.round(ms * TICKS / 1000);
  return {
    ok: true,
    sample_time: process.wallNow(),
    percent: usage.cpuShare,
    pid,
    comm: "(srs)",
    state: "R",
    ppid: process.parentPid,
    minflt: usage.minorFaults,
    majflt: usage.majorFaults,
    utime: ticks(usage.userCpuMs),
    stime: ticks(usage.systemCpuMs),
    starttime: Math.max(0, ticks(process.host().uptimeSeconds * 1000 - process.uptimeMs())),
    rss: Math.round(process.memoryBytes() / PAGE_BYTES),
    ...zeros(UNKNOWN_STATS),
  };
}

/** `self` of summaries. */
export const SELF: Schema = object({
  version: text("Of this server."),
  pid: count("The system's number of this process."),
  ppid: count("Of the process that started it."),
  argv: text("Its command line."),
  cwd: text("Its directory."),
  mem_kbyte: count("Memory in use, KiB."),
  mem_percent: number("Its share of the machine's memory: 0.5 is half of it."),
  cpu_percent: number("Its share of one core in the latest seconds: 0.5 is half of it."),
  srs_uptime: count("Seconds since the start."),
});

/** The process in a few numbers. */
export function selfView({ version, pid }: Identity, process: ProcessFacts): JsonObject {
  const memory = process.memoryBytes();
  const { total } = process.host().memory;
  return {
    version,
    pid,
    ppid: process.parentPid,
    argv: process.commandLine,
    cwd: process.directory,
    mem_kbyte: Math.round(memory / 1024),
    mem_percent: total === 0 ? 0 : memory / total,
    cpu_percent: process.usage().cpuShare,
    srs_uptime: Math.floor(process.uptimeMs() / 1000),
  };
}
