/**
 * What the API shows of this process and its machine.
 *
 * @module
 */
import process from "node:process";
import { ProcessReader } from "../../app/process_facts.ts";
import { maskSecrets } from "../../system/log/mod.ts";
import { SystemClock } from "../../system/mod.ts";
import { assertEquals, assertGreater, assertLess, assertMatch } from "../support/assert.ts";

/** A clock of which a test says how long ago its process began. */
class LaterClock extends SystemClock {
  aheadMs = 0;

  override now(): number {
    return super.now() + this.aheadMs;
  }
}

Deno.test("ProcessReader.usage() counts the time of processors, and its share of a second with work in it", () => {
  const clock = new LaterClock();
  const reader = new ProcessReader(clock, maskSecrets);
  const before = reader.usage();
  assertEquals(before.cpuShare, 0);
  const from = process.cpuUsage();
  while (process.cpuUsage(from).user < 200_000);
  clock.aheadMs = 2000;
  const { cpuShare, maxMemoryKib } = reader.usage();
  assertGreater(cpuShare, 0.01);
  assertLess(cpuShare, 1);
  assertGreater(maxMemoryKib, 1024);
  // The same until another second has passed.
  assertEquals(reader.usage().cpuShare, cpuShare);
});

Deno.test("ProcessReader.host() is this machine", () => {
  const reader = new ProcessReader(new SystemClock(), maskSecrets);
  const { cpuMs, memory, uptimeSeconds, loads } = reader.host();
  assertGreater(cpuMs.user + cpuMs.nice + cpuMs.system, 0);
  assertGreater(cpuMs.idle, 0);
  assertGreater(memory.total, memory.free);
  assertGreater(uptimeSeconds, 0);
  assertEquals(loads.length, 3);
  assertGreater(reader.memoryBytes(), 1024 * 1024);
  assertEquals([reader.parentPid, reader.directory], [Deno.ppid, Deno.cwd()]);
});

Deno.test("ProcessReader.commandLine has no secrets", () => {
  const reader = new ProcessReader(new SystemClock(), (text) => text.replaceAll(/./g, "*"));
  assertMatch(reader.commandLine, /^\*+$/);
});
