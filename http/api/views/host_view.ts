/**
 * The machine as SRS's `system_proc_stats`, `meminfos` and `summaries` show it: /proc/stat and /proc/meminfo of proc(5).
 * Of these the runtime tells a part; the rest is 0. Pure.
 *
 * @module
 */
import type { ClientTotals } from "../../../stream/live/mod.ts";
import type { HostFacts, ProcessFacts } from "../../ports.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, number, object, type Schema } from "../schema/json_schema.ts";
import { numbers, zeros } from "../schema/names.ts";

const KNOWN_TIMES = ["user", "nice", "sys", "idle", "irq"];
const UNKNOWN_TIMES = ["iowait", "softirq", "steal", "guest"];

/** `data` of system_proc_stats. */
export const SYSTEM_PROC_STATS: Schema = object({
  ok: flag("Whether the numbers are there."),
  sample_time: count("When they were read, milliseconds since 1970."),
  percent: number("Share of all cores in the latest seconds: 0.5 is half of them."),
  ...numbers(KNOWN_TIMES, "As in /proc/stat, ticks of 10 ms."),
  ...numbers(UNKNOWN_TIMES, "0: the runtime does not tell it."),
});

/** What the cores did. */
export function systemProcStatsView(process: ProcessFacts): JsonObject {
  const { cpuShare, cpuMs: { user, nice, system, idle, interrupts } } = process.host();
  const ticks = (ms: number): number => Math.round(ms / 10);
  return {
    ok: true,
    sample_time: process.wallNow(),
    percent: cpuShare,
    user: ticks(user),
    nice: ticks(nice),
    sys: ticks(system),
    idle: ticks(idle),
    irq: ticks(interrupts),
    ...zeros(UNKNOWN_TIMES),
  };
}

const MEMORY = [
  ...["MemActive", "RealInUse", "NotInUse", "MemTotal", "MemFree", "Buffers", "Cached", "SwapTotal"],
  "SwapFree",
];

/** `data` of meminfos. */
export const MEMINFOS: Schema = object({
  ok: flag("Whether the numbers are there."),
  sample_time: count("When they were read, milliseconds since 1970."),
  percent_ram: number("Share of the memory that programs use: 0.5 is half of it."),
  percent_swap: number("Share of the swap space that is used."),
  ...numbers(MEMORY, "KiB."),
});

/** The memory. */
export function meminfosView(process: ProcessFacts): JsonObject {
  const { memory } = process.host();
  const kib = (bytes: number): number => Math.round(bytes / 1024);
  const { inUse, ramShare, swapShare } = sharesOf(memory);
  return {
    ok: true,
    sample_time: process.wallNow(),
    percent_ram: ramShare,
    percent_swap: swapShare,
    MemActive: kib(memory.total - memory.free),
    RealInUse: kib(inUse),
    NotInUse: kib(memory.total - inUse),
    MemTotal: kib(memory.total),
    MemFree: kib(memory.free),
    Buffers: kib(memory.buffers),
    Cached: kib(memory.cached),
    SwapTotal: kib(memory.swapTotal),
    SwapFree: kib(memory.swapFree),
  };
}

const UNKNOWN_SYSTEM = [
  ...["disk_read_KBps", "disk_write_KBps", "disk_busy_percent", "net_sample_time", "net_recv_bytes"],
  ...["net_send_bytes", "net_recvi_bytes", "net_sendi_bytes", "conn_sys", "conn_sys_et", "conn_sys_tw"],
  "conn_sys_udp",
];

/** `system` of summaries. */
export const SYSTEM: Schema = object({
  cpu_percent: number("Share of all cores in the latest seconds: 0.5 is half of them."),
  mem_ram_kbyte: count("Memory, KiB."),
  mem_ram_percent: number("Share of it that programs use."),
  mem_swap_kbyte: count("Swap space, KiB."),
  mem_swap_percent: number("Share of it that is used."),
  cpus: count("Processor cores."),
  cpus_online: count("The same."),
  uptime: number("Seconds since the start of the machine."),
  ilde_time: number("Seconds that the cores had nothing to do, all of them together; the name is SRS's."),
  load_1m: number("Runnable processes, on average over a minute."),
  load_5m: number("Over 5 minutes."),
  load_15m: number("Over 15 minutes."),
  srs_sample_time: count("When the traffic was read, milliseconds since 1970."),
  srs_recv_bytes: count("From clients since the start."),
  srs_send_bytes: count("To clients since the start."),
  conn_srs: count("Open connections."),
  ...numbers(UNKNOWN_SYSTEM, "0: the runtime does not tell it."),
});

/** The machine, and the traffic of this server. */
export function systemView({ usage, connections }: ClientTotals, process: ProcessFacts): JsonObject {
  const { cpuShare, memory, uptimeSeconds, cpuMs, loads: [load1, load5, load15] } = process.host();
  const { ramShare, swapShare } = sharesOf(memory);
  return {
    cpu_percent: cpuShare,
    mem_ram_kbyte: Math.round(memory.total / 1024),
    mem_ram_percent: ramShare,
    mem_swap_kbyte: Math.round(memory.swapTotal / 1024),
    mem_swap_percent: swapShare,
    cpus: process.cpus,
    cpus_online: process.cpus,
    uptime: uptimeSeconds,
    ilde_time: cpuMs.idle / 1000,
    load_1m: load1,
    load_5m: load5,
    load_15m: load15,
    srs_sample_time: process.wallNow(),
    srs_recv_bytes: usage.recvBytes,
    srs_send_bytes: usage.sendBytes,
    conn_srs: connections,
    ...zeros(UNKNOWN_SYSTEM),
  };
}

/** Bytes that programs use, and shares. */
function sharesOf({ total, free, buffers, cached, swapTotal, swapFree }: HostFacts["memory"]) {
  const inUse = Math.max(0, total - free - buffers - cached);
  return {
    inUse,
    ramShare: total === 0 ? 0 : inUse / total,
    swapShare: swapTotal === 0 ? 0 : (swapTotal - swapFree) / swapTotal,
  };
}
