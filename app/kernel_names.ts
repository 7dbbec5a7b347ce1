/**
 * What the kernel calls itself, as `uname` has it. Linux has it in `/proc`: that needs no permission of its own.
 *
 * @module
 */
import type { KernelNames } from "../http/mod.ts";

/** Reads a small file at once; `undefined` where there is none. */
export type ReadText = (path: string) => string | undefined;

/** Read the names; what the system does not say is `""`. */
export function readKernelNames(read: ReadText = readText): KernelNames {
  const kernel = (name: string): string => read(`/proc/sys/kernel/${name}`)?.trim() ?? "";
  return {
    sysname: kernel("ostype") || Deno.build.os,
    nodename: kernel("hostname"),
    release: kernel("osrelease"),
    version: kernel("version"),
    machine: Deno.build.arch,
  };
}

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // Not Linux, or a container that hides it: what it would say stays unknown.
    return undefined;
  }
}
