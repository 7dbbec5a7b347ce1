/**
 * What is known of the machine.
 *
 * @module
 */
import { readKernelNames } from "../../app/kernel_names.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("readKernelNames() reads them one by one", () => {
  const files: Record<string, string> = {
    "/proc/sys/kernel/ostype": "Linux\n",
    "/proc/sys/kernel/hostname": "edge-1\n",
    "/proc/sys/kernel/osrelease": "6.1\n",
    "/proc/sys/kernel/version": "#1 SMP\n",
  };
  const { sysname, nodename, release, version } = readKernelNames((path) => files[path]);
  assertEquals([sysname, nodename, release, version], ["Linux", "edge-1", "6.1", "#1 SMP"]);
});

Deno.test("readKernelNames() knows less where there is no /proc", () => {
  const { sysname, nodename, machine } = readKernelNames(() => undefined);
  assertEquals([sysname, nodename, machine], [Deno.build.os, "", Deno.build.arch]);
});

Deno.test("readKernelNames() reads this machine", () => {
  const { sysname, nodename } = readKernelNames();
  assertEquals(sysname, "Linux");
  assert(nodename !== "");
});
