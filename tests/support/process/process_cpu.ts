/**
 * What a process has used, as the kernel counts it.
 *
 * @module
 */

/** A tick of the kernel's clock, milliseconds. */
const TICK_MS = 10;
/** Of `utime` and `stime` after the name of the program: proc(5). */
const [USER_AT, SYSTEM_AT] = [11, 12];

/** Processor time of a process, all threads, milliseconds. */
export function processCpuMs(pid: number | "self"): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[USER_AT]) + Number(fields[SYSTEM_AT])) * TICK_MS;
}

/** Memory of a process that is in RAM, MiB. */
export function processMemoryMib(pid: number | "self"): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kib) / 1024;
}
